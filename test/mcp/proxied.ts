import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

type Json = Record<string, unknown>;

const program = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const server = fileURLToPath(new URL('../fixtures/mcp/ledger-server.mjs', import.meta.url));

const linesOf = (file: string): string[] =>
  existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];

/** The real proxy in front of the ledger server, as a process of its own, and a client at its other end. */
export class Proxied {
  readonly #folder = mkdtempSync(join(tmpdir(), 'healflow-proxied-'));
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #open = new Map<unknown, (answer: Json) => void>();
  #nextId = 0;
  /** Answers to nothing that was asked. */
  readonly strays: Json[] = [];
  stderr = '';

  constructor(config: Json = {}) {
    const file = join(this.#folder, 'healflow.yaml');
    writeFileSync(file, JSON.stringify({ memoryDir: join(this.#folder, 'memory'), ...config }));
    this.#process = spawn(process.execPath, [program, 'proxy', '--config', file, '--', process.execPath, server], {
      env: { ...process.env, LEDGER_FILE: this.#file('ledger'), PIDS_FILE: this.#file('pids') },
    });
    this.#process.stderr.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString();
    });
    createInterface({ input: this.#process.stdout }).on('line', (line) => this.#take(JSON.parse(line) as Json));
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** The process ids of all servers up to now, the current one last. */
  get serverPids(): number[] {
    return linesOf(this.#file('pids')).map(Number);
  }

  /** What has taken effect, as `tool key`. */
  get ledger(): string[] {
    return linesOf(this.#file('ledger'));
  }

  notify(method: string): void {
    this.#process.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', method })}\n`);
  }

  request(method: string, params: Json = {}): Promise<Json> {
    this.#nextId += 1;
    const id = this.#nextId;
    this.#process.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    return new Promise((resolve) => this.#open.set(id, resolve));
  }

  async connect(): Promise<void> {
    await this.request('initialize', { protocolVersion: '2025-11-25', capabilities: {} });
    this.notify('notifications/initialized');
    await this.request('tools/list');
  }

  /** Ends the client's input, and resolves with the exit code and the signal. */
  async end(): Promise<unknown[]> {
    this.#process.stdin.end();
    return once(this.#process, 'exit');
  }

  remove(): void {
    if (this.#process.exitCode === null) this.#process.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #take(message: Json): void {
    if (message.id === undefined) return;
    const settle = this.#open.get(message.id);
    if (settle === undefined) this.strays.push(message);
    this.#open.delete(message.id);
    settle?.(message);
  }

  #file(name: string): string {
    return join(this.#folder, name);
  }
}
