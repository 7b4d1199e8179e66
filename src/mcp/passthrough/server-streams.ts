import type { ServerEvent } from '../../http/events.ts';
import { headerIn, without } from '../../http/headers.ts';
import { readMessage } from '../jsonrpc/message.ts';
import type { ClientRequest, Forwarder } from './forward.ts';
import type { RequestHealing } from './request-healing.ts';
import { type Answer, headOf, isEvents, passAnswer, readEvents } from './response.ts';
import type { ResponseWriter } from './response-writer.ts';
import { refuse, unreachable } from './response-writer.ts';
import type { PassthroughSession, PendingCall } from './session.ts';

/** The streams on which clients listen to the server, and on which they take up one that has broken off. */
export class ServerStreams {
  readonly #upstream: Forwarder;
  readonly #questions: RequestHealing;
  readonly #maxBytes: number;
  readonly #streams = new Set<ResponseWriter>();
  #isEnding = false;

  constructor(upstream: Forwarder, questions: RequestHealing, maxBytes: number) {
    this.#upstream = upstream;
    this.#questions = questions;
    this.#maxBytes = maxBytes;
  }

  async open(asked: ClientRequest, session: PassthroughSession, reply: ResponseWriter): Promise<void> {
    let answer: Answer;
    try {
      answer = await this.#questions.answerTo(asked.method, () => this.#send(asked, session, reply), reply.closed);
    } catch (error) {
      refuse(reply, 502, unreachable(error));
      return;
    }
    if (answer.status === 200 && isEvents(answer)) await this.#listen(answer, session, reply);
    else await passAnswer(answer, reply);
  }

  /** Ends all of them: clients come back to whoever is there. */
  end(): void {
    this.#isEnding = true;
    for (const stream of this.#streams) stream.end();
  }

  async #send(asked: ClientRequest, session: PassthroughSession, reply: ResponseWriter): Promise<Answer> {
    const answer = await this.#upstream.send(asked, session, reply.closed);
    const isRefused = answer.status >= 400 && answer.status < 500 && answer.status !== 401 && answer.status !== 405;
    // The events of a session that was lost are lost with it.
    if (!isRefused || session.reopenCount === 0 || headerIn(asked.headers, 'last-event-id') === undefined)
      return answer;
    for await (const _ of answer.body);
    return this.#upstream.send({ ...asked, headers: without(asked.headers, 'last-event-id') }, session, reply.closed);
  }

  async #listen(answer: Answer, session: PassthroughSession, reply: ResponseWriter): Promise<void> {
    const held = new Set<PendingCall>();
    reply.begin(headOf(answer), true);
    this.#streams.add(reply);
    session.listens(reply);
    if (this.#isEnding) reply.end();
    const event = (block: ServerEvent): void => {
      const message = block.data === undefined ? undefined : readMessage(Buffer.from(block.data));
      if (message?.kind === 'response') {
        const call = session.callOf(message.key);
        if (call?.resumeOn(message, block, reply) === true) {
          held.add(call);
          return;
        }
      }
      if (message?.method === 'notifications/tools/list_changed') session.lists.toolsChanged();
      reply.event(block.raw);
    };
    const overflow = (piece: Buffer, isLast: boolean): void => reply.piece(piece, isLast);
    try {
      const rest = await readEvents(answer, this.#maxBytes, { event, overflow }, () => reply.room());
      await Promise.all([...held].map((call) => call.settled()));
      reply.write(rest);
      reply.end();
    } catch {
      await Promise.all([...held].map((call) => call.settled()));
      reply.destroy();
    } finally {
      this.#streams.delete(reply);
      session.streams.delete(reply);
    }
  }
}
