import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { toolCall } from './timed.mjs';

const listens = async (port, child) => {
  while (child.exitCode === null) {
    const socket = createConnection(port, '127.0.0.1');
    const up = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (up) return;
    await sleep(50);
  }
  throw new Error(`the bridge exited with ${child.exitCode}`);
};

/** Starts a bridge from a stdio server to HTTP, and calls a tool through it in one session. */
export class HttpClient {
  #child;
  #port;
  #agent = new Agent({ keepAlive: true, maxSockets: 128 });
  #session;
  #nextId = 0;

  static async start(argv, port) {
    const client = new HttpClient();
    client.#port = port;
    const [command, ...args] = argv;
    client.#child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    await listens(port, client.#child);
    await client.#begin();
    return client;
  }

  async #begin() {
    const params = {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'bench', version: '1.0.0' },
    };
    const { headers } = await this.#post({ id: 0, method: 'initialize', params });
    this.#session = headers['mcp-session-id'];
    await this.#post({ method: 'notifications/initialized' });
  }

  #post(message) {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          host: '127.0.0.1',
          port: this.#port,
          path: '/mcp',
          method: 'POST',
          agent: this.#agent,
          headers: {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
            accept: 'application/json, text/event-stream',
            'mcp-protocol-version': '2025-06-18',
            ...(this.#session && { 'mcp-session-id': this.#session }),
          },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk) => {
            text += chunk;
          });
          response.on('end', () => {
            if (response.statusCode >= 300) reject(new Error(`${response.statusCode}: ${text}`));
            else resolve({ headers: response.headers, text });
          });
          response.on('error', reject);
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  async call() {
    this.#nextId += 1;
    const { text } = await this.#post(toolCall(this.#nextId));
    if (!text.includes('pod pod')) throw new Error(`unexpected response: ${text.slice(0, 200)}`);
  }

  async close() {
    this.#agent.destroy();
    this.#child.kill('SIGTERM');
    const killer = setTimeout(() => this.#child.kill('SIGKILL'), 3_000);
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'close');
    clearTimeout(killer);
  }
}
