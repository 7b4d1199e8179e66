import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { z } from 'zod';

export interface SdkServerOptions {
  /** The bearer token that requests must bring; undefined if anyone may ask. */
  token?: string | undefined;
  /** The status for an unknown session. @default 404 */
  unknownStatus?: number;
  /** A tool beside `whoami`. */
  extraTool?: string | undefined;
}

/** A server of the official SDK with sessions, which can lose them, as one that is started again does. */
export class SdkServer {
  readonly options: SdkServerOptions;
  readonly #sessions = new Map<string, { transport: StreamableHTTPServerTransport; server: McpServer }>();
  #http: Server | undefined;
  /** The calls that were carried out. */
  calls = 0;
  /** The notifications that sessions got, by method. */
  readonly notified: string[] = [];
  port = 0;

  constructor(options: SdkServerOptions = {}) {
    this.options = options;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/mcp`;
  }

  get sessionIds(): string[] {
    return [...this.#sessions.keys()];
  }

  async start(port = 0): Promise<this> {
    const http = createServer((request, response) => void this.#handle(request, response));
    await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
    this.#http = http;
    this.port = (http.address() as AddressInfo).port;
    return this;
  }

  /** Forgets all sessions. */
  lose(): void {
    for (const { transport } of this.#sessions.values()) void transport.close();
    this.#sessions.clear();
  }

  async stop(): Promise<void> {
    this.lose();
    this.#http?.closeAllConnections();
    await new Promise((resolve) => this.#http?.close(resolve));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { token, unknownStatus = 404 } = this.options;
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
      response.writeHead(401, { 'WWW-Authenticate': 'Bearer error="invalid_token"' }).end('Unauthorized');
      return;
    }
    const id = request.headers['mcp-session-id'];
    const known = typeof id === 'string' ? this.#sessions.get(id) : undefined;
    if (id !== undefined && known === undefined) {
      const error = { code: -32_000, message: 'Bad Request: No valid session ID provided' };
      response.writeHead(unknownStatus, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ jsonrpc: '2.0', error, id: null }));
      return;
    }
    const { transport } = known ?? (await this.#begin());
    await transport.handleRequest(request, response);
  }

  async #begin() {
    const server = new McpServer(
      { name: 'sessions', version: '1' },
      { capabilities: { logging: {}, resources: { subscribe: true } } },
    );
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id) => {
        this.#sessions.set(id, { transport, server });
      },
      onsessionclosed: (id) => void this.#sessions.delete(id),
    });
    server.server.fallbackNotificationHandler = async ({ method }) => void this.notified.push(method);
    server.server.oninitialized = () => void this.notified.push('initialized');
    const empty = z.object({});
    server.registerTool('whoami', { annotations: { destructiveHint: true } }, async (extra) => {
      this.calls += 1;
      return { content: [{ type: 'text', text: extra.sessionId ?? 'nobody' }] };
    });
    server.registerTool('once', { inputSchema: empty }, async () => {
      this.calls += 1;
      return { content: [{ type: 'text', text: String(this.calls) }] };
    });
    if (this.options.extraTool !== undefined) {
      server.registerTool(this.options.extraTool, {}, async () => ({ content: [] }));
    }
    // The cast is for optional members that the SDK declares otherwise.
    await server.connect(transport as Parameters<typeof server.connect>[0]);
    return { transport, server };
  }
}
