// Real processes of machines that share one token, and the fix that renews it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
export const renewScript = here('programs/renew.sh');
const memberProgram = here('programs/member.mjs');

/** Waits until something is so that no event tells of. */
export const until = async (isSo, pauseMs = 5) => {
  while (!isSo()) await sleep(pauseMs);
};

let names = 0;

/** A token that is renewed by a command; `runs` tells what the command has noted. */
export const makeToken = (folder, { takesMs, firstMs = takesMs }) => {
  const where = mkdtempSync(join(folder, 'token-'));
  const inToken = (name) => join(where, name);
  const runs = () =>
    readFileSync(inToken('runs'), 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split(' '))
      .map(([what, pid, parent, at]) => ({ what, pid: Number(pid), parent: Number(parent), at: Number(at) }));
  names += 1;
  const token = {
    name: `token-${names}`,
    folder: where,
    command: ['sh', renewScript, where, String(takesMs / 1_000), String(firstMs / 1_000)],
    runs,
    starts: () => runs().filter(({ what }) => what === 'start'),
    /** Runs that have begun beside the command of an earlier one. */
    beside: () => runs().filter(({ what }) => what === 'beside').length,
    refresh: () => writeFileSync(inToken('token'), 'fresh'),
    /**
     * Begins a round: the token has expired, and nothing is noted.
     *
     * @param isShort Whether its first run is as short as the others.
     */
    expire: ({ isShort = false } = {}) => {
      writeFileSync(inToken('runs'), '');
      writeFileSync(inToken('token'), 'stale');
      rmSync(inToken('first'), { recursive: true, force: true });
      rmSync(inToken('current'), { force: true });
      if (isShort) mkdirSync(inToken('first'));
    },
  };
  token.expire();
  return token;
};

/** Starts a program that prints lines of JSON, the first when it is ready. */
export const startTalker = (argv, { env = {}, command = [process.execPath] } = {}) => {
  const [program, ...before] = command;
  const child = spawn(program, [...before, ...argv], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, NODE_NO_WARNINGS: '1', ...env },
  });
  const waiting = [];
  const ended = once(child, 'exit').then(() => {
    for (const give of waiting.splice(0)) give(null);
  });
  const next = () => new Promise((resolve) => waiting.push(resolve));
  const ready = next();
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.(JSON.parse(line)));
  child.stdin.on('error', () => {});
  return {
    child,
    ready,
    ended,
    /** Sends it a line of JSON, and resolves with its response; null if it ends before. */
    ask: (value = {}) => {
      const response = next();
      child.stdin.write(`${JSON.stringify(value)}\n`);
      return response;
    },
    /** Lets it end by itself. */
    finish: async () => {
      child.stdin.end();
      await ended;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
};

/**
 * Starts a process of a machine; the machine is its state folder.
 *
 * @param command How the program is started, if not by this Node alone.
 */
export const startMember = (token, { machine, url, command, config = {}, fix = {} }) => {
  const cwd = join(token.folder, machine);
  mkdirSync(cwd, { recursive: true });
  const entry = { command: token.command, cooldownMs: 0, budget: { runs: 1_000, windowMs: 1_000 }, ...fix };
  const whole = {
    stateDir: join(cwd, 'state'),
    memoryDir: join(cwd, 'memory'),
    fleet: { urlEnv: 'FLEET_URL' },
    breaker: { failures: 1_000_000 },
    ...config,
    fixes: { token_refresh: { share: { fleet: token.name }, ...entry } },
  };
  const options = JSON.stringify({ folder: token.folder, cwd, config: whole });
  return startTalker([memberProgram, options], {
    env: { HOME: cwd, FLEET_URL: url },
    ...(command === undefined ? {} : { command }),
  });
};

/**
 * Starts members a few at a time, and waits until all are ready.
 *
 * @param warmedBy If given, each heals a call once by this token: what it takes is then loaded.
 */
export const startAll = async (starts, { warmedBy, atOnce = 8 } = {}) => {
  const members = [];
  for (let at = 0; at < starts.length; at += atOnce) {
    const some = starts.slice(at, at + atOnce).map((start) => start());
    members.push(...some);
    await Promise.all(some.map(({ ready }) => ready));
    if (warmedBy === undefined) continue;
    warmedBy.expire({ isShort: true });
    await Promise.all(some.map((member) => member.ask({ round: 0, deadlineMs: 15_000 })));
  }
  return members;
};

export const killAll = (members) => Promise.all(members.map((member) => member.kill()));

export const isHealed = (outcome) =>
  outcome !== null && (outcome.status === 'healed' || outcome.status === 'succeeded');
