import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { UpstreamControl } from '../../../src/model/fix.ts';
import { fixture, messagesIn, type Served, serve } from '../downstream/http/support.ts';
import { ProxyBench } from '../modes/proxy-bench.ts';
import { ExchangeBench } from '../passthrough/passthrough-bench.ts';
import type { Json } from '../relay/relay-bench.ts';
import { ScriptedHealer } from '../relay/scripted-healer.ts';
import { HttpWayServer, type Result, StdioWayServer, type WayReceived } from './way-server.ts';

/** The four ways through healflow: the client's side first, then the server's. */
export const ways = ['stdio to stdio', 'stdio to HTTP', 'HTTP to stdio', 'HTTP to HTTP'] as const;
export type WayName = (typeof ways)[number];

/** Which generation of the protocol a client speaks. */
export type Generation = 'session' | 'stateless';

export interface WayRequest {
  readonly method: string;
  readonly params?: Json;
  readonly generation?: Generation;
  /** Headers of a client over HTTP; undefined removes one. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

export interface WayResponse {
  /** The JSON-RPC response; an empty object if there is none. */
  readonly message: Json;
  /** Every message that came with it over HTTP. */
  readonly messages: readonly Json[];
  /** Undefined on stdio. */
  readonly http:
    | { readonly status: number; readonly statusText: string; readonly headers: IncomingHttpHeaders }
    | undefined;
}

export interface WayOptions {
  readonly maxLineBytes?: number;
  /** The bearer token that clients over HTTP need. */
  readonly token?: string;
  /** @default 1_000 */
  readonly progressEveryMs?: number;
  readonly healer?: () => ScriptedHealer;
}

const stateless: Json = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** One of the four proxies, in this process, between a client and a scripted server. */
export class Way implements AsyncDisposable {
  readonly name: WayName;
  readonly #server: StdioWayServer | HttpWayServer;
  readonly #stop: () => Promise<unknown>;
  readonly #healer: () => ScriptedHealer | undefined;
  readonly #control: () => UpstreamControl | undefined;
  readonly #bench: ProxyBench | undefined;
  /** Where a client over HTTP finds the proxy; empty on stdio. */
  readonly url: string;
  #sessionId: string | undefined;
  #nextId = 0;

  private constructor(
    name: WayName,
    server: StdioWayServer | HttpWayServer,
    parts: {
      readonly url?: string;
      readonly bench?: ProxyBench;
      readonly healer: () => ScriptedHealer | undefined;
      readonly control: () => UpstreamControl | undefined;
      readonly stop: () => Promise<unknown>;
    },
  ) {
    this.name = name;
    this.#server = server;
    this.url = parts.url ?? '';
    this.#bench = parts.bench;
    this.#healer = parts.healer;
    this.#control = parts.control;
    this.#stop = parts.stop;
  }

  static async start(name: WayName, options: WayOptions = {}): Promise<Way> {
    const { progressEveryMs = 1_000, token, maxLineBytes = 1 << 20, healer = () => new ScriptedHealer() } = options;
    const limits = { progressEveryMs, maxLineBytes };
    if (name.endsWith('to stdio')) {
      const server = new StdioWayServer();
      const env = { BRIDGE_PORT: String(await server.listen()) };
      const command = [process.execPath, fixture('bridge.mjs')];
      if (name === 'stdio to stdio')
        return Way.#stdio(name, server, new ProxyBench({ command, env, limits, healer: healer() }));
      const served: Served = await serve({ command, env, limits, healer, ...(token !== undefined && { token }) });
      const parts = { healer: () => served.healers.at(-1), control: () => served.controls.at(-1) };
      return new Way(name, server, { url: served.url, stop: () => served.stop(), ...parts });
    }
    const server = new HttpWayServer();
    const upstreamUrl = await server.listen();
    if (name === 'stdio to HTTP')
      return Way.#stdio(name, server, new ProxyBench({ upstreamUrl, limits, healer: healer() }));
    const bench = new ExchangeBench(healer());
    await bench.start(upstreamUrl, { limits: { ...bench.limits, ...limits }, ...(token !== undefined && { token }) });
    const parts = { healer: () => bench.healer, control: () => bench.control };
    return new Way(name, server, { url: bench.url, stop: () => bench[Symbol.asyncDispose](), ...parts });
  }

