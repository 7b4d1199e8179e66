import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  STATUS_CODES,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Clock } from '../model/clock.ts';
import type { EnvProxy } from '../platform/env-proxy.ts';
import { followOnce, lostAfterRedirect, maxRedirects, type Redirect, readRedirect } from './redirects.ts';

/** Headers as they are sent: names with one value or several, or pairs. */
export type HeaderList = Readonly<Record<string, string | readonly string[]>> | readonly (readonly [string, string])[];

export interface EndpointOptions {
  /** Headers that every request has; they win over a request's own. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly clock: Clock;
  /** Timeout for connecting, in ms; undefined for the system's own. */
  readonly connectTimeoutMs?: number | undefined;
  /** The proxy of the environment that requests go through; it is closed with the endpoint. */
  readonly envProxy?: EnvProxy | undefined;
  /** Whether redirects within the origin are followed. @default true */
  readonly followsRedirects?: boolean | undefined;
}

export interface EndpointRequest {
  readonly method: string;
  readonly headers: HeaderList;
  readonly body?: Buffer | undefined;
  /** Aborts the request, also while the response body is read. */
  readonly signal?: AbortSignal | undefined;
  /** Another path than that of the URL, on the same host. */
  readonly pathAndQuery?: string | undefined;
  /**
   * Set for a request that must not be carried out twice. Asked before each redirect is followed, which sends the request once
   * more; only 307 and 308 are followed then.
   */
  readonly mayFollow?: (() => Promise<boolean>) | undefined;
  /** Called when the last byte of the request was handed over. */
  readonly sent?: (() => void) | undefined;
}

/** A response's body, with the headers that say how to read it. */
export type ResponseBody = Readable & Pick<IncomingMessage, 'headers'>;

export interface EndpointAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: IncomingHttpHeaders;
  /** Names and values by turns, as they came. */
  readonly rawHeaders: readonly string[];
  readonly body: ResponseBody;
  /** The redirect that it is, if that was not followed. */
  readonly redirect?: Redirect | undefined;
}

/** An unused connection is closed before most servers close it, so that no request meets its end. */
const idleMs = 4_000;
/** How much earlier than the server. */
const marginMs = 1_000;

const idleHintOf = (header: string | string[] | undefined): number => {
  const seconds = /\btimeout=(\d+)/.exec(String(header ?? ''))?.[1];
  return seconds === undefined ? Number.POSITIVE_INFINITY : Number(seconds) * 1_000;
};

/** Maximum number of moved paths that are remembered. */
const maxMoved = 100;

/**
 * If a request is aborted when its response has arrived but was not read, Node removes its listener from the connection
 * before the connection emits its error. The request and the response have reported theirs by then.
 */
const ignore = (): void => {};

/** These concern a connection, or follow from the URL and the body. */
const ownHeaders: ReadonlySet<string> = new Set(['host', 'content-length', 'transfer-encoding', 'connection']);

/**
 * One MCP server that is reached over HTTP. Follows redirects within its origin only, decodes nothing, and asks for no
 * encoding that its caller does not ask for.
 */
export class Endpoint {
  readonly url: URL;
  readonly #fixed = new Map<string, readonly [name: string, value: string]>();
  readonly #agent: HttpAgent | HttpsAgent;
  /** How long the server keeps an unused connection, in ms. */
  readonly #idleHints = new WeakMap<object, number>();
  readonly #options: EndpointOptions;
  /** The new places of paths that the server has moved for good. */
  readonly #moved = new Map<string, string>();
  /** Where the last POSTs to a path were redirected to: requests that must not be carried out twice go there at once. */
  readonly #redirected = new Map<string, string>();

