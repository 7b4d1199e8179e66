import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const file = (path) => fileURLToPath(new URL(path, import.meta.url));
const program = file('../../dist/src/cli/main.js');

/** A client of the real proxy, which runs as a process in front of the server that will be killed. */
export class Session {
  #folder = mkdtempSync(join(tmpdir(), 'healflow-soak-'));
  #proxy;
  #open = new Map();
  #nextId = 0;
  #rest = '';
  #out = '';
  /** Number of requests and notifications that the client received, by method. */
  received = {};
  /** Number of responses that belong to no request. */
  strays = 0;

  constructor() {
    const config = join(this.#folder, 'healflow.yaml');
    writeFileSync(
      config,
      JSON.stringify({ memoryDir: this.#folder, attempts: 10, fixes: { retry_backoff: { baseMs: 1 } } }),
    );
    this.#proxy = spawn(
      process.execPath,
      [
        ...['--expose-gc', '--import', file('probe.mjs'), program, 'proxy', '--config', config],
        ...['--', process.execPath, file('server.mjs')],
      ],
      { env: { ...process.env, SOAK_PIDS: this.#pidsFile }, stdio: ['pipe', 'pipe', 'ignore', 'ipc'] },
    );
    this.#proxy.stdout.setEncoding('utf8').on('data', (chunk) => {
      const lines = (this.#rest + chunk).split('\n');
      this.#rest = lines.pop();
      for (const line of lines) this.#receive(JSON.parse(line));
    });
  }

  get #pidsFile() {
    return join(this.#folder, 'pids');
  }

  get serverPids() {
    return readFileSync(this.#pidsFile, 'utf8').trimEnd().split('\n').map(Number);
  }

  request(method, params) {
    this.#nextId += 1;
    const id = this.#nextId;
    this.#send({ id, method, params });
    return new Promise((resolve) => {
      this.#open.set(id, resolve);
    });
  }

  /** Sends a request and cancels it at once. */
  requestAndCancel(method, params) {
    this.#nextId += 1;
    this.#send({ id: this.#nextId, method, params });
    this.#send({ method: 'notifications/cancelled', params: { requestId: this.#nextId } });
  }

  async connect() {
    await this.request('initialize', { protocolVersion: '2025-11-25', capabilities: {} });
    this.#send({ method: 'notifications/initialized' });
    await this.request('tools/list', {});
  }

  /** The memory of the proxy, in bytes. */
  async memory() {
    this.#proxy.send('memory?');
    const [memory] = await once(this.#proxy, 'message');
    return memory;
  }

  async end() {
    this.#proxy.stdin.end();
    await once(this.#proxy, 'exit');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #send(message) {
    if (this.#out === '') setImmediate(() => this.#flush());
    this.#out += `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`;
  }

  #flush() {
    this.#proxy.stdin.write(this.#out);
    this.#out = '';
  }

  #receive(message) {
    if (message.method !== undefined) {
      this.received[message.method] = (this.received[message.method] ?? 0) + 1;
      if (message.method === 'notifications/tools/list_changed') void this.request('tools/list', {});
      return;
    }
    const settle = this.#open.get(message.id);
    if (settle === undefined) this.strays += 1;
    this.#open.delete(message.id);
    settle?.(message);
  }
}