  static #stdio(name: WayName, server: StdioWayServer | HttpWayServer, bench: ProxyBench): Way {
    const stop = (): Promise<number> => {
      bench.kill();
      return bench.exitCode;
    };
    return new Way(name, server, { bench, stop, healer: () => bench.healer, control: () => bench.control });
  }

  /** Whether the client speaks HTTP. */
  get isHttpClient(): boolean {
    return this.#bench === undefined;
  }

  /** The healer of the latest server; undefined before there is one. */
  get healer(): ScriptedHealer | undefined {
    return this.#healer();
  }

  get control(): UpstreamControl | undefined {
    return this.#control();
  }

  /** The server's results by method. */
  get results(): Map<string, Result> {
    return this.#server.results;
  }

  /** The raw HTTP server, for cases that only exist over HTTP. */
  get http(): HttpWayServer {
    if (this.#server instanceof HttpWayServer) return this.#server;
    throw new Error('the server is on stdio');
  }

  /** The server behind a child process on stdio, for cases that only exist there. */
  get child(): StdioWayServer {
    if (this.#server instanceof StdioWayServer) return this.#server;
    throw new Error('the server is on HTTP');
  }

  /** Everything that the server received with this method. */
  received(method: string): readonly WayReceived[] {
    const all = this.#server instanceof HttpWayServer ? this.#server.all : this.#server.received;
    return all.filter((request) => request.method === method);
  }

  /** Begins a session. */
  async connect(headers: Readonly<Record<string, string>> = {}): Promise<void> {
    if (this.#bench !== undefined) return this.#bench.connect();
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
    const { http } = await this.request({ method: 'initialize', params, headers });
    this.#sessionId = String(http?.headers['mcp-session-id']);
    await this.post({ jsonrpc: '2.0', method: 'notifications/initialized' }, headers);
  }

  /** Sends a request and resolves with its response. */
  async request({ method, params = {}, generation = 'session', headers = {} }: WayRequest): Promise<WayResponse> {
    this.#nextId += 1;
    const id = `way-${this.#nextId}`;
    const isStateless = generation === 'stateless';
    const sent = isStateless ? { ...params, _meta: { ...stateless, ...(params._meta as Json) } } : params;
    const message = { jsonrpc: '2.0', id, method, params: sent };
    if (this.#bench !== undefined) {
      const bench = this.#bench;
      bench.send(message);
      const response = await bench.until(() =>
        bench.messages.find((given) => given.id === id && given.method === undefined),
      );
      return { message: response, messages: bench.messages, http: undefined };
    }
    return this.post(message, {
      ...(isStateless && { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method }),
      ...(isStateless && typeof params.name === 'string' && { 'mcp-name': params.name }),
      ...headers,
    });
  }

  /** Calls a tool and resolves with the response. */
  call(name: string, args: Json = {}, more: Omit<WayRequest, 'method'> = {}): Promise<WayResponse> {
    return this.request({ method: 'tools/call', ...more, params: { name, arguments: args, ...more.params } });
  }

  /** POSTs a message over HTTP. */
  post(message: Json, headers: Readonly<Record<string, string | undefined>> = {}): Promise<WayResponse> {
    const body = JSON.stringify(message);
    const all = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(this.#sessionId !== undefined &&
        headers['mcp-protocol-version'] === undefined && { 'mcp-session-id': this.#sessionId }),
      ...headers,
    };
    const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    return new Promise((resolve, reject) => {
      const sent = httpRequest(
        this.url,
        { method: 'POST', agent: false, headers: given as Record<string, string> },
        (response) => {
          let text = '';
          response.on('data', (piece: Buffer) => {
            text += piece.toString();
          });
          response.on('error', reject);
          response.on('end', () => {
            const { statusCode: status = 0, statusMessage: statusText = '', headers: got } = response;
            const isStream = got['content-type']?.startsWith('text/event-stream') === true;
            const messages = (text === '' ? [] : isStream ? messagesIn(text) : parsed(text)) as Json[];
            const found = messages.find((one) => one.method === undefined) ?? {};
            resolve({ message: found, messages, http: { status, statusText, headers: got } });
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    this.#server.close();
  }
}

const parsed = (text: string): unknown[] => {
  try {
    return [JSON.parse(text)].flat();
  } catch {
    return [];
  }
};
