import type { ServerResponse } from 'node:http';
import type { Clock } from '../../../model/clock.ts';
import { batchMessages } from '../../jsonrpc/batch.ts';
import { errorCodes, errorResponse } from '../../jsonrpc/errors.ts';
import { keyOf, type Message, rawIdOf, rawText, readMessage } from '../../jsonrpc/message.ts';
import { cancelledKey } from '../../protocol/cancellation.ts';
import { type HttpRejection, refuse } from '../../protocol/http-errors.ts';
import { progressTokenOf, readProgress, tokenText } from '../../protocol/progress.ts';
import { primingVersion, versionIn } from '../../protocol/versions.ts';
import { EventStream, readEventId } from './event-stream.ts';
import type { KeepAlive } from './keep-alive.ts';
import type { PostBody } from './post-body.ts';
import { jsonReply, type PostReply, streamReply } from './post-reply.ts';
import { ReplayBuffer } from './replay-buffer.ts';
import type { ChannelListener, ServerChannel } from './server-connection.ts';
import { SseResponse } from './sse-response.ts';

export interface ClientSessionParts {
  readonly id: string;
  /** The client that owns the session: no other client can use it. */
  readonly principal: string;
  readonly clock: Clock;
  readonly keepAlive: KeepAlive;
  readonly keptBytes: number;
  /** How long the session may have no open connection, in ms. */
  readonly idleMs: number;
  /** Called when the session was idle for too long or its server has ended. */
  readonly onOver: () => void;
}

/** The messages of one POST. */
export interface SessionPost extends Omit<PostBody, 'value'> {
  /** Whether the client accepts an event stream as response. */
  readonly takesStream: boolean;
}

/** A request of the client without a response yet. */
interface OpenRequest {
  readonly reply: PostReply;
  readonly rawId: string;
  readonly isInitialize: boolean;
  readonly token: string | undefined;
}

/**
 * One client of the session protocol (up to 2025-11-25), with the streams of its responses. The server behind it
 * uses one channel; this class assigns its messages to the requests that they belong to.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#streamable-http
 */
export class ClientSession implements ChannelListener {
  readonly id: string;
  readonly principal: string;
  /** The negotiated protocol version. */
  version: string | undefined;
  readonly #parts: ClientSessionParts;
  readonly #replayBuffer: ReplayBuffer;
  readonly #openRequests = new Map<string, OpenRequest>();
  readonly #tokens = new Map<string, PostReply>();
  /** The open replies, and how many responses each still waits for; the latest is the last. */
  readonly #replies = new Map<PostReply, number>();
  readonly #streams = new Map<number, EventStream>();
  /** The stream for messages that belong to no request. */
  readonly #generalStream: EventStream;
  #channel: ServerChannel | undefined;
  #streamCount = 0;
  #connections = 0;
  #idleTimer: unknown;
  #isOver = false;
  #lastUsedAt: number;

