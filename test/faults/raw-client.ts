import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface Response {
  readonly line: string;
  readonly message: {
    readonly id: unknown;
    readonly result?: {
      readonly isError?: boolean;
      readonly _meta?: Readonly<Record<string, { readonly outcome?: string; readonly fixes?: readonly string[] }>>;
    };
    readonly error?: { readonly code: number; readonly message: string };
  };
}

/** An MCP client over the stdio of a process that keeps the bytes of the responses. */
export class RawClient {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (response: Response | null) => void>();
  #lastId = 0;
  #isClosed = false;
  #onStderr = (): void => {};
  stderr = '';

  constructor(command: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    const [file = '', ...args] = command;
    const child = spawn(file, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child = child;
    child.stdin.on('error', () => {});
    child.stderr.on('data', (piece: Buffer) => {
      this.stderr += piece.toString();
      this.#onStderr();
    });
    child.once('close', () => {
      this.#isClosed = true;
      this.#onStderr();
      for (const resolve of this.#waiting.values()) resolve(null);
    });
    createInterface({ input: child.stdout }).on('line', (line) => this.#read(line));
  }

  async connect(timeoutMs = 30_000): Promise<void> {
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'suite', version: '1' } };
    const response = await this.request('initialize', params, timeoutMs);
    if (response === null) throw new Error(`no response to initialize: ${this.stderr.slice(-500)}`);
    this.#send({ method: 'notifications/initialized' });
    await this.request('tools/list', {}, timeoutMs);
  }

  /** Resolves with the response, or with null if there is none in time. */
  request(method: string, params: object, timeoutMs: number): Promise<Response | null> {
    if (this.#isClosed) return Promise.resolve(null);
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        if (method === 'tools/call') this.#send({ method: 'notifications/cancelled', params: { requestId: id } });
        resolve(null);
      }, timeoutMs);
      this.#waiting.set(id, (response) => {
        clearTimeout(timer);
        resolve(response);
      });
      this.#send({ id, method, params });
    });
  }

  /** Resolves when a text has been written to stderr this many times. */
  async said(text: string, times: number): Promise<void> {
    while (this.stderr.split(text).length - 1 < times) {
      if (this.#isClosed) throw new Error(`the process ended: ${this.stderr.slice(-500)}`);
      await new Promise<void>((resolve) => {
        this.#onStderr = resolve;
      });
    }
  }

  async close(): Promise<void> {
    const ended = this.#child.exitCode !== null || this.#child.signalCode !== null;
    const end = ended ? undefined : once(this.#child, 'exit');
    this.#child.stdin?.end();
    const killer = setTimeout(() => this.#child.kill('SIGKILL'), 6_000);
    await end;
    clearTimeout(killer);
  }

  #send(message: object): void {
    if (this.#child.stdin?.writable) this.#child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  #read(line: string): void {
    let message: Response['message'];
    try {
      message = JSON.parse(line);
    } catch {
      return;
    }
    const resolve = this.#waiting.get(message.id as number);
    this.#waiting.delete(message.id as number);
    resolve?.({ line, message });
  }
}
