import type { ServerEvent } from '../../http/events.ts';
import { headerIn } from '../../http/headers.ts';
import { principalOf } from '../../http/principal.ts';
import type { Clock } from '../../model/clock.ts';
import type { RunOutcome } from '../../model/run.ts';
import type { HealerPort } from '../healing/healer-port.ts';
import { readToolCall } from '../healing/tool-call.ts';
import type { IdGenerator } from '../jsonrpc/ids.ts';
import { type Message, rawText, readMessage } from '../jsonrpc/message.ts';
import { cancelledKey } from '../protocol/cancellation.ts';
import { isStatelessVersion, versionIn } from '../protocol/versions.ts';
import type { ClientRequest, Forwarder } from './forward.ts';
import { PassthroughCall } from './healed-call.ts';
import type { RequestHealing } from './request-healing.ts';
import { type Answer, headOf, isEvents, isJson, passAnswer, readEvents, readUpTo } from './response.ts';
import { type ResponseWriter, refuse, standardHead, unreachable } from './response-writer.ts';
import { type PassthroughSession, sessionHeader } from './session.ts';
import type { SessionStore } from './session-store.ts';

export interface PostsParts {
  readonly healer: HealerPort;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly book: SessionStore;
  readonly upstream: Forwarder;
  readonly questions: RequestHealing;
  readonly maxBytes: number;
  readonly progressEveryMs: number;
  readonly attemptTimeoutMs: number | undefined;
  readonly deadlineMs: number;
  readonly healed: (outcome: RunOutcome<unknown>) => void;
}

const accepted = standardHead(202);

/** The messages that clients post. */
export class PostHandler {
  readonly #parts: PostsParts;

  constructor(parts: PostsParts) {
    this.#parts = parts;
  }

  async take(
    message: Message,
    asked: ClientRequest,
    session: PassthroughSession,
    reply: ResponseWriter,
  ): Promise<void> {
    switch (message.kind) {
      case 'request':
        session.sends(message, asked.headers);
        await this.#request(message, asked, session, reply);
        return;
      case 'notification':
        if (message.method === 'notifications/cancelled' && this.#isCancelledHere(message, session)) {
          reply.send(accepted, Buffer.alloc(0));
          return;
        }
        session.sends(message, asked.headers);
        break;
      case 'response':
        if (this.#parts.ids.issued(message.key)) {
          for (const call of session.calls) call.answered(message);
          reply.send(accepted, Buffer.alloc(0));
          return;
        }
        break;
      default:
    }
    await this.#ask(message, asked, session, reply);
  }

  async #request(
    message: Message,
    asked: ClientRequest,
    session: PassthroughSession,
    reply: ResponseWriter,
  ): Promise<void> {
    const { healer, clock } = this.#parts;
    const call =
      message.method === 'tools/call' ? readToolCall(message, clock.monotonic(), healer.telemetry) : undefined;
    // Two open calls of one id cannot be told apart in a session: the second one passes as it is.
    if (call === undefined || (session.clientId !== undefined && session.callOf(call.key)?.isDetached === false)) {
      await this.#ask(message, asked, session, reply);
      return;
    }
    const { upstream, healed, book, ...rest } = this.#parts;
    const version = headerIn(asked.headers, 'mcp-protocol-version');
    const tell = (body: Buffer): void => void session.tell(body, asked.headers).catch(() => {});
    const open = new PassthroughCall(call, reply, {
      ...rest,
      session,
      isStateless: version !== undefined && isStatelessVersion(version),
      takesEvents: /text\/event-stream|\*\/\*/.test(headerIn(asked.headers, 'accept') ?? ''),
      approves: session.clientId !== undefined,
      send: async (body, signal) => {
        const answer = await upstream.send({ ...asked, body }, session, signal);
        if (answer.status < 400)
          book.accepted(session, principalOf(headerIn(asked.headers, 'authorization'), { isVerified: true }));
        return answer;
      },
      tell,
      within: (work) => book.heal(session, work),
      healed,
    });
    await open.run();
  }

  /** Whether the call that is taken back is being healed, so that the server knows it by another id. */
  #isCancelledHere(notification: Message, session: PassthroughSession): boolean {
    const key = cancelledKey(notification);
    return session.callOf(key)?.cancel(notification) === true;
  }

  async #ask(
    message: Message,
    asked: ClientRequest,
    session: PassthroughSession,
    reply: ResponseWriter,
  ): Promise<void> {
    const { upstream, questions, book } = this.#parts;
    let answer: Answer;
    try {
      answer = await questions.answerTo(
        message.method === '' ? asked.method : message.method,
        () => upstream.send(asked, session, reply.closed),
        reply.closed,
      );
    } catch (error) {
      const rawId = message.kind === 'request' && message.id ? rawText(message.bytes, message.id) : undefined;
      refuse(reply, 502, unreachable(error), rawId);
      return;
    }
    if (answer.status >= 400) {
      await passAnswer(answer, reply);
      return;
    }
    const owner = this.#sessionOf(message, asked, answer, session);
    book.accepted(owner, principalOf(headerIn(asked.headers, 'authorization'), { isVerified: true }));
    await this.#deliver(message, answer, owner, reply);
  }

  /** The session that an answer belongs to: a new one, where it was asked to begin one. */
  #sessionOf(message: Message, asked: ClientRequest, answer: Answer, session: PassthroughSession): PassthroughSession {
    const id = answer.headers[sessionHeader];
    if (message.method !== 'initialize' || typeof id !== 'string' || id === session.clientId) return session;
    const principal = principalOf(headerIn(asked.headers, 'authorization'), { isVerified: true });
    const begun = this.#parts.book.find(id, principal) ?? session;
    begun.sends(message, asked.headers);
    return begun;
  }

  /** Passes an answer on, and learns from it what it tells of the server. */
  async #deliver(message: Message, answer: Answer, session: PassthroughSession, reply: ResponseWriter): Promise<void> {
    const { maxBytes } = this.#parts;
    const learn = (said: Message): void => {
      if (said.kind !== 'response' || said.key !== message.key) return;
      if (message.method === 'initialize') session.version = versionIn(said);
      else session.lists.answered(message, said);
    };
    if (isEvents(answer)) {
      reply.begin(headOf(answer), true);
      const event = (block: ServerEvent): void => {
        const said = block.data === undefined ? undefined : readMessage(Buffer.from(block.data));
        if (said !== undefined) learn(said);
        if (said?.method === 'notifications/tools/list_changed') session.lists.toolsChanged();
        reply.event(block.raw);
      };
      const overflow = (piece: Buffer, isLast: boolean): void => reply.piece(piece, isLast);
      try {
        reply.write(await readEvents(answer, maxBytes, { event, overflow }, () => reply.room()));
        reply.end();
      } catch {
        reply.destroy();
      }
      return;
    }
    if (isJson(answer) && (message.method === 'initialize' || message.method.endsWith('/list'))) {
      const { bytes, isWhole, answer: same } = await readUpTo(answer, maxBytes);
      if (isWhole) learn(readMessage(bytes));
      await passAnswer(same, reply);
      return;
    }
    await passAnswer(answer, reply);
  }
}
