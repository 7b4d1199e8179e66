import type { ServerEvent } from '../../http/events.ts';
import { type Pair, replaced, withHeader, without } from '../../http/headers.ts';
import type { Clock } from '../../model/clock.ts';
import { messageOf } from '../../text/error-text.ts';
import { ownIdError } from '../jsonrpc/errors.ts';
import type { IdGenerator } from '../jsonrpc/ids.ts';
import { keyOf, type Message } from '../jsonrpc/message.ts';
import { parseSpan, splice } from '../jsonrpc/raw-json.ts';
import { Handshake } from '../protocol/handshake.ts';
import { type ListKind, listChangedNotification } from '../protocol/list-changes.ts';
import { confirmsLoss, type SessionRefusal } from '../protocol/lost-session.ts';
import { ServerListCache } from '../protocol/server-lists.ts';
import { protocolMeta, versionIn } from '../protocol/versions.ts';
import { HttpFailure } from './failure.ts';
import type { UpstreamResponse } from './response.ts';
import type { ResponseWriter } from './response-writer.ts';
import { ownHeaders, type Send, sendNotification, sendRequest, type UpstreamRequest } from './upstream-client.ts';

/** A call that a client waits for, as its session sees it. */
export interface PendingCall {
  /** Whether no client is connected: it is gone, or has its response, and may still come back for it. */
  readonly isDetached: boolean;
  /** Takes a notification or request of the server that came on another stream and may belong to this call. */
  noteServerMessage(message: Message): void;
  /** Handles a response to this call that came on another stream. Returns false if it passes as it is. */
  resumeOn(message: Message, event: ServerEvent, stream: ResponseWriter): boolean;
  /** Resolves when healing has ended. */
  settled(): Promise<void>;
  /** The client has cancelled the call. Returns true if this call notifies the server itself. */
  cancel(notification: Message): boolean;
  /** Takes the client's response to a request of healflow; false if it is none. */
  handleResponse(message: Message): boolean;
  /** Ends healing: the client gets the last response of the tool. */
  abandonHealing(): void;
}

export const sessionHeader = 'mcp-session-id';

export interface SessionPorts {
  readonly send: Send;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly maxBytes: number;
  readonly startTimeoutMs: number;
  /** The path of the MCP server. */
  readonly pathAndQuery: string;
  readonly log: (text: string) => void;
}

/** Maximum number of calls that wait for a client to come back for their responses. */
const maxDetached = 32;

/**
 * One client of the server: its session if it has one, else its principal.
 *
 * A session that the server has lost is opened again without the client noticing: the client keeps its session id.
 */
export class PassthroughSession {
  /** The client's session id; undefined for a client without a session. */
  readonly clientId: string | undefined;
  readonly lists: ServerListCache;
  /** The streams on which the client listens to the server's own messages. */
  readonly streams = new Set<ResponseWriter>();
  /** Number of open requests. */
  openRequests = 0;
  lastUsedAt: number;
  /** The protocol version that the server has agreed to. */
  version: string | undefined;
  initialize: Message | undefined;
  principal: string;
  /** Whether a request got a 401, so that the client may use other credentials. */
  wasUnauthorized = false;
  readonly #ports: SessionPorts;
  readonly #handshake = new Handshake();
  /** By key; several clients without a session may use the same key. */
  readonly #calls = new Map<string, Set<PendingCall>>();
  readonly #pendingChanges = new Set<ListKind>();
  #serverId: string | undefined;
  #headers: readonly Pair[] = [];
  #protocolMeta: Record<string, unknown> | undefined;
  #reopening: Promise<boolean> | undefined;
  #reopenCount = 0;

  constructor(clientId: string | undefined, principal: string, ports: SessionPorts) {
    this.clientId = clientId;
    this.#serverId = clientId;
    this.principal = principal;
    this.#ports = ports;
    this.lastUsedAt = ports.clock.monotonic();
    this.lists = new ServerListCache({
      clock: ports.clock,
      ask: async (method, cursor) => {
        const response = await this.request(method, cursor === undefined ? {} : { cursor }, undefined);
        return parseSpan(response.bytes, response.result);
      },
      changed: (kind) => this.#changed(kind),
    });
  }

  /** How often the session was opened again. */
  get reopenCount(): number {
    return this.#reopenCount;
  }

