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

export interface StatelessParts {
  readonly conversation: ServerConnection;
  readonly clock: Clock;
  readonly pulse: KeepAlive;
  readonly highWaterMark: number;
  /** How long a server may take to tell what its tools are, before a call goes on without. */
  readonly patienceMs: number;
}

/** A request as it was posted. */
export interface StatelessRequest {
  readonly message: Message;
  /** The parsed body. */
  readonly body: Record<string, unknown>;
  readonly headers: IncomingHttpHeaders;
  readonly principal: string;
  readonly takesStream: boolean;
  readonly takesJson: boolean;
}

/** A request that is open, as far as log messages are concerned. */
interface LogSubscriber {
  readonly principal: string;
  readonly asker: ResponseSink;
}

/**
 * One server of the stateless protocol (from 2026-07-28) for all clients. Each request stands for itself; a client that
 * hangs up has cancelled it.
 */
export class StatelessServer {
  readonly #parts: StatelessParts;
  readonly #mux: Multiplexer;
  readonly #open = new Map<SseResponse, { readonly rawId: string; readonly reply: StatelessReply }>();
  /** Those who asked for log messages; on stdio these do not say whose they are. */
  readonly #listeners = new Set<LogSubscriber>();
  readonly #tools: ParamHeaderCheck;
  readonly #versions: SupportedVersions;

  constructor(parts: StatelessParts) {
    this.#parts = parts;
    const { conversation } = parts;
    this.#mux = new Multiplexer((bytes) => conversation.fromClient(bytes));
    const ask = (request: Buffer): Promise<unknown> => this.#askAlone(request);
    this.#tools = new ParamHeaderCheck(parts.clock, parts.patienceMs, ask);
    this.#versions = new SupportedVersions(parts.clock, parts.patienceMs, ask);
    conversation.listen((bytes) => this.#fromServer(bytes));
    void conversation.closed.then(() => this.#settle(serverEnded));
  }

  get isOver(): boolean {
    return this.#parts.conversation.isOver;
  }

  room(): Promise<void> {
    return this.#parts.conversation.room();
  }

  /** Passes on what needs no answer. */
  notify({ method, bytes }: Message): void {
    // Requests are cancelled by hanging up; an id alone does not say whose request is meant.
    if (method !== 'notifications/cancelled') this.#parts.conversation.fromClient(asLine(bytes));
  }

  /** Answers a request; a refusal is for the caller to give. */
  async ask(request: StatelessRequest, response: ServerResponse): Promise<HttpRejection | undefined> {
    const { message, body, headers } = request;
    const refused =
      (await this.#versions.check(body)) ??
      (message.method === 'tools/call' ? await this.#tools.check(body, headers) : undefined);
    if (refused !== undefined) return refused;
    if (response.destroyed) return undefined;
    this.#pass(request, response);
    return undefined;
  }

  /** Ends the server; what is open is answered first. */
  async close(): Promise<void> {
    await this.#parts.conversation.close();
  }

  #pass({ message, body, principal, takesStream, takesJson }: StatelessRequest, response: ServerResponse): void {
    const { pulse, conversation, highWaterMark } = this.#parts;
    let key: string | undefined;
    const outflow = new SseResponse({
      response,
      pulse,
      source: conversation,
      highWaterMark,
      late: () => reply.late(),
      gone: () => {
        this.#listeners.delete(listener);
        this.#open.delete(outflow);
        if (key !== undefined) this.#mux.cancel(key);
      },
    });
    const reply = new StatelessReply({ outflow, takesStream, takesJson, read: readMessage });
    const listener: LogSubscriber = { principal, asker: reply };
    if (metaKeys.logLevel in (metaOf(body) ?? {})) this.#listeners.add(listener);
    const rawId = message.id === undefined ? 'null' : rawText(message.bytes, message.id);
    this.#open.set(outflow, { rawId, reply });
    key = this.#mux.ask(message, {
      onNotification: (bytes) => reply.onNotification(bytes),
      answered: (bytes) => {
        if (message.method === 'tools/list') this.#tools.learn(message, readMessage(bytes));
        if (message.method === 'server/discover') this.#versions.learn(readMessage(bytes));
        reply.answered(bytes);
      },
    });
  }

  #fromServer(bytes: Buffer): void {
    const message = readMessage(bytes);
    if (this.#mux.fromServer(message)) return;
    if (message.kind === 'request') {
      const rawId = message.id === undefined ? 'null' : rawText(bytes, message.id);
      const words = 'a client of the stateless protocol is asked by input_required alone';
      this.#parts.conversation.fromClient(errorResponse(rawId, errorCodes.methodNotFound, words));
      return;
    }
    // It reaches somebody who asked for such messages, and never somebody else than all it could be meant for.
    const principals = new Set([...this.#listeners].map(({ principal }) => principal));
    if (message.method === 'notifications/message' && principals.size === 1)
      [...this.#listeners].at(-1)?.asker.onNotification(bytes);
  }

  #settle(reason: string): void {
    for (const { rawId, reply } of [...this.#open.values()])
      reply.answered(errorResponse(rawId, errorCodes.serverError, reason));
  }

  /** Asks the server something that no client has asked. */
  #askAlone(request: Buffer): Promise<unknown> {
    return new Promise((resolve) => {
      this.#mux.ask(readMessage(request), {
        onNotification: () => {},
        answered: (bytes) => resolve(parseSpan(bytes, readMessage(bytes).result)),
      });
    });
  }
}
