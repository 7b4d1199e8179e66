import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../../src/clock.ts';
import type { StdioClientOptions } from '../../../src/mcp/downstream/stdio/client.ts';
import { proxyStdioToHttp } from '../../../src/mcp/modes/stdio-to-http.ts';
import { proxyStdioToStdio } from '../../../src/mcp/modes/stdio-to-stdio.ts';
import type { ProxyLimits } from '../../../src/mcp/relay/options.ts';
import type { Clock } from '../../../src/model/clock.ts';
import type { Redact } from '../../../src/model/diagnosis.ts';
import type { UpstreamControl } from '../../../src/model/fix.ts';
import type { Json } from '../relay/relay-bench.ts';
import { ScriptedHealer } from '../relay/scripted-healer.ts';

export const fixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/mcp/${name}`, import.meta.url));

const limits: ProxyLimits = {
  maxLineBytes: 1 << 26,
  graceMs: 5_000,
  startTimeoutMs: 10_000,
  drainMs: 5_000,
  maxRestarts: 5,
  restartWindowMs: 60_000,
  progressEveryMs: 1_000,
  deadlineMs: 5_000,
};

export interface ProxyBenchOptions {
  readonly command?: readonly string[];
  /** Where the server is, in place of a command. */
  readonly upstreamUrl?: string;
  readonly headers?: Record<string, string>;
  readonly clock?: Clock;
  readonly env?: Record<string, string>;
  readonly limits?: Partial<ProxyLimits>;
  readonly healer?: ScriptedHealer;
  /** Makes the healer, in place of a scripted one. */
  readonly createHealer?: StdioClientOptions['createHealer'];
  readonly redact?: Redact;
  /** Where the server's lists are kept for `limits.lazy`. */
  readonly cacheFile?: string;
  readonly stdoutNoise?: 'pass' | 'stderr';
}

/** A proxy in this process, in front of a real server process. */
export class ProxyBench {
  readonly healer: ScriptedHealer;
  readonly stdin = new PassThrough();
  readonly stdout = new PassThrough();
  readonly #stderr = new PassThrough();
  readonly #stop = new AbortController();
  readonly #kill = new AbortController();
  readonly #folder = mkdtempSync(join(tmpdir(), 'healflow-proxy-'));
  readonly exitCode: Promise<number>;
  control: UpstreamControl | undefined;
  /** What SIGHUP does. */
  restart: () => void = () => {};
  #out = '';
  #err = '';
  #nextId = 0;

  constructor(options: ProxyBenchOptions = {}) {
    this.healer = options.healer ?? new ScriptedHealer();
    this.stdout.on('data', (chunk: Buffer) => {
      this.#out += chunk.toString('latin1');
    });
    this.#stderr.on('data', (chunk: Buffer) => {
      this.#err += chunk.toString();
    });
    const { upstreamUrl, command = [process.execPath, fixture('raw-server.mjs')] } = options;
    const common: StdioClientOptions = {
      stdin: this.stdin,
      stdout: this.stdout,
      stderr: this.#stderr,
      createHealer: async (control: UpstreamControl) => {
        this.control = control;
        return options.createHealer?.(control) ?? this.healer;
      },
      limits: { ...limits, ...options.limits },
      clock: options.clock ?? systemClock,
      random: Math.random,
      redact: options.redact ?? ((text) => text),
      stop: this.#stop.signal,
      kill: this.#kill.signal,
      onRestart: (restart) => {
        this.restart = restart;
      },
    };
    const env = { ...process.env, RAW_SERVER_STATE: join(this.#folder, 'state'), ...options.env };
    this.exitCode =
      upstreamUrl === undefined
        ? proxyStdioToStdio({ ...common, command, env, cacheFile: options.cacheFile, stdoutNoise: options.stdoutNoise })
        : proxyStdioToHttp({ ...common, upstreamUrl, headers: options.headers ?? {}, connectTimeoutMs: 10_000 });
    this.exitCode.then(
      () => rmSync(this.#folder, { recursive: true, force: true }),
      () => {},
    );
  }

  /** Everything on stdout so far, one character per byte. */
  get out(): string {
    return this.#out;
  }

  get err(): string {
    return this.#err;
  }

  get messages(): Json[] {
    return this.#out
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Json);
  }

  send(message: string | Buffer | Json): void {
    this.stdin.write(
      typeof message === 'string' || Buffer.isBuffer(message) ? message : `${JSON.stringify(message)}\n`,
    );
  }

  stop(): void {
    this.#stop.abort();
  }

  kill(): void {
    this.#kill.abort();
  }

  /** Resolves once the condition holds. */
  async until<T>(look: () => T | undefined | false): Promise<T> {
    for (;;) {
      const seen = look();
      if (seen !== undefined && seen !== false) return seen;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Sends a request and resolves with its answer. */
  async request(method: string, params: Json = {}): Promise<Json> {
    this.#nextId += 1;
    const id = this.#nextId;
    this.send({ jsonrpc: '2.0', id, method, params });
    return this.until(() => this.messages.find((message) => message.id === id && message.method === undefined));
  }

  call(name: string, args: Json = {}): Promise<Json> {
    return this.request('tools/call', { name, arguments: args });
  }

  /** Calls a tool and resolves with the text of its result. */
  async text(name: string, args: Json = {}): Promise<string> {
    const { result } = (await this.call(name, args)) as { result?: { content: { text: string }[] } };
    return result?.content[0]?.text ?? '';
  }

  async connect(): Promise<void> {
    await this.request('initialize', { protocolVersion: '2025-11-25' });
    this.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  }

  /** Ends the client's input and resolves with the exit code. */
  async end(): Promise<number> {
    this.stdin.end();
    return this.exitCode;
  }
}
