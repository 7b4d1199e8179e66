import { readAccept } from '../../http/accept.ts';
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
import { hiddenCallError, shownTools } from '../protocol/hidden-tools.ts';
import { isStatelessVersion, versionIn } from '../protocol/versions.ts';
import { refusalCheck, StreamRefusal } from './failure.ts';
import type { ClientRequest, Forwarder } from './forward.ts';
import { PassthroughCall } from './healed-call.ts';
import type { RequestHealing } from './request-healing.ts';
import {
  eventData,
  eventFields,
  headOf,
  isEvents,
  isJson,
  passResponse,
  readEvents,
  readUpTo,
  type UpstreamResponse,
} from './response.ts';
import { type ResponseWriter, standardHead, unreachable } from './response-writer.ts';
import { type PassthroughSession, sessionHeader } from './session.ts';
import type { SessionStore } from './session-store.ts';

export interface PostHandlerParts {
  readonly healer: HealerPort;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly sessions: SessionStore;
  readonly forwarder: Forwarder;
  readonly requestHealing: RequestHealing;
  readonly maxBytes: number;
  readonly progressEveryMs: number;
  readonly attemptTimeoutMs: number | undefined;
  readonly deadlineMs: number;
  readonly onHealed: (outcome: RunOutcome<unknown>) => void;
}

const accepted = standardHead(202);

const jsonHead = standardHead(200, [['Content-Type', 'application/json']]);

/** Handles the messages that clients post. */
export class PostHandler {
  readonly #parts: PostHandlerParts;

  constructor(parts: PostHandlerParts) {
    this.#parts = parts;
  }

  async handle(
    message: Message,
    request: ClientRequest,
    session: PassthroughSession,
    writer: ResponseWriter,
  ): Promise<void> {
    switch (message.kind) {
      case 'request':
        session.onClientMessage(message, request.headers);
        await this.#request(message, request, session, writer);
        return;
      case 'notification':
        if (message.method === 'notifications/cancelled' && this.#isCancelledHere(message, session)) {
          writer.send(accepted, Buffer.alloc(0));
          return;
        }
        session.onClientMessage(message, request.headers);
        break;
      case 'response':
        if (this.#parts.ids.issued(message.key)) {
          for (const call of session.calls) call.handleResponse(message);
          writer.send(accepted, Buffer.alloc(0));
          return;
        }
        break;
      default:
    }
    await this.#forward(message, request, session, writer);
  }

