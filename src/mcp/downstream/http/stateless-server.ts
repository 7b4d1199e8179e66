import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Clock } from '../../../model/clock.ts';
import { errorCodes, errorResponse } from '../../jsonrpc/errors.ts';
import { asLine } from '../../jsonrpc/lines.ts';
import { type Message, rawText, readMessage } from '../../jsonrpc/message.ts';
import { parseSpan } from '../../jsonrpc/raw-json.ts';
import type { HttpRejection } from '../../protocol/http-errors.ts';
import { metaKeys, metaOf } from '../../protocol/versions.ts';
import type { KeepAlive } from './keep-alive.ts';
import { Multiplexer, type ResponseSink } from './multiplexer.ts';
import { ParamHeaderCheck } from './param-header-check.ts';
import type { ServerConnection } from './server-connection.ts';
import { serverEnded } from './server-connection.ts';
import { SseResponse } from './sse-response.ts';
import { StatelessReply } from './stateless-reply.ts';
import { SupportedVersions } from './supported-versions.ts';

export interface StatelessServerParts {
  readonly connection: ServerConnection;
  readonly clock: Clock;
  readonly keepAlive: KeepAlive;
  readonly highWaterMark: number;
  /** How long a server may take to list its tools; then calls pass unchecked. */
  readonly listTimeoutMs: number;
}

/** A posted request. */
export interface StatelessRequest {
  readonly message: Message;
  /** The parsed body. */
  readonly body: Record<string, unknown>;
  readonly headers: IncomingHttpHeaders;
  readonly principal: string;
  readonly takesStream: boolean;
  readonly takesJson: boolean;
}

/** An open request that receives log messages. */
interface LogSubscriber {
  readonly principal: string;
  readonly sink: ResponseSink;
}

/**
 * One server of the stateless protocol (from 2026-07-28) for all clients. Requests are independent; a client cancels
 * one by disconnecting.
 */
export class StatelessServer {
  readonly #parts: StatelessServerParts;
  readonly #mux: Multiplexer;
  readonly #open = new Map<SseResponse, { readonly rawId: string; readonly reply: StatelessReply }>();
  /** Requests that want log messages; on stdio a log message does not name its request. */
  readonly #logSubscribers = new Set<LogSubscriber>();
  readonly #tools: ParamHeaderCheck;
  readonly #versions: SupportedVersions;

  constructor(parts: StatelessServerParts) {
    this.#parts = parts;
    const { connection } = parts;
    this.#mux = new Multiplexer((bytes) => connection.fromClient(bytes));
    const serve = (request: Buffer): Promise<unknown> => this.#sendRequest(request);
    this.#tools = new ParamHeaderCheck(parts.clock, parts.listTimeoutMs, serve);
    this.#versions = new SupportedVersions(parts.clock, parts.listTimeoutMs, serve);
    connection.listen((bytes) => this.#fromServer(bytes));
    void connection.closed.then(() => this.#settle(serverEnded));
  }

  get isOver(): boolean {
    return this.#parts.connection.isOver;
  }

  whenWritable(): Promise<void> {
    return this.#parts.connection.whenWritable();
  }

  /** Passes a notification on. */
  notify({ method, bytes }: Message): void {
    // Requests are cancelled by disconnecting; an id alone does not identify the client.
    if (method !== 'notifications/cancelled') this.#parts.connection.fromClient(asLine(bytes));
  }

  /** Serves a request. Returns a rejection for the caller to send. */
  async serve(request: StatelessRequest, response: ServerResponse): Promise<HttpRejection | undefined> {
    const { message, body, headers } = request;
    const refused =
      (await this.#versions.check(body)) ??
      (message.method === 'tools/call' ? await this.#tools.check(body, headers) : undefined);
    if (refused !== undefined) return refused;
    if (response.destroyed) return undefined;
    this.#forward(request, response);
    return undefined;
  }

  /** Ends the server, after its open requests have their responses. */
  async close(): Promise<void> {
    await this.#parts.connection.close();
  }

  #forward({ message, body, principal, takesStream, takesJson }: StatelessRequest, response: ServerResponse): void {
    const { keepAlive, connection, highWaterMark } = this.#parts;
    let key: string | undefined;
    const sse = new SseResponse({
      response,
      keepAlive,
      source: connection,
      highWaterMark,
      onLate: () => reply.onLate(),
      onClose: () => {
        this.#logSubscribers.delete(subscriber);
        this.#open.delete(sse);
        if (key !== undefined) this.#mux.cancel(key);
      },
    });
    const reply = new StatelessReply({ sse, takesStream, takesJson, read: readMessage });
    const subscriber: LogSubscriber = { principal, sink: reply };
    if (metaKeys.logLevel in (metaOf(body) ?? {})) this.#logSubscribers.add(subscriber);
    const rawId = message.id === undefined ? 'null' : rawText(message.bytes, message.id);
    this.#open.set(sse, { rawId, reply });
    key = this.#mux.send(message, {
      onNotification: (bytes) => reply.onNotification(bytes),
      onResponse: (bytes) => {
        if (message.method === 'tools/list') this.#tools.learn(message, readMessage(bytes));
        if (message.method === 'server/discover') this.#versions.learn(readMessage(bytes));
        reply.onResponse(bytes);
      },
    });
  }

  #fromServer(bytes: Buffer): void {
    const message = readMessage(bytes);
    if (this.#mux.fromServer(message)) return;
    if (message.kind === 'request') {
      const rawId = message.id === undefined ? 'null' : rawText(bytes, message.id);
      const text = 'a client of the stateless protocol is asked by input_required alone';
      this.#parts.connection.fromClient(errorResponse(rawId, errorCodes.methodNotFound, text));
      return;
    }
    // Sent only if all subscribers are one principal: the message must not reach another client.
    const principals = new Set([...this.#logSubscribers].map(({ principal }) => principal));
    if (message.method === 'notifications/message' && principals.size === 1)
      [...this.#logSubscribers].at(-1)?.sink.onNotification(bytes);
  }

  #settle(reason: string): void {
    for (const { rawId, reply } of [...this.#open.values()])
      reply.onResponse(errorResponse(rawId, errorCodes.serverError, reason));
  }

  /** Sends a request of healflow to the server. */
  #sendRequest(request: Buffer): Promise<unknown> {
    return new Promise((resolve) => {
      this.#mux.send(readMessage(request), {
        onNotification: () => {},
        onResponse: (bytes) => resolve(parseSpan(bytes, readMessage(bytes).result)),
      });
    });
  }
}
