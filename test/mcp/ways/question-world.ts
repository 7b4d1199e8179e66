import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { WayName } from './ways.ts';

const program = fileURLToPath(new URL('../../../dist/src/cli/main.js', import.meta.url));
const server = fileURLToPath(new URL('../../fixtures/mcp/guarded-server.mjs', import.meta.url));

type Json = Record<string, unknown>;
type Answer = { action: 'accept'; content: { confirm: boolean } } | { action: 'decline' } | { action: 'cancel' };

export const yes: Answer = { action: 'accept', content: { confirm: true } };

/** What a client got of a call. */
export interface Got {
  readonly resultType?: string;
  readonly requestState?: string;
  readonly inputRequests?: Json;
  readonly content?: readonly { readonly text?: string }[];
  readonly isError?: boolean;
  readonly _meta?: Record<string, Json>;
}

export interface WorldOptions {
  readonly config?: Json;
  readonly env?: Record<string, string>;
}

export interface ConfigOptions {
  /** What the fix does, as a program. */
  readonly login?: string;
  /** More of the entry of the fix. */
  readonly fix?: Json;
  /** Each machine has its own. */
  readonly stateDir?: string;
}

/** A server whose tools need a login, a fix that logs in if the user agrees, and proxies between them and real clients. */
export class QuestionWorld implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'healflow-question-'));
  readonly #options: WorldOptions;
  readonly #ends: (() => unknown)[] = [];

  constructor(options: WorldOptions = {}) {
    this.#options = options;
  }

  /** The calls that reached the server. */
  get calls(): string[] {
    return this.#lines('calls');
  }

  /** The runs of the fix. */
  get logins(): string[] {
    return this.#lines('logins');
  }

  /** Writes a configuration. */
  config(name: string, { login = this.login(), fix: more = {}, stateDir = 'state' }: ConfigOptions = {}): string {
    const fix = { tools: 'k8s_*', command: [process.execPath, '-e', login], clusters: { test: {} } };
    const fixes = { kube_login: { ...fix, mode: 'ask', cooldownMs: 0, ...more } };
    const file = join(this.folder, `${name}.yaml`);
    const memoryDir = join(this.folder, `memory-${name}`);
    const paths = { memoryDir, stateDir: join(this.folder, stateDir) };
    writeFileSync(file, JSON.stringify({ ...paths, fixes, ...this.#options.config }));
    return file;
  }

  /** A program that logs in and notes it. */
  login(): string {
    const path = (name: string): string => JSON.stringify(join(this.folder, name));
    return `const fs = require('fs'); fs.appendFileSync(${path('logins')}, 'login\\n'); fs.writeFileSync(${path('login')}, '')`;
  }

  /** Starts a proxy and connects a client. @param answer The user's response; undefined if the client shows no forms. */
  async connect(
    way: WayName,
    answer?: (message: string) => Answer | Promise<Answer>,
    config = this.config('one'),
    more: Record<string, string> = {},
  ) {
    const env = { ...this.#env(), ...more };
    const upstream = way.endsWith('to stdio') ? [] : ['--upstream', await this.#startHttpServer()];
    const command = way.endsWith('to stdio') ? ['--', process.execPath, server] : [];
    const client = new Client(
      { name: 'test', version: '1.0.0' },
      {
        capabilities: answer === undefined ? {} : { elicitation: {} },
        versionNegotiation: { mode: { pin: '2026-07-28' } },
      },
    );
    const asked: string[] = [];
    if (answer !== undefined) {
      client.setRequestHandler('elicitation/create', ({ params }) => {
        asked.push(params.message);
        return answer(params.message);
      });
    }
    const args = [program, 'proxy', '--config', config, ...upstream];
    this.#ends.push(() => client.close());
    if (way.startsWith('HTTP')) {
      const child = this.#spawn([...args, '--http', '0', ...command], env);
      const url = await lineWith(child.stderr, /serving .*at (\S+)/);
      await client.connect(new StreamableHTTPClientTransport(new URL(url)));
    } else {
      await client.connect(
        new StdioClientTransport({
          ...{ command: process.execPath, args: [...args, ...command], env, stderr: 'ignore' },
        }),
      );
    }
    /** Calls once, and gives back what comes, also if that is a question. */
    const callOnce = (params: Json) =>
      client.callTool(params as { name: string }, { allowInputRequired: true }) as Promise<Got>;
    const call = (name = 'k8s_get', args_: Json = { name: 'web' }) =>
      client.callTool({ name, arguments: args_ }) as Promise<Got>;
    /** Comes back with a state. */
    const comeBack = (requestState: string | undefined, more_: Json = {}): Promise<Got> =>
      callOnce({
        ...{ name: 'k8s_get', arguments: { name: 'web' }, requestState },
        inputResponses: { healflow_approval: yes },
        ...more_,
      });
    return { client, asked, call, callOnce, comeBack };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const end of this.#ends.splice(0)) await end();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #startHttpServer(): Promise<string> {
    return lineWith(this.#spawn([server, 'http']).stdout, /(http\S+)/);
  }

  #spawn(args: readonly string[], env = this.#env()) {
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#ends.push(() => ended(child));
    return child;
  }

  #env(): Record<string, string> {
    const file = (name: string): string => join(this.folder, name);
    const { PATH = '', HOME = '' } = process.env;
    return { PATH, HOME, LOGIN_FILE: file('login'), CALLS_FILE: file('calls'), ...this.#options.env };
  }

  #lines(name: string): string[] {
    const path = join(this.folder, name);
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
  }
}

const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill();
  await exit;
};

const lineWith = (stream: NodeJS.ReadableStream, pattern: RegExp): Promise<string> =>
  new Promise((resolve, reject) => {
    const said: string[] = [];
    createInterface({ input: stream })
      .on('line', (line) => {
        said.push(line);
        const found = pattern.exec(line)?.[1];
        if (found !== undefined) resolve(found);
      })
      .on('close', () => reject(new Error(`it ended: ${said.join('\n')}`)));
  });