  /** Whether a lost session can be opened again. */
  get canReopen(): boolean {
    return this.clientId !== undefined && this.initialize !== undefined;
  }

  /** Records a message of the client. */
  onClientMessage(message: Message, headers: readonly Pair[]): void {
    this.#headers = headers;
    if (message.kind === 'request') {
      if (message.method === 'initialize') this.initialize = message;
      this.#handshake.noteRequest(message);
      this.#protocolMeta ??= protocolMeta(message);
      this.lists.requested(message);
    } else if (message.kind === 'notification') {
      this.#handshake.noteNotification(message);
    }
  }

  /** The client's headers, with the id under which the server knows the session now. */
  toServer(headers: readonly Pair[]): Pair[] {
    if (this.clientId === this.#serverId) return [...headers];
    return this.#serverId === undefined
      ? without(headers, sessionHeader)
      : replaced(headers, sessionHeader, this.#serverId);
  }

  /** A server's response, with the id under which the client knows the session. */
  toClient(response: UpstreamResponse): UpstreamResponse {
    const { clientId } = this;
    if (clientId === this.#serverId || clientId === undefined) return response;
    const rawHeaders = response.rawHeaders.map((text, index) =>
      index % 2 === 1 && response.rawHeaders[index - 1]?.toLowerCase() === sessionHeader ? clientId : text,
    );
    return { ...response, rawHeaders };
  }

  /** The open calls. */
  get calls(): PendingCall[] {
    return [...this.#calls.values()].flatMap((calls) => [...calls]);
  }

  /** The call with this key; undefined if there is none or more than one. */
  callOf(key: string): PendingCall | undefined {
    const calls = this.#calls.get(key);
    return calls?.size === 1 ? [...calls][0] : undefined;
  }

  /** Remembers a call until it has its response. */
  addCall(key: string, call: PendingCall): void {
    const same = [...(this.#calls.get(key) ?? [])].filter(({ isDetached }) => !isDetached);
    this.#calls.set(key, new Set([...same, call]));
    const detached = [...this.#calls].filter(([, calls]) => [...calls].every(({ isDetached }) => isDetached));
    for (const [other] of detached.slice(0, Math.max(0, detached.length - maxDetached))) this.#calls.delete(other);
  }

  removeCall(key: string, call: PendingCall): void {
    const calls = this.#calls.get(key);
    if (calls?.delete(call) === true && calls.size === 0) this.#calls.delete(key);
  }

  /** Adds a stream of the client, and sends it the changes that the client has missed. */
  addStream(stream: ResponseWriter): void {
    this.streams.add(stream);
    for (const kind of this.#pendingChanges) stream.event({ event: 'message', data: listChangedData(kind) });
    this.#pendingChanges.clear();
  }

  /** Sends a request of healflow, and resolves with its response. */
  request(method: string, members: Record<string, unknown>, signal: AbortSignal | undefined): Promise<Message> {
    const { ids, send, maxBytes } = this.#ports;
    const id = ids.next();
    const params = { ...members, ...(this.#protocolMeta && { _meta: this.#protocolMeta }) };
    const body = `{"jsonrpc":"2.0","id":${id},"method":${JSON.stringify(method)},"params":${JSON.stringify(params)}}`;
    const name = typeof members.name === 'string' ? members.name : undefined;
    const headers = ownHeaders(this.toServer(this.#headers), method, name);
    return sendRequest(send, this.#post(headers, Buffer.from(body)), keyOf(id), maxBytes, signal);
  }

  /** Sends a notification to the server. */
  async notify(body: Buffer, headers: readonly Pair[]): Promise<void> {
    await sendNotification(
      this.#ports.send,
      this.#post(ownHeaders(this.toServer(headers), undefined, undefined), body),
      undefined,
    );
  }

  /** Refuses a request of the server under an id of healflow; false if the message passes to the client. */
  refusesOwnId(message: Message): boolean {
    if (message.kind !== 'request' || !this.#ports.ids.issued(message.key)) return false;
    this.notify(ownIdError(message), this.#headers).catch(() => {});
    return true;
  }

  /**
   * Opens a lost session again, once for all requests that need it. Resolves with false if the server
   * refuses.
   *
   * @param reopenCount The count when the session was lost; nothing is done if it was opened again since then.
   */
  async reopen(reopenCount: number, headers: readonly Pair[]): Promise<boolean> {
    if (reopenCount !== this.#reopenCount) return true;
    if (!this.canReopen) return false;
    this.#reopening ??= this.#reopen(headers).finally(() => {
      this.#reopening = undefined;
    });
    return this.#reopening;
  }

  /** Whether the server refuses another request of the session as it did this one, and so does not know the session. */
  async isUnknown(refusal: SessionRefusal, clientHeaders: readonly Pair[]): Promise<boolean> {
    const { send, ids, maxBytes, clock, startTimeoutMs } = this.#ports;
    const id = ids.next();
    const timeout = new AbortController();
    const timer = clock.setTimeout(() => timeout.abort(), startTimeoutMs);
    const headers = ownHeaders(this.toServer(clientHeaders), 'ping', undefined);
    const post = this.#post(headers, Buffer.from(`{"jsonrpc":"2.0","id":${id},"method":"ping"}`));
    const isConfirmedBy = (status: number, body: Buffer): boolean =>
      confirmsLoss(refusal, { status, body, hadSession: true, key: keyOf(id) });
    try {
      return isConfirmedBy(200, (await sendRequest(send, post, keyOf(id), maxBytes, timeout.signal)).bytes);
    } catch (error) {
      return error instanceof HttpFailure && error.bytes !== undefined && isConfirmedBy(error.status, error.bytes);
    } finally {
      clock.clearTimeout(timer);
    }
  }

  async #reopen(clientHeaders: readonly Pair[]): Promise<boolean> {
    const { send, maxBytes, clock, startTimeoutMs, log } = this.#ports;
    const timeout = new AbortController();
    const timer = clock.setTimeout(() => timeout.abort(), startTimeoutMs);
    const baseHeaders = without(ownHeaders(clientHeaders, undefined, undefined), sessionHeader, 'mcp-protocol-version');
    let opened: { readonly id: string | undefined } | undefined;
    let lastNotification: Promise<void> = Promise.resolve();
    const headersNow = (): Pair[] => {
      const versioned =
        this.version === undefined ? baseHeaders : withHeader(baseHeaders, 'MCP-Protocol-Version', this.version);
      return opened?.id === undefined ? versioned : withHeader(versioned, 'Mcp-Session-Id', opened.id);
    };
    const ask = async (request: Message): Promise<Message> => {
      await lastNotification;
      const id = this.#ports.ids.next();
      const body = request.id === undefined ? request.bytes : splice(request.bytes, [{ ...request.id, bytes: id }]);
      const isFirst = opened === undefined;
      const post = this.#post(isFirst ? baseHeaders : headersNow(), body);
      const response = await sendRequest(send, post, keyOf(id), maxBytes, timeout.signal, ({ headers }) => {
        const sessionId = headers[sessionHeader];
        if (isFirst) opened = { id: typeof sessionId === 'string' ? sessionId : undefined };
      });
      if (isFirst && this.version !== undefined && versionIn(response) !== this.version) {
        throw new Error('it speaks another version of the protocol now');
      }
      return response;
    };
    const notify = (body: Buffer): void => {
      lastNotification = sendNotification(send, this.#post(headersNow(), body), timeout.signal);
      lastNotification.catch(() => {});
    };
    try {
      const capabilities = await this.#handshake.replay(ask, notify);
      await lastNotification;
      this.#serverId = opened?.id;
      this.#reopenCount += 1;
      this.lists.serverReplaced(capabilities);
      log('the MCP server had lost a session; a new one was opened in its place');
      return true;
    } catch (error) {
      log(`the MCP server had lost a session, and opened no new one: ${messageOf(error, 'no reason')}`);
      return false;
    } finally {
      clock.clearTimeout(timer);
    }
  }

  #post(headers: readonly Pair[], body: Buffer): UpstreamRequest {
    return { method: 'POST', headers, body, pathAndQuery: this.#ports.pathAndQuery };
  }

  #changed(kind: ListKind): void {
    if (!this.canReopen) return;
    const streams = [...this.streams].filter((stream) => !stream.ended);
    const [stream] = streams;
    if (stream === undefined) this.#pendingChanges.add(kind);
    else stream.event({ event: 'message', data: listChangedData(kind) });
  }
}

const listChangedData = (kind: ListKind): string => listChangedNotification(kind).toString().trimEnd();
