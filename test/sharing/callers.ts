import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConfigInput } from '../../src/config/schema.ts';
import type { RunReport } from '../../src/model/run.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/sharing/${name}`, import.meta.url));

export type Outcome = Pick<RunReport, 'status' | 'attempts' | 'refusal' | 'fixes'>;

/** A folder with a token that has expired, and a configuration whose login renews it. */
export const expiredToken = (takesMs: number, more: object = {}, rest: ConfigInput = {}) => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'healflow-sharing-')));
  writeFileSync(join(folder, 'token'), 'stale');
  writeFileSync(join(folder, 'runs'), '');
  const command = [process.execPath, fixture('renew.mjs'), folder, String(takesMs)];
  const config: ConfigInput = {
    ...rest,
    stateDir: join(folder, 'state'),
    fixes: { token_refresh: { command, ...more } },
  };
  return { folder, config };
};

/** What the logins have noted, in order. */
export const runsIn = (folder: string) =>
  readFileSync(join(folder, 'runs'), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const [what, pid, parent, at] = line.split(' ');
      return { what, pid: Number(pid), parent: Number(parent), at: Number(at) };
    });

export const startsIn = (folder: string) => runsIn(folder).filter(({ what }) => what === 'start');

/** Waits until something is so that no event tells of. */
export const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
};

export interface Caller {
  readonly child: ChildProcess;
  readonly ready: Promise<unknown>;
  /** Lets it begin, and resolves with what became of its calls. */
  begin(): Promise<Outcome[]>;
}

/** Starts a process that calls a tool; it begins on request. */
export const startCaller = (
  folder: string,
  options: { readonly config: ConfigInput; readonly calls?: number; readonly never?: boolean },
  env: Readonly<Record<string, string>> = {},
): Caller => {
  const child = spawn(process.execPath, [fixture('caller.mjs'), folder, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, HOME: folder, ...env },
  });
  let text = '';
  const ready = new Promise((resolve) => {
    child.stdout.on('data', (chunk) => {
      text += chunk;
      if (text.startsWith('ready\n')) resolve(undefined);
    });
  });
  return {
    child,
    ready,
    begin: async () => {
      await ready;
      const closed = once(child, 'close');
      child.stdin.write('go\n');
      const [code, signal] = await closed;
      if (code !== 0) throw new Error(`the caller ended with ${code ?? signal}`);
      return JSON.parse(text.slice('ready\n'.length));
    },
  };
};

/** Runs callers one after the other, or all at once. */
export const callTogether = async (callers: readonly Caller[]): Promise<Outcome[][]> => {
  await Promise.all(callers.map(({ ready }) => ready));
  return Promise.all(callers.map((caller) => caller.begin()));
};

/** Has callers begin, and kills the one whose fix runs, some time later. `ends` has null for that one. */
export const killHolder = async (folder: string, callers: readonly Caller[], afterMs = 0) => {
  await Promise.all(callers.map(({ ready }) => ready));
  const ends = callers.map((caller) => caller.begin().catch(() => null));
  await until(() => startsIn(folder).length === 1);
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  const [first] = startsIn(folder);
  const holder = callers.find(({ child }) => child.pid === first?.parent);
  const killedAt = Date.now();
  holder?.child.kill('SIGKILL');
  return { first, killedAt, ends };
};

/** Has one begin, and does something while it is frozen with the fix running. */
export const whileFrozen = async (folder: string, holder: Caller, work: () => Promise<void>): Promise<void> => {
  const held = holder.begin();
  await until(() => startsIn(folder).length === 1);
  holder.child.kill('SIGSTOP');
  try {
    await work();
  } finally {
    holder.child.kill('SIGCONT');
  }
  await held;
};