  async #request(
    message: Message,
    request: ClientRequest,
    session: PassthroughSession,
    writer: ResponseWriter,
  ): Promise<void> {
    const { healer, clock } = this.#parts;
    const rejection = hiddenCallError(message, healer.isHidden);
    if (rejection !== undefined) {
      writer.send(jsonHead, rejection.subarray(0, -1));
      return;
    }
    const call =
      message.method === 'tools/call' ? readToolCall(message, clock.monotonic(), healer.telemetry) : undefined;
    // Two open calls with one id are ambiguous in a session: the second one passes as it is.
    if (call === undefined || (session.clientId !== undefined && session.callOf(call.key)?.isDetached === false)) {
      await this.#forward(message, request, session, writer);
      return;
    }
    const { forwarder, onHealed, sessions, ...rest } = this.#parts;
    const version = headerIn(request.headers, 'mcp-protocol-version');
    const sendNotification = (body: Buffer): void => void session.notify(body, request.headers).catch(() => {});
    const open = new PassthroughCall(call, writer, {
      ...rest,
      session,
      isStateless: version !== undefined && isStatelessVersion(version),
      takesEvents: readAccept(headerIn(request.headers, 'accept')).stream,
      approves: session.clientId !== undefined,
      send: async (body, signal, mayResend) => {
        const response = await forwarder.send({ ...request, body }, session, signal, mayResend);
        if (response.status < 400)
          sessions.accepted(session, principalOf(headerIn(request.headers, 'authorization'), { isVerified: true }));
        return response;
      },
      mayRefuse: (response, refusal) => forwarder.mayRefuse(response, refusal),
      sendAgain: (...refused) => forwarder.sendAgain(...refused),
      sendNotification,
      within: (work) => sessions.heal(session, work),
      onHealed,
    });
    await open.run();
  }

  /** Whether the cancelled call is being healed, so that the server knows it by another id. */
  #isCancelledHere(notification: Message, session: PassthroughSession): boolean {
    const key = cancelledKey(notification);
    return session.callOf(key)?.cancel(notification) === true;
  }

  async #forward(
    message: Message,
    request: ClientRequest,
    session: PassthroughSession,
    writer: ResponseWriter,
  ): Promise<void> {
    const { forwarder, requestHealing, sessions } = this.#parts;
    let response: UpstreamResponse;
    try {
      response = await requestHealing.send(
        message.method === '' ? request.method : message.method,
        () => forwarder.send(request, session, writer.closed),
        writer.closed,
      );
    } catch (error) {
      const rawId = message.kind === 'request' && message.id ? rawText(message.bytes, message.id) : undefined;
      writer.reject(unreachable(error), rawId);
      return;
    }
    if (response.status >= 400) {
      await passResponse(response, writer);
      return;
    }
    const owner = this.#sessionOf(message, request, response, session);
    sessions.accepted(owner, principalOf(headerIn(request.headers, 'authorization'), { isVerified: true }));
    await this.#deliver(message, response, owner, writer);
  }

  /** The session that a response belongs to: a new one if the request began one. */
  #sessionOf(
    message: Message,
    request: ClientRequest,
    response: UpstreamResponse,
    session: PassthroughSession,
  ): PassthroughSession {
    const id = response.headers[sessionHeader];
    if (message.method !== 'initialize' || typeof id !== 'string' || id === session.clientId) return session;
    const principal = principalOf(headerIn(request.headers, 'authorization'), { isVerified: true });
    const begun = this.#parts.sessions.find(id, principal) ?? session;
    begun.onClientMessage(message, request.headers);
    return begun;
  }

  /** Passes a response on, and learns the version and the lists of the server from it. */
  async #deliver(
    message: Message,
    response: UpstreamResponse,
    session: PassthroughSession,
    writer: ResponseWriter,
  ): Promise<void> {
    const { maxBytes, forwarder } = this.#parts;
    const learn = (parsed: Message): void => {
      if (parsed.kind !== 'response' || parsed.key !== message.key) return;
      if (message.method === 'initialize') session.version = versionIn(parsed);
      else session.lists.answered(message, parsed);
    };
    const shownOf = (parsed: Message): Buffer | undefined => shownTools(message, parsed, this.#parts.healer.isHidden);
    if (isEvents(response)) {
      writer.begin(headOf(response), true);
      const checkRefusal = refusalCheck((first) => forwarder.mayRefuse(response, first));
      const event = (block: ServerEvent): void => {
        const parsed = block.data === undefined ? undefined : readMessage(Buffer.from(block.data));
        if (parsed !== undefined) checkRefusal(parsed, block);
        if (parsed !== undefined && session.refusesOwnId(parsed)) return;
        if (parsed !== undefined) learn(parsed);
        if (parsed?.method === 'notifications/tools/list_changed') session.lists.toolsChanged();
        const shown = parsed && shownOf(parsed);
        writer.event(shown === undefined ? block.raw : { ...eventFields(block), data: eventData(shown) });
      };
      const overflow = (piece: Buffer, isLast: boolean): void => writer.piece(piece, isLast);
      try {
        writer.write(await readEvents(response, maxBytes, { event, overflow }, () => writer.whenWritable()));
        writer.end();
      } catch (error) {
        if (!(error instanceof StreamRefusal)) writer.destroy();
        else await this.#refused(message, response, error, session, writer);
      }
      return;
    }
    if (writer.started) {
      const { bytes, isWhole } = await readUpTo(response, maxBytes);
      const parsed = isWhole ? readMessage(bytes) : undefined;
      if (parsed?.kind !== 'response') {
        writer.destroy();
        return;
      }
      learn(parsed);
      writer.event({ event: 'message', data: eventData(shownOf(parsed) ?? bytes) });
      writer.end();
      return;
    }
    if (isJson(response) && (message.method === 'initialize' || message.method.endsWith('/list'))) {
      const { bytes, isWhole, response: same } = await readUpTo(response, maxBytes);
      const parsed = isWhole ? readMessage(bytes) : undefined;
      if (parsed !== undefined) learn(parsed);
      const shown = parsed && shownOf(parsed);
      if (shown === undefined) await passResponse(same, writer);
      else writer.send(headOf(same), shown);
      return;
    }
    await passResponse(response, writer);
  }

  /** Sends a request again whose stream has refused it because of its session; else the error passes. */
  async #refused(
    message: Message,
    response: UpstreamResponse,
    { refusal, event }: StreamRefusal,
    session: PassthroughSession,
    writer: ResponseWriter,
  ): Promise<void> {
    try {
      const again = await this.#parts.forwarder.sendAgain(response, refusal, writer.closed);
      if (again !== undefined) {
        await this.#deliver(message, again, session, writer);
        return;
      }
    } catch {
      // The client gets the error that the server has sent.
    }
    writer.event(event.raw);
    writer.end();
  }
}
