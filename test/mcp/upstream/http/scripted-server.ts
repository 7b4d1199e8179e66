import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { formatEvent } from '../../../../src/http/events.ts';
import type { Json } from '../../relay/relay-bench.ts';

/** One request as it arrived. */
export interface Received {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  /** The parsed body; empty where it is none. */
  readonly body: Json;
  /** The JSON-RPC method, or the HTTP one where there is no body. */
  readonly what: string;
  isClosed: boolean;
}

export type Answer = (request: Received, response: ServerResponse) => unknown;

/** Answers with JSON. */
export const json = (response: ServerResponse, body: unknown, status = 200, headers: Json = {}): void => {
  response
    .writeHead(status, { 'content-type': 'application/json', ...(headers as Record<string, string>) })
    .end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
};

export const result = (id: unknown, value: Json = {}): Json => ({ jsonrpc: '2.0', id, result: value });

export const text = (id: unknown, said: string): Json => result(id, { content: [{ type: 'text', text: said }] });

/** Begins a stream of events, or adds one to it. */
export const event = (response: ServerResponse, data: unknown, more: { id?: string; retry?: number } = {}): void => {
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  response.write(formatEvent({ ...more, data: data === '' ? '' : JSON.stringify(data) }));
};

/** A server of Streamable HTTP whose answers are in the hands of the test; without a script it keeps sessions. */
export class ScriptedServer {
  readonly received: Received[] = [];
  /** Answers in the place of the usual one, by JSON-RPC or HTTP method. */
  readonly on = new Map<string, Answer>();
  /** The sessions that are known. */
  readonly sessions = new Set<string>();
  /** Open GET streams. */
  readonly streams: ServerResponse[] = [];
  readonly #server: Server;
  #count = 0;

  constructor() {
    this.#server = createServer(async (incoming, response) => {
      const bytes = await buffer(incoming).catch(() => Buffer.alloc(0));
      let body: Json = {};
      try {
        body = JSON.parse(String(bytes)) as Json;
      } catch {
        // There is none, or none that is JSON.
      }
      const { method = '', headers } = incoming;
      const what = typeof body.method === 'string' ? body.method : bytes.length > 0 ? 'message' : method;
      const received: Received = { method, headers, bytes, body, what, isClosed: false };
      this.received.push(received);
      response.once('close', () => {
        received.isClosed = true;
      });
      const usual: Answer = (request, out) => this.usual(request, out);
      await (this.on.get(what) ?? usual)(received, response);
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/mcp`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Takes no new connections. */
  stopListening(): void {
    this.#server.close();
  }

  /** Cuts all connections. */
  cut(): void {
    this.#server.closeAllConnections();
  }

  /** The JSON-RPC or HTTP methods that arrived, in order. */
  get whats(): string[] {
    return this.received.map(({ what }) => what);
  }

  of(what: string): Received[] {
    return this.received.filter((request) => request.what === what);
  }

  /** What a server with sessions does. */
  usual({ what, body, headers }: Received, response: ServerResponse): void {
    const id = headers['mcp-session-id'];
    if (what === 'initialize') {
      this.#count += 1;
      const session = `session-${this.#count}`;
      this.sessions.add(session);
      const { protocolVersion } = body.params as { protocolVersion: string };
      const value = { protocolVersion, capabilities: { tools: { listChanged: true } }, serverInfo: { name: 's' } };
      json(response, result(body.id, value), 200, { 'mcp-session-id': session });
      return;
    }
    if (!this.sessions.has(String(id))) {
      const error = { code: -32001, message: 'Session not found' };
      json(response, { jsonrpc: '2.0', error, id: null }, 404);
      return;
    }
    if (what === 'GET') {
      this.streams.push(response);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
    } else if (body.id === undefined || body.method === undefined) {
      response.writeHead(202).end();
    } else if (what === 'tools/call') {
      json(response, text(body.id, String((body.params as Json).name)));
    } else {
      json(response, result(body.id, what === 'tools/list' ? { tools: [] } : {}));
    }
  }
}
