import { PassThrough } from 'node:stream';
import type { EndpointAnswer, EndpointRequest } from '../../http/client.ts';
import { EventReader, formatEvent } from '../../http/events.ts';
import type { Clock } from '../../model/clock.ts';
import { type Message, readMessage } from '../jsonrpc/message.ts';

export interface OlderSessionOptions {
  readonly id: string;
  readonly url: URL;
  readonly clock: Clock;
  readonly maxBytes: number;
  readonly headers: EndpointRequest['headers'];
  readonly pathAndQuery: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly send: (request: EndpointRequest) => Promise<EndpointAnswer>;
  readonly onEnd: () => void;
}

/** Maximum time to wait for the event `endpoint`. */
const endpointTimeoutMs = 5_000;
/** Maximum number of messages that are kept until the client listens. */
const maxKept = 100;

/** One stream of a server of HTTP with SSE, and the place where messages to it are posted. */
export class OlderSession {
  readonly #options: OlderSessionOptions;
  readonly #control = new AbortController();
  /** The responses that are awaited, by the keys of their requests. */
  readonly #open = new Map<string, PassThrough>();
  #place: string | undefined;
  #listener: PassThrough | undefined;
  #kept: string[] = [];
  #onEndpoint: () => void = () => {};
  #failure: Error | undefined;
  #isOver = false;

  private constructor(options: OlderSessionOptions) {
    this.#options = options;
  }

  /**
   * Resolves with undefined if the server has no such stream.
   *
   * @throws Error if it names an endpoint of another origin.
   */
  static async open(options: OlderSessionOptions): Promise<OlderSession | undefined> {
    const session = new OlderSession(options);
    return (await session.#connect()) ? session : undefined;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Posts a message; the body of the response to a request follows on the stream. */
  async post(request: EndpointRequest, message: Message | undefined): Promise<EndpointAnswer> {
    const isFirst = message?.method === 'initialize';
    const headers = {
      'content-type': 'application/json',
      ...(isFirst && { 'mcp-session-id': this.#options.id }),
    };
    const answer = message?.kind === 'request' ? answerOf(200, headers) : answerOf(202, {}, '');
    const key = message?.kind === 'request' ? message.key : undefined;
    if (key !== undefined) {
      this.#open.set(key, answer.body);
      answer.body.once('close', () => this.#open.delete(key));
      request.signal?.addEventListener('abort', () => answer.body.destroy(), { once: true });
    }
    try {
      const accepted = await this.#options.send({ ...request, pathAndQuery: this.#place });
      if (key !== undefined && this.#isOver) throw lostStream();
      if (accepted.status < 200 || accepted.status > 299) {
        if (key !== undefined) this.#open.delete(key);
        return accepted;
      }
      accepted.body.resume().on('error', () => {});
      return answer;
    } catch (error) {
      if (key !== undefined) this.#open.delete(key);
      throw error;
    }
  }

  /** The stream for messages that belong to no request. */
  listen(): EndpointAnswer {
    const answer = answerOf(200, { 'content-type': 'text/event-stream' });
    this.#listener?.end();
    this.#listener = answer.body;
    answer.body.once('close', () => {
      if (this.#listener === answer.body) this.#listener = undefined;
    });
    for (const event of this.#kept.splice(0)) answer.body.write(event);
    return answer;
  }

  end(): void {
    this.#control.abort();
    this.#finish();
  }

  async #connect(): Promise<boolean> {
    const { headers, pathAndQuery, signal, send, maxBytes, clock } = this.#options;
    const timer = clock.setTimeout(() => this.#control.abort(), endpointTimeoutMs);
    const stop = (): void => this.#control.abort();
    signal?.addEventListener('abort', stop, { once: true });
    const found = new Promise<void>((resolve) => {
      this.#onEndpoint = resolve;
    });
    try {
      const own = (Array.isArray(headers) ? headers : Object.entries(headers)) as [string, string][];
      const kept = own.filter(([name]) => !/^(?:accept|content-type|mcp-session-id)$/i.test(name));
      const {
        status,
        headers: got,
        body,
      } = await send({
        method: 'GET',
        headers: [...kept, ['Accept', 'text/event-stream']],
        pathAndQuery,
        signal: this.#control.signal,
      });
      body.on('error', () => {});
      if (status !== 200 || got['content-type']?.startsWith('text/event-stream') !== true) {
        body.resume();
        return false;
      }
      const reader = new EventReader(maxBytes, {
        event: ({ event, data }) => this.#handle(event, data),
        overflow: (_, isLast) => isLast && this.end(),
      });
      body.on('data', (chunk: Buffer) => reader.push(chunk));
      body.once('close', () => this.#finish());
      await Promise.race([found, new Promise((resolve) => body.once('close', resolve))]);
      if (this.#failure !== undefined) throw this.#failure;
      return this.#place !== undefined && !this.#isOver;
    } catch (error) {
      if (error === this.#failure) throw error;
      return false;
    } finally {
      clock.clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      if (this.#place === undefined) this.end();
    }
  }

  #handle(event: string | undefined, data: string | undefined): void {
    if (data === undefined) return;
    if (event === 'endpoint') {
      this.#setPlace(data);
      return;
    }
    const message = readMessage(Buffer.from(data));
    const open = message.kind === 'response' ? this.#open.get(message.key) : undefined;
    if (open !== undefined) {
      open.end(data);
      return;
    }
    const text = formatEvent({ event: 'message', data });
    if (this.#listener !== undefined) this.#listener.write(text);
    else if (this.#kept.length < maxKept) this.#kept.push(text);
  }

  #setPlace(data: string): void {
    const { url, pathAndQuery } = this.#options;
    const base = new URL(pathAndQuery ?? `${url.pathname}${url.search}`, url.origin);
    if (this.#place !== undefined) return;
    if (!URL.canParse(data, base.href) || new URL(data, base).origin !== url.origin) {
      this.#failure = new Error(
        'the MCP server names an endpoint of another origin, which gets no token and no message',
      );
      this.#control.abort();
    } else {
      const place = new URL(data, base);
      this.#place = `${place.pathname}${place.search}`;
    }
    this.#onEndpoint();
  }

  /** The stream has ended: whether the open requests took effect is unknown. */
  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.onEnd();
    for (const body of this.#open.values()) body.destroy(lostStream());
    this.#listener?.end();
  }
}

const lostStream = (): Error =>
  Object.assign(new Error('the event stream of the MCP server ended before its response'), { code: 'ECONNRESET' });

/** A response that healflow makes itself. @param text Undefined if the body is written later. */
export const answerOf = (
  status: number,
  headers: Readonly<Record<string, string>>,
  text?: string,
): EndpointAnswer & { readonly body: PassThrough } => {
  const body = Object.assign(new PassThrough(), { headers });
  // Without a reader, an error would end the process.
  body.on('error', () => {});
  if (text !== undefined) body.end(text);
  return { status, statusText: '', headers, rawHeaders: Object.entries(headers).flat(), body };
};