  constructor(url: string | URL, options: EndpointOptions) {
    this.url = new URL(url);
    this.#options = options;
    const isTls = this.url.protocol === 'https:';
    this.#agent = new (isTls ? HttpsAgent : HttpAgent)({ keepAlive: true, timeout: idleMs });
    this.#closeInTime(this.#agent);
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
   * ECONNRESET where a request with `mayFollow` was redirected before.
   */
  async send(request: EndpointRequest): Promise<EndpointAnswer> {
    const first = request.pathAndQuery ?? `${this.url.pathname}${this.url.search}`;
    const { mayFollow } = request;
    const isPlainPost = request.method === 'POST' && mayFollow === undefined;
    const place = this.#moved.get(first) ?? first;
    let target = (mayFollow && this.#redirected.get(first)) ?? place;
    let isPermanent = target === place;
    for (let followed = 0; ; followed += 1) {
      const answer = await this.#sendTo(target, request).catch((error: unknown) => {
        const isLost = followed > 0 && mayFollow !== undefined && request.signal?.aborted !== true;
        throw isLost ? lostAfterRedirect(`${this.url.origin}${target.replace(/\?.*/s, '')}`) : error;
      });
      const { status, headers, body } = answer;
      if (target !== first && (status === 404 || status === 410)) {
        this.#moved.delete(first);
        this.#redirected.delete(first);
      }
      if (this.#options.followsRedirects === false) return answer;
      if (status < 300 || status > 399) {
        if (followed === 0 && isPlainPost) this.#redirected.delete(first);
        return answer;
      }
      let redirect = readRedirect(request.method, new URL(target, this.url.origin), status, headers.location);
      if (redirect?.pathAndQuery === undefined || followed === maxRedirects) return { ...answer, redirect };
      if (mayFollow !== undefined) redirect = await followOnce(redirect, status, mayFollow);
      if (redirect.pathAndQuery === undefined) return { ...answer, redirect };
      body.resume().on('error', ignore);
      target = redirect.pathAndQuery;
      isPermanent &&= redirect.isPermanent;
      if (request.method === 'POST' && (this.#redirected.has(first) || this.#redirected.size < maxMoved)) {
        this.#redirected.set(first, target);
      }
      if (isPermanent && (this.#moved.has(first) || this.#moved.size < maxMoved)) this.#moved.set(first, target);
    }
  }

  #sendTo(path: string, request: EndpointRequest): Promise<EndpointAnswer> {
    const { envProxy } = this.#options;
    return envProxy === undefined ? this.#sendDirectly(path, request) : this.#sendThrough(envProxy, path, request);
  }

  async #sendThrough(
    envProxy: EnvProxy,
    path: string,
    { method, headers, body, signal, sent }: EndpointRequest,
  ): Promise<EndpointAnswer> {
    const { origin, username, password } = this.url;
    const all = this.#headersOf(headers, body);
    if (username !== '' && all.Authorization === undefined) {
      const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
      all.Authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
    }
    delete all['Content-Length'];
    const response = await envProxy.request(new URL(`${origin}${path}`), {
      method,
      headers: Object.entries(all).flatMap(([name, values]) => [values].flat().flatMap((value) => [name, value])),
      body: body ?? null,
      responseHeaders: 'raw',
      ...(signal && { signal }),
    });
    sent?.();
    const rawHeaders = response.headers as unknown as readonly string[];
    const parsed = parseRawHeaders(rawHeaders);
    const { statusCode: status } = response;
    // Undici does not give the text that the server wrote.
    const statusText = STATUS_CODES[status] ?? '';
    return { status, statusText, headers: parsed, rawHeaders, body: Object.assign(response.body, { headers: parsed }) };
  }

  #sendDirectly(
    path: string,
    { method, headers, body, signal, sent: onSent }: EndpointRequest,
  ): Promise<EndpointAnswer> {
    const { url } = this;
    const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const sent = request(new URL(url.origin), {
        method,
        path,
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
        this.#idleHints.set(response.socket, idleHintOf(response.headers['keep-alive']));
        const { statusCode: status = 0, statusMessage: statusText = '', rawHeaders } = response;
        resolve({ status, statusText, headers: response.headers, rawHeaders, body: response });
      });
      sent.end(body);
    });
  }

  /** Closes an unused connection before a server does that announces when (`Keep-Alive: timeout`). */
  #closeInTime(agent: HttpAgent): void {
    const keep = agent.keepSocketAlive.bind(agent);
    agent.keepSocketAlive = (socket: Socket): boolean => {
      const hintMs = this.#idleHints.get(socket) ?? Number.POSITIVE_INFINITY;
      if (hintMs <= marginMs) return false;
      // Node's types say that it returns nothing.
      const isKept = keep(socket) as unknown as boolean;
      if (hintMs - marginMs < idleMs) socket.setTimeout(hintMs - marginMs);
      return isKept;
    };
  }

  /** Ends all connections. */
  close(): void {
    this.#agent.destroy();
    this.#options.envProxy?.close();
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

/** Headers by their names in lowercase, as Node parses them. */
const parseRawHeaders = (raw: readonly string[]): IncomingHttpHeaders => {
  const headers: Record<string, string | string[]> = {};
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] ?? '').toLowerCase();
    const value = raw[at + 1] ?? '';
    const before = headers[name];
    if (name === 'set-cookie') headers[name] = [...(before ?? []), value];
    else headers[name] = before === undefined ? value : `${before}, ${value}`;
  }
  return headers;
};
