import type { ServerEvent } from '../../http/events.ts';
import { headerIn, without } from '../../http/headers.ts';
import { readMessage } from '../jsonrpc/message.ts';
import type { ClientRequest, Forwarder } from './forward.ts';
import type { RequestHealing } from './request-healing.ts';
import { headOf, isEvents, passResponse, readEvents, type UpstreamResponse } from './response.ts';
import type { ResponseWriter } from './response-writer.ts';
import { unreachable } from './response-writer.ts';
import type { PassthroughSession, PendingCall } from './session.ts';

/** The streams on which clients listen to the server or resume a broken stream. */
export class ServerStreams {
  readonly #forwarder: Forwarder;
  readonly #requestHealing: RequestHealing;
  readonly #maxBytes: number;
  readonly #streams = new Set<ResponseWriter>();
  #isEnding = false;

  constructor(forwarder: Forwarder, requestHealing: RequestHealing, maxBytes: number) {
    this.#forwarder = forwarder;
    this.#requestHealing = requestHealing;
    this.#maxBytes = maxBytes;
  }

  async open(request: ClientRequest, session: PassthroughSession, writer: ResponseWriter): Promise<void> {
    let response: UpstreamResponse;
    try {
      response = await this.#requestHealing.send(
        request.method,
        () => this.#send(request, session, writer),
        writer.closed,
      );
    } catch (error) {
      writer.reject(unreachable(error));
      return;
    }
    if (response.status === 200 && isEvents(response)) await this.#listen(response, session, writer);
    else await passResponse(response, writer);
  }

  /** Ends all streams; clients connect again. */
  end(): void {
    this.#isEnding = true;
    for (const stream of this.#streams) stream.end();
  }

  async #send(request: ClientRequest, session: PassthroughSession, writer: ResponseWriter): Promise<UpstreamResponse> {
    const response = await this.#forwarder.send(request, session, writer.closed);
    const isRefused =
      response.status >= 400 && response.status < 500 && response.status !== 401 && response.status !== 405;
    // The events of a lost session are lost too.
    if (!isRefused || session.reopenCount === 0 || headerIn(request.headers, 'last-event-id') === undefined)
      return response;
    for await (const _ of response.body);
    return this.#forwarder.send(
      { ...request, headers: without(request.headers, 'last-event-id') },
      session,
      writer.closed,
    );
  }

  async #listen(response: UpstreamResponse, session: PassthroughSession, writer: ResponseWriter): Promise<void> {
    const held = new Set<PendingCall>();
    writer.begin(headOf(response), true);
    this.#streams.add(writer);
    session.addStream(writer);
    if (this.#isEnding) writer.end();
    const event = (block: ServerEvent): void => {
      const message = block.data === undefined ? undefined : readMessage(Buffer.from(block.data));
      if (message?.kind === 'response') {
        const call = session.callOf(message.key);
        if (call?.resumeOn(message, block, writer) === true) {
          held.add(call);
          return;
        }
      }
      if (message?.kind === 'request' || message?.kind === 'notification')
        for (const call of session.calls) call.noteServerMessage(message);
      if (message !== undefined && session.refusesOwnId(message)) return;
      if (message?.method === 'notifications/tools/list_changed') session.lists.toolsChanged();
      writer.event(block.raw);
    };
    const overflow = (piece: Buffer, isLast: boolean): void => writer.piece(piece, isLast);
    try {
      const rest = await readEvents(response, this.#maxBytes, { event, overflow }, () => writer.whenWritable());
      await Promise.all([...held].map((call) => call.settled()));
      writer.write(rest);
      writer.end();
    } catch {
      await Promise.all([...held].map((call) => call.settled()));
      writer.destroy();
    } finally {
      this.#streams.delete(writer);
      session.streams.delete(writer);
    }
  }
}
