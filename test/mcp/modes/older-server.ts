import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Json } from '../relay/relay-bench.ts';

/** A server of HTTP with SSE (protocol 2024-11-05). */
export class OlderServer {
  /** The methods of the messages that it received, with the number of their stream. */
  readonly received: string[] = [];
  readonly streams: ServerResponse[] = [];
  /** Handles a tool call in the place of the usual response. */
  onCall: ((id: unknown, stream: ServerResponse) => void) | undefined;
  /** What the event `endpoint` says. */
  endpointOf = (stream: number): string => `/messages?stream=${stream}`;
  readonly #server: Server;

  constructor() {
    this.#server = createServer(async (request, response) => {
      const url = new URL(request.url ?? '', 'http://x');
      if (url.pathname === '/sse' && request.method === 'GET') {
        this.streams.push(response);
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(`event: endpoint\ndata: ${this.endpointOf(this.streams.length)}\n\n`);
      } else if (url.pathname === '/messages' && request.method === 'POST') {
        const number = Number(url.searchParams.get('stream'));
        const message = JSON.parse(await text(request)) as Json;
        this.received.push(`${number} ${message.method}`);
        response.writeHead(202).end('Accepted');
        const stream = this.streams[number - 1];
        if (message.id !== undefined && stream !== undefined) this.#respond(message, stream);
      } else response.writeHead(request.method === 'POST' ? 405 : 404).end();
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/sse`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Sends a message on a stream. */
  send(stream: ServerResponse | undefined, message: Json): void {
    stream?.write(`event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`);
  }

  #respond({ id, method, params }: Json, stream: ServerResponse): void {
    if (method === 'tools/call' && this.onCall !== undefined) {
      this.onCall(id, stream);
      return;
    }
    const results: Record<string, Json> = {
      initialize: { protocolVersion: '2024-11-05', capabilities: { tools: {} }, serverInfo: { name: 's' } },
      'tools/list': { tools: [] },
      'tools/call': { content: [{ type: 'text', text: String((params as Json | undefined)?.name) }] },
    };
    this.send(stream, { id, result: results[String(method)] ?? {} });
  }
}
