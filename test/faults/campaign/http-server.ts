import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { argumentsOf, type CallArguments, StepService } from './service.ts';

const listen = async (server: Server, port: number): Promise<number> => {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) text += piece;
  return text;
};

/** The campaign's MCP server over HTTP, and the switch that brings its network up again. */
export class HttpStepServer implements AsyncDisposable {
  /** The number of effects by call and step. */
  readonly effects = new Map<string, number>();
  readonly #service = new StepService((call, step) => {
    const key = `${call} ${step}`;
    this.effects.set(key, (this.effects.get(key) ?? 0) + 1);
  });
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #switch = createServer((_, response) => void this.#connect().then(() => response.end()));
  #port = 0;
  #switchPort = 0;
  #connecting: Promise<unknown> = Promise.resolve();

  async open(): Promise<this> {
    this.#port = await listen(this.#server, 0);
    this.#switchPort = await listen(this.#switch, 0);
    return this;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get url(): string {
    return `http://${this.address}/mcp`;
  }

  /** A POST to this URL brings the network up. */
  get switchUrl(): string {
    return `http://127.0.0.1:${this.#switchPort}/`;
  }

  /** Takes the network down: connections are refused. Call it only while nothing is open. */
  async disconnect(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of [this.#server, this.#switch]) {
      server.close();
      server.closeAllConnections();
    }
  }

  #connect(): Promise<unknown> {
    this.#connecting = this.#connecting.then(async () => {
      if (!this.#server.listening) await listen(this.#server, this.#port);
    });
    return this.#connecting;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // No connection outlives its response: a request on one that the network has cut may or may not have arrived.
    response.setHeader('connection', 'close');
    if (request.method !== 'POST') return void response.writeHead(request.method === 'DELETE' ? 200 : 405).end();
    const { id, method, params } = JSON.parse(await bodyOf(request));
    if (id === undefined) return void response.writeHead(202).end();
    const token = Number(/^Bearer (\d+)$/.exec(request.headers.authorization ?? '')?.[1] ?? 0);
    const refused = method === 'tools/call' ? this.#refusal(argumentsOf(params), token) : null;
    if (refused !== null) return void response.writeHead(refused, { 'content-type': 'text/plain' }).end();
    response.writeHead(200, {
      'content-type': 'application/json',
      ...(method === 'initialize' && { 'mcp-session-id': 'one' }),
    });
    response.end(JSON.stringify({ jsonrpc: '2.0', id, ...this.#service.respond(method, params, token) }));
  }

  /** The status with which the server turns a call away before its tool is called; null if it does not. */
  #refusal(args: CallArguments, token: number): number | null {
    const { story, cause } = args.scenario;
    const status = { 'not authenticated': 401, 'rate limit': 429 }[cause as string];
    return story === 'proof' && status !== undefined && this.#service.fails(args, token) ? status : null;
  }
}
