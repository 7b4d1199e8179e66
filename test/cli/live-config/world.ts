import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, vi } from 'vitest';

const program = fileURLToPath(new URL('../../../dist/src/cli/main.js', import.meta.url));
export const server = fileURLToPath(new URL('../../fixtures/mcp/login-server.mjs', import.meta.url));
const waitMs = 30_000;

export interface Proxied {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  /** Waits for a line on stderr. */
  said(text: string | RegExp): Promise<void>;
  /** Calls a method; resolves with the line of the response. */
  request(id: number, method: string, params?: object): Promise<string>;
  /** Ends its input; resolves with its exit code. */
  end(): Promise<number | null>;
}

/** A folder with a config, a login that a command makes, and proxies in front of a server that needs it. */
export const world = (config?: unknown) => {
  const path = mkdtempSync(join(tmpdir(), 'healflow-live-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  const file = join(path, 'healflow.yaml');
  const login = join(path, 'login');
  const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
  if (config !== undefined) writeFileSync(file, textOf(config));
  const env = { PATH: process.env.PATH, HOME: path, LOGIN_FILE: login };
  return {
    path,
    file,
    login,
    env,
    /** A login for these tools. */
    loginFix: (tools: string, script = '') => ({
      tools,
      command: [process.execPath, '-e', `${script};require('fs').writeFileSync(${JSON.stringify(login)}, '')`],
      clusters: { test: {} },
      cooldownMs: 0,
    }),
    logOut: (): void => rmSync(login, { force: true }),
    hasLogin: (): boolean => existsSync(login),
    /** Replaces the config as editors do. */
    save: (value: unknown): void => {
      writeFileSync(`${file}.new`, textOf(value));
      renameSync(`${file}.new`, file);
    },
    run: (...args: string[]): Proxied => start([program, 'proxy', ...args], path, env),
    /** The proxy in front of the server, with the config of the folder. */
    proxy: (...args: string[]): Proxied =>
      start([program, 'proxy', '--config', file, ...args, '--', process.execPath, server], path, env),
    direct: (): Proxied => start([server], path, env),
  };
};

const start = (args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Proxied => {
  const child = spawn(process.execPath, args, { cwd, env });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  child.stdin.on('error', () => {});
  const closed = once(child, 'close');
  const lineOf = (id: number): string | undefined => out.split('\n').find((line) => line.includes(`"id":${id},`));
  return {
    child,
    out: () => out,
    err: () => err,
    said: (text) => vi.waitFor(() => expect(err).toMatch(text), waitMs),
    request: async (id, method, params = {}) => {
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
      await vi.waitFor(() => expect(lineOf(id)).toBeDefined(), { timeout: waitMs, interval: 5 });
      return lineOf(id) ?? '';
    },
    end: async () => {
      child.stdin.end();
      const [code] = (await closed) as [number | null];
      return code;
    },
  };
};

export const initialize = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'test', version: '1' },
};
