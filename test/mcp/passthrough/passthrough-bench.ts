import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { systemClock } from '../../../src/clock.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { proxyHttpToHttp } from '../../../src/mcp/modes/http-to-http.ts';
import type { HttpToHttpOptions } from '../../../src/mcp/modes/options.ts';
import type { UpstreamControl } from '../../../src/model/fix.ts';
import { ScriptedHealer } from '../relay/scripted-healer.ts';

/** What one request has met with, byte for byte. */
export interface Met {
  readonly status: number;
  readonly statusText: string;
  readonly raw: readonly string[];
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string | Buffer;
  readonly signal?: AbortSignal;
}

/** A request as a server has received it. */
export interface Received {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
  /** The parsed body; an empty object where it is no JSON. */
  readonly json: Record<string, never> & { id?: unknown; method?: string; params?: Record<string, unknown> };
}

/** Sends one request to the host of a URL, as raw as Node lets it be. */
export const sendTo = (url: string, { method = 'POST', path, headers, body, signal }: Sent): Promise<Met> =>
  new Promise((resolve, reject) => {
    const at = new URL(url);
    const sent = request(
      {
        host: at.hostname,
        port: at.port,
        path: path ?? `${at.pathname}${at.search}`,
        method,
        agent: false,
        headers: {
          ...(body !== undefined && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
          Accept: 'application/json, text/event-stream',
          ...headers,
        },
        ...(signal && { signal }),
      },
      (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            statusText: response.statusMessage ?? '',
            raw: response.rawHeaders,
            headers: response.headers,
            body: Buffer.concat(pieces),
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });

const jsonOf = (body: Buffer): Received['json'] => {
  try {
    return JSON.parse(body.toString()) as Received['json'];
  } catch {
    return {} as Received['json'];
  }
};

/** A server whose responses the test scripts, and keeps what it was asked. */
export class ScriptedServer {
  readonly received: Received[] = [];
  respond: (asked: Received) => void = ({ response }) => void response.end();
  #server: Server | undefined;
  port = 0;

  async start(port = 0): Promise<this> {
    const server = createServer((incoming, response) => {
      const pieces: Buffer[] = [];
      incoming.on('data', (piece: Buffer) => pieces.push(piece));
      incoming.on('error', () => {});
      incoming.on('end', () => {
        const body = Buffer.concat(pieces);
        const asked = { request: incoming, response, body, json: jsonOf(body) };
        this.received.push(asked);
        this.respond(asked);
      });
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/mcp`;
  }

  /** The methods that were asked for, in order. */
  get methods(): (string | undefined)[] {
    return this.received.map(({ json, request: { method } }) => json.method ?? method);
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Responds with a JSON text. */
export const json = (
  { response }: Received,
  value: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void => {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(value));
};

/** The result of a tool that succeeded. */
export const fine = (id: unknown, text = 'fine') => ({
  jsonrpc: '2.0',
  id,
  result: { content: [{ type: 'text', text }] },
});
/** The result of a tool that failed. */
export const failed = (id: unknown, text = 'Unauthorized') => ({
  jsonrpc: '2.0',
  id,
  result: { content: [{ type: 'text', text }], isError: true },
});

export const callOf = (id: unknown, name: string, more: Record<string, unknown> = {}): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, ...more } });

/** A proxy in this process, in front of a URL. */
export class ExchangeBench implements AsyncDisposable {
  readonly healer: ScriptedHealer;
  control: UpstreamControl = {};
  url = '';
  err = '';
  readonly #stop = new AbortController();
  readonly #kill = new AbortController();
  #running: Promise<number> | undefined;

  constructor(healer = new ScriptedHealer()) {
    this.healer = healer;
  }

  get limits(): HttpToHttpOptions['limits'] {
    const { proxy, deadlineMs } = configSchema.parse({});
    return { ...proxy, deadlineMs, drainMs: 500 };
  }

  async start(upstreamUrl: string, more: Partial<HttpToHttpOptions> = {}): Promise<this> {
    const { proxy } = configSchema.parse({});
    const stderr = new PassThrough();
    stderr.on('data', (piece) => {
      this.err += piece;
    });
    await new Promise<void>((resolve, reject) => {
      const running = proxyHttpToHttp({
        upstreamUrl,
        headers: {},
        connectTimeoutMs: 5_000,
        port: 0,
        http: proxy.http,
        ownsToken: () => false,
        createHealer: async (control) => {
          this.control = control;
          return this.healer;
        },
        limits: this.limits,
        clock: systemClock,
        random: () => 0.5,
        redact: (text) => text,
        stderr,
        stop: this.#stop.signal,
        kill: this.#kill.signal,
        listening: (url) => {
          this.url = url;
          resolve();
        },
        ...more,
      });
      this.#running = running;
      running.catch(reject);
    });
    return this;
  }

  send(sent: Sent): Promise<Met> {
    return sendTo(this.url, sent);
  }

  /** Asks the proxy to end, as SIGTERM does; resolves with the exit code. */
  async end(): Promise<number | undefined> {
    this.#stop.abort();
    return this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#kill.abort();
    await this.#running?.catch(() => {});
  }
}

/** Resolves once it is so. */
export const until = async (isSo: () => boolean, limitMs = 5_000): Promise<void> => {
  const end = performance.now() + limitMs;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`it is not so within ${limitMs} ms: ${isSo}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
};
