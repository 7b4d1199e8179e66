import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { Clock } from '../model/clock.ts';

/** Headers as they are sent: names with one value or several, or pairs. */
export type HeaderList = Readonly<Record<string, string | readonly string[]>> | readonly (readonly [string, string])[];

export interface EndpointOptions {
  /** Headers that every request has; they win over a request's own. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly clock: Clock;
  /** Timeout for connecting, in ms; undefined for the system's own. */
  readonly connectTimeoutMs?: number | undefined;
}

export interface EndpointRequest {
  readonly method: string;
  readonly headers: HeaderList;
  readonly body?: Buffer | undefined;
  /** Aborts the request, also while the response body is read. */
  readonly signal?: AbortSignal | undefined;
  /** Another path than that of the URL, on the same host. */
  readonly pathAndQuery?: string | undefined;
  /** Called when the last byte of the request was handed over. */
  readonly sent?: (() => void) | undefined;
}

export interface EndpointAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: IncomingHttpHeaders;
  /** Names and values by turns, as they came. */
  readonly rawHeaders: readonly string[];
  readonly body: IncomingMessage;
}

/** An unused connection is closed before most servers close it, so that no request meets its end. */
const idleMs = 4_000;

/**
 * If a request is aborted when its response has arrived but was not read, Node removes its listener from the connection
 * before the connection emits its error. The request and the response have reported theirs by then.
 */
const ignore = (): void => {};

/** These concern a connection, or follow from the URL and the body. */
const ownHeaders: ReadonlySet<string> = new Set(['host', 'content-length', 'transfer-encoding', 'connection']);

/**
 * One MCP server that is reached over HTTP. Follows no redirect, decodes nothing, and asks for no encoding that its
 * caller does not ask for.
 */
export class Endpoint {
  readonly url: URL;
  readonly #fixed = new Map<string, readonly [name: string, value: string]>();
  readonly #agent: HttpAgent | HttpsAgent;
  readonly #options: EndpointOptions;

  constructor(url: string | URL, options: EndpointOptions) {
    this.url = new URL(url);
    this.#options = options;
    const isTls = this.url.protocol === 'https:';
    this.#agent = new (isTls ? HttpsAgent : HttpAgent)({ keepAlive: true, timeout: idleMs });
    for (const [name, value] of Object.entries(options.headers ?? {})) this.setHeader(name, value);
  }

  /** The URL without the parts that may contain a secret. */
  get shown(): string {
    return `${this.url.origin}${this.url.pathname}`;
  }

  /** Sends this header with every later request; it wins over a request's own. */
  setHeader(name: string, value: string): void {
    this.#fixed.set(name.toLowerCase(), [name, value]);
  }

  /**
   * Sends a request and resolves with the head of its answer, whatever its status.
   *
   * @throws Error node's own, with its code, where there is no answer; ETIMEDOUT of `connect` where the connection takes too long.
   */
  send({ method, headers, body, signal, pathAndQuery, sent: onSent }: EndpointRequest): Promise<EndpointAnswer> {
    const { url } = this;
    const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const sent = request(new URL(url.origin), {
        method,
        path: pathAndQuery ?? `${url.pathname}${url.search}`,
        agent: this.#agent,
        headers: this.#headersOf(headers, body),
        ...(url.username !== '' && { auth: `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}` }),
        ...(signal && { signal }),
      });
      if (onSent !== undefined) sent.once('finish', onSent);
      sent.on('socket', (socket) => {
        if (!socket.listeners('error').includes(ignore)) socket.on('error', ignore);
        this.#limitConnecting(socket);
      });
      // Once there is a response, its body reports what happens to the connection.
      sent.on('error', reject);
      sent.on('response', (response) => {
        const { statusCode: status = 0, statusMessage: statusText = '', rawHeaders } = response;
        resolve({ status, statusText, headers: response.headers, rawHeaders, body: response });
      });
      sent.end(body);
    });
  }

  /** Ends all connections. */
  close(): void {
    this.#agent.destroy();
  }

  #headersOf(headers: HeaderList, body: Buffer | undefined): Record<string, string | string[]> {
    const pairs = Array.isArray(headers)
      ? (headers as readonly (readonly [string, string])[])
      : Object.entries(headers).flatMap(([name, values]) => [values].flat().map((value) => [name, value] as const));
    const byName = new Map<string, [name: string, ...values: string[]]>();
    for (const [name, value] of pairs) {
      const key = name.toLowerCase();
      if (ownHeaders.has(key) || this.#fixed.has(key)) continue;
      const present = byName.get(key);
      if (present === undefined) byName.set(key, [name, value]);
      else present.push(value);
    }
    for (const [key, [name, value]] of this.#fixed) byName.set(key, [name, value]);
    if (body !== undefined) byName.set('content-length', ['Content-Length', String(body.length)]);
    return Object.fromEntries(
      [...byName.values()].map(([name, ...values]) => [name, values.length === 1 ? (values[0] as string) : values]),
    );
  }

  #limitConnecting(socket: Socket): void {
    const { clock, connectTimeoutMs } = this.#options;
    if (!socket.connecting || connectTimeoutMs === undefined) return;
    const timer = clock.setTimeout(() => {
      const message = `connect ETIMEDOUT ${this.url.host}: no connection within ${connectTimeoutMs} ms`;
      socket.destroy(Object.assign(new Error(message), { code: 'ETIMEDOUT', syscall: 'connect' }));
    }, connectTimeoutMs);
    const stop = (): void => clock.clearTimeout(timer);
    socket.once(this.url.protocol === 'https:' ? 'secureConnect' : 'connect', stop).once('close', stop);
  }
}
