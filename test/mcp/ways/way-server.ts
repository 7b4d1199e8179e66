import type { IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Json } from '../relay/relay-bench.ts';
import { json, type Received, ScriptedServer } from '../upstream/http/scripted-server.ts';

/** A request as the server received it. */
export interface WayReceived {
  readonly method: string;
  readonly params: Json;
  /** Undefined on stdio. */
  readonly headers: IncomingHttpHeaders | undefined;
}

/** Makes the result of a request from its params. */
export type Result = (params: Json) => Json;

/** The results by method; the same script runs on stdio and over HTTP. */
export const defaultResults = (): Map<string, Result> =>
  new Map<string, Result>([
    [
      'initialize',
      ({ protocolVersion }) => ({ protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 's' } }),
    ],
    ['server/discover', () => ({ supportedVersions: ['2026-07-28'], capabilities: { tools: {} } })],
    ['tools/list', () => ({ tools: [] })],
    ['tools/call', ({ name }) => ({ content: [{ type: 'text', text: String(name) }] })],
  ]);

/** A scripted server that a child process on stdio connects to. */
export class StdioWayServer {
  readonly results = defaultResults();
  readonly received: WayReceived[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      createInterface({ input: socket }).on('line', (line) => {
        const { id, method, params = {} } = JSON.parse(line) as { id?: unknown; method: string; params?: Json };
        this.received.push({ method, params, headers: undefined });
        const result = this.results.get(method);
        if (id === undefined) return;
        const outcome =
          result === undefined ? { error: { code: -32601, message: 'unknown' } } : { result: result(params) };
        socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...outcome })}\n`);
      });
    });
  }

  /** Resolves with the port that the child process connects to. */
  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends the child process, as by a crash. */
  crash(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
    this.#sockets.clear();
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** The same over Streamable HTTP; keeps sessions, and answers stateless requests too. */
export class HttpWayServer extends ScriptedServer {
  readonly results = defaultResults();

  constructor() {
    super();
    this.results.delete('initialize');
  }

  get all(): WayReceived[] {
    return this.received.map(({ what, body, headers }) => ({
      method: what,
      params: (body.params ?? {}) as Json,
      headers,
    }));
  }

  override usual(request: Received, response: Parameters<ScriptedServer['usual']>[1]): void {
    const { what, body } = request;
    const result = this.results.get(what);
    if (result === undefined) super.usual(request, response);
    else json(response, { jsonrpc: '2.0', id: body.id, result: result((body.params ?? {}) as Json) });
  }
}