  constructor(parts: ClientSessionParts) {
    this.#parts = parts;
    this.#lastUsedAt = parts.clock.monotonic();
    this.id = parts.id;
    this.principal = parts.principal;
    this.#replayBuffer = new ReplayBuffer(parts.keptBytes);
    this.#generalStream = new EventStream(0, this.#replayBuffer, () => {});
    this.#streams.set(0, this.#generalStream);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether the client waits for a response. */
  get hasOpenRequests(): boolean {
    return this.#openRequests.size > 0;
  }

  /** Whether a stream of the client is open. */
  get isConnected(): boolean {
    return this.#connections > 0;
  }

  /** When the client last sent something. */
  get lastUsedAt(): number {
    return this.#lastUsedAt;
  }

  /** Connects the session with its server. */
  connect(channel: ServerChannel): void {
    this.#channel = channel;
  }

  /** Resolves when the server accepts more data. */
  async whenWritable(): Promise<void> {
    await this.#channel?.whenWritable();
  }

  /** Passes on the messages of a POST and begins its response. Returns a rejection for the caller to send. */
  post({ bytes, messages, isBatch, takesStream }: SessionPost, response: ServerResponse): HttpRejection | undefined {
    this.#lastUsedAt = this.#parts.clock.monotonic();
    const requests = messages.filter(({ kind }) => kind === 'request');
    const keys = new Set(requests.map(({ key }) => key));
    if (keys.size < requests.length || requests.some(({ key }) => this.#openRequests.has(key))) {
      return refuse(400, errorCodes.invalidRequest, 'Invalid Request: a request with this id is still open');
    }
    if (requests.length === 0) {
      this.#createResponse(response).send(202);
    } else {
      const reply = this.#createReply(response, isBatch, takesStream, requests[0]?.method === 'initialize');
      for (const request of requests) this.#trackRequest(request, reply);
    }
    for (const message of messages) if (message.method === 'notifications/cancelled') this.#handleCancelled(message);
    this.#channel?.send(bytes, messages);
    return undefined;
  }

  /** Opens the stream for messages that belong to no request, or resumes a broken stream. */
  get(lastEventId: string | undefined, response: ServerResponse): HttpRejection | undefined {
    if (lastEventId === undefined) {
      if (this.#generalStream.isAttached)
        return refuse(409, errorCodes.serverError, 'Conflict: only one stream is allowed per session');
      this.#attach(this.#generalStream, response);
      return undefined;
    }
    const position = readEventId(lastEventId);
    if (position === undefined || position.stream > this.#streamCount) {
      return refuse(400, errorCodes.serverError, 'Bad Request: no event of this session has that Last-Event-ID');
    }
    const stream = this.#streams.get(position.stream);
    // 204 means that nothing is left to resume.
    if (stream === undefined || stream.isOverAfter(position.event)) this.#createResponse(response).send(204);
    else this.#attach(stream, response, position.event);
    return undefined;
  }

  fromServer(bytes: Buffer): void {
    const message = readMessage(bytes);
    switch (message.kind) {
      case 'response':
        this.#handleResponses([message], bytes);
        break;
      case 'batch': {
        const responses = batchMessages(bytes).filter(({ kind }) => kind === 'response');
        if (responses.length > 0) this.#handleResponses(responses, bytes);
        else this.#generalStream.push(bytes);
        break;
      }
      case 'request':
      case 'notification':
        this.#streamOf(message).push(bytes);
        break;
      default:
        // What is not JSON is not a message: clients could not parse it.
        if (isJson(bytes)) this.#generalStream.push(bytes);
    }
  }

  lost(reason: string): void {
    if (this.#isOver) return;
    this.#settle(reason);
    this.#parts.onOver();
  }

  /** Ends the session, its streams and its channel. */
  async end(reason: string): Promise<void> {
    this.#isOver = true;
    this.#parts.clock.clearTimeout(this.#idleTimer);
    this.#settle(reason);
    await this.#channel?.end();
  }

  /** Responds to all open requests with an error, and ends all streams. */
  #settle(reason: string): void {
    for (const [key, { rawId }] of [...this.#openRequests])
      this.#settleOne(key, errorResponse(rawId, errorCodes.serverError, reason), rawId);
    for (const stream of [...this.#streams.values()]) stream.finish();
  }

  #createReply(response: ServerResponse, isBatch: boolean, takesStream: boolean, isFirst: boolean): PostReply {
    const headers = { 'mcp-session-id': this.id };
    if (!takesStream) return jsonReply(this.#createResponse(response), isBatch, headers);
    this.#streamCount += 1;
    const stream = new EventStream(this.#streamCount, this.#replayBuffer, ({ number }) => this.#streams.delete(number));
    this.#streams.set(stream.number, stream);
    this.#attach(stream, response);
    if (!isFirst && this.version !== undefined && this.version >= primingVersion) stream.prime();
    return streamReply(stream);
  }

  #attach(stream: EventStream, response: ServerResponse, after?: number): void {
    const sse = this.#createResponse(response, () => stream.detach(sse));
    stream.attach(sse, { 'mcp-session-id': this.id }, after);
  }

  #createResponse(response: ServerResponse, onClose: () => void = () => {}): SseResponse {
    const { keepAlive, keptBytes, clock } = this.#parts;
    this.#connections += 1;
    clock.clearTimeout(this.#idleTimer);
    return new SseResponse({
      response,
      keepAlive,
      source: this.#channel ?? noBackpressure,
      highWaterMark: keptBytes,
      onClose: () => {
        this.#connections -= 1;
        if (this.#connections === 0) this.#startIdleTimer();
        onClose();
      },
    });
  }

  #startIdleTimer(): void {
    const { clock, idleMs, onOver } = this.#parts;
    if (!this.#isOver) this.#idleTimer = clock.setTimeout(onOver, idleMs);
  }

  #trackRequest(request: Message, reply: PostReply): void {
    const { bytes, key, method } = request;
    const span = progressTokenOf(request);
    const token = span === undefined ? undefined : keyOf(rawText(bytes, span));
    const rawId = rawIdOf(request);
    this.#openRequests.set(key, { reply, rawId, token, isInitialize: method === 'initialize' });
    if (token !== undefined) this.#tokens.set(token, reply);
    this.#replies.set(reply, (this.#replies.get(reply) ?? 0) + 1);
  }

  #handleResponses(responses: readonly Message[], bytes: Buffer): void {
    const mine = responses.filter(({ key }) => this.#openRequests.has(key));
    // Nobody waits for the response to a cancelled request.
    for (const [at, { key, ...response }] of mine.entries()) {
      const open = this.#openRequests.get(key);
      if (open?.isInitialize) this.#handleInitializeResponse({ ...response, key });
      this.#settleOne(key, at === 0 ? bytes : undefined, open?.rawId ?? '');
    }
  }

  #handleInitializeResponse(response: Message): void {
    this.version = versionIn(response) ?? this.version;
    // A refused handshake makes no session.
    if (response.result === undefined) queueMicrotask(() => this.#parts.onOver());
  }

  #settleOne(key: string, bytes: Buffer | undefined, rawId: string): void {
    const open = this.#openRequests.get(key);
    if (open === undefined) return;
    const { reply, token } = open;
    this.#openRequests.delete(key);
    if (token !== undefined && this.#tokens.get(token) === reply) this.#tokens.delete(token);
    if (bytes !== undefined) reply.respond(bytes, rawId);
    const left = (this.#replies.get(reply) ?? 1) - 1;
    if (left > 0) {
      this.#replies.set(reply, left);
    } else {
      this.#replies.delete(reply);
      reply.finish();
    }
  }

  /** The protocol requires no response to a cancelled request. */
  #handleCancelled(notification: Message): void {
    this.#settleOne(cancelledKey(notification), undefined, '');
  }

  /** The stream for a request or a notification of the server. */
  #streamOf(message: Message): EventStream {
    if (message.method === 'notifications/progress') {
      const progress = readProgress(message);
      const reply = progress && this.#tokens.get(keyOf(tokenText(message, progress)));
      return reply?.stream ?? this.#generalStream;
    }
    const isRequest = message.kind === 'request';
    if (!isRequest && !requestNotifications.has(message.method)) return this.#generalStream;
    // With one open request it can only be about that one; a server request that no stream would carry goes to the latest.
    const isHeard = this.#generalStream.isAttached || !isRequest;
    const latest = [...this.#replies.keys()].at(-1);
    return (this.#replies.size === 1 || !isHeard ? latest?.stream : undefined) ?? this.#generalStream;
  }
}

/** Notifications that a server sends during a request. */
const requestNotifications: ReadonlySet<string> = new Set(['notifications/message', 'notifications/cancelled']);

const noBackpressure = { pause: () => {}, resume: () => {} };

const isJson = (bytes: Buffer): boolean => {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
};
