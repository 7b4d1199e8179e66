// Sharing of fixes: `npm run build && npm run bench:calls:sharing`. Takes about two minutes. Measures the cost of sharing, and kills
// the holder of a fix 20 times, at a random moment. `-- --write` also writes the table to bench/calls/sharing-notes.md.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../dist/src/clock.js';
import { MachineLockStore } from '../../dist/src/sharing/machine-lock-store.js';
import { FixSharing } from '../../dist/src/sharing/share.js';
import { machineText } from '../harness/machine.mjs';
import { median } from '../harness/numbers.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const fixture = (name) => here(`../../test/fixtures/sharing/${name}`);
const folder = mkdtempSync(join(tmpdir(), 'healflow-bench-'));
const fresh = (name) => mkdtempSync(join(folder, `${name}-`));

let seed = 20_260_204;
const random = () => {
  seed = (seed * 16_807) % 2_147_483_647;
  return seed / 2_147_483_647;
};

const notes = (where) =>
  readFileSync(join(where, 'runs'), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' '))
    .map(([what, pid, parent, at]) => ({ what, pid: Number(pid), parent: Number(parent), at: Number(at) }));

const startCaller = (where, config, calls) => {
  const child = spawn(process.execPath, [fixture('caller.mjs'), where, JSON.stringify({ config, calls })], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, HOME: where },
  });
  let text = '';
  const ready = new Promise((resolve) => {
    child.stdout.on('data', (chunk) => {
      text += chunk;
      if (text.startsWith('ready\n')) resolve();
    });
  });
  const closed = once(child, 'close');
  return { child, ready, closed, outcomes: () => JSON.parse(text.slice('ready\n'.length)) };
};

const expired = (takesMs) => {
  const where = fresh('token');
  writeFileSync(join(where, 'token'), 'stale');
  writeFileSync(join(where, 'runs'), '');
  const command = [process.execPath, fixture('renew.mjs'), where, String(takesMs)];
  return { where, config: { stateDir: join(where, 'state'), fixes: { token_refresh: { command } } } };
};

/** The process that holds the lock; undefined if none does. */
const holderIn = (where) => {
  try {
    const name = readdirSync(join(where, 'state')).find((file) => file.endsWith('.lock'));
    return JSON.parse(readFileSync(join(where, 'state', name), 'utf8')).pid;
  } catch {
    return undefined;
  }
};

/** Kills the holder after a while; the other two callers are healed. Counts logins that ran at the same time. */
const killing = async (rounds) => {
  const times = [];
  let overlaps = 0;
  for (let round = 0; round < rounds; round += 1) {
    const { where, config } = expired(600);
    const callers = [1, 2, 3].map(() => startCaller(where, config, 10));
    await Promise.all(callers.map(({ ready }) => ready));
    for (const { child } of callers) child.stdin.write('go\n');
    let holder;
    while (holder === undefined) {
      holder = holderIn(where);
      await wait(1);
    }
    // From before its command has started until shortly before it ends.
    await wait(random() * 600);
    const killedAt = Date.now();
    const victim = callers.find(({ child }) => child.pid === holder);
    victim.child.kill('SIGKILL');
    await Promise.all(callers.map(({ closed }) => closed));
    const seen = notes(where);
    overlaps += seen.filter(({ what }) => what === 'overlap').length;
    const next = seen.find(({ what, parent }) => what === 'start' && parent !== holder);
    const healed = callers.filter((caller) => caller !== victim).flatMap(({ outcomes }) => outcomes());
    const bad = healed.filter(({ status }) => status !== 'healed' && status !== 'succeeded');
    if (bad.length > 0) throw new Error(`round ${round}: ${JSON.stringify(bad[0])}`);
    // None if the victim's command had just succeeded.
    if (next !== undefined) times.push(next.at - killedAt);
  }
  return { times: times.sort((a, b) => a - b), overlaps };
};

const together = async (processes, calls) => {
  const { where, config } = expired(1_000);
  const callers = Array.from({ length: processes }, () => startCaller(where, config, calls));
  await Promise.all(callers.map(({ ready }) => ready));
  for (const { child } of callers) child.stdin.write('go\n');
  await Promise.all(callers.map(({ closed }) => closed));
  const outcomes = callers.flatMap((caller) => caller.outcomes());
  const healed = outcomes.filter(({ status }) => status === 'healed' || status === 'succeeded').length;
  if (healed !== processes * calls) throw new Error(`${healed} of ${processes * calls} calls were healed`);
  return notes(where).filter(({ what }) => what === 'start').length;
};

/** Time per run of a fix that does nothing, in ms. */
const perRun = async (count, rules, store) => {
  const fix = {
    name: 'token_refresh',
    key: 'host:token_refresh:default',
    description: 'does nothing',
    rules: {
      mode: 'auto',
      cooldownMs: 0,
      budget: { runs: 1_000, windowMs: 1 },
      timeoutMs: 1_000,
      scope: 'process',
      ...rules,
    },
    run: async () => ({ fix: 'token_refresh', status: 'succeeded', reason: 'nothing', durationMs: 0 }),
  };
  const shared = new FixSharing({ clock: systemClock, random: Math.random, store, warn: console.error }).share(fix);
  const control = new AbortController();
  const request = () => ({
    runId: '0',
    tool: 'tool',
    args: undefined,
    diagnosis: { summary: '' },
    attempt: 1,
    signal: control.signal,
    remainingMs: 45_000,
    failedAttemptStartedAt: performance.now() + 1_000,
  });
  for (let run = 0; run < count / 10; run += 1) await shared.run(request());
  const began = performance.now();
  for (let run = 0; run < count; run += 1) {
    shared.refuse(performance.now() + 1_000);
    const { status } = await shared.run(request());
    if (status !== 'succeeded') throw new Error(status);
  }
  return (performance.now() - began) / count;
};

const cells = (...row) => `| ${row.join(' | ')} |`;
const ms = (value, digits = 0) => `${value.toLocaleString('en-US', { maximumFractionDigits: digits })} ms`;

try {
  const inProcess = await perRun(20_000, {});
  const machine = { identity: 'a'.repeat(32), scope: 'machine' };
  const acrossMachine = await perRun(
    500,
    machine,
    new MachineLockStore({ stateDir: fresh('state'), clock: systemClock }),
  );
  const logins = await together(8, 100);
  const { times, overlaps } = await killing(20);
  const page = [
    '# Sharing of fixes',
    '',
    `\`npm run build && npm run bench:calls:sharing\` on ${machineText()}.`,
    'The times depend on the machine and its load; the counts do not.',
    '',
    cells('what', 'measured'),
    cells('---', '---'),
    cells('cost of sharing a fix within the process', `${Math.round(inProcess * 1_000)} µs`),
    cells(
      'cost of sharing a fix across the machine: lock, read and write the history twice, unlock',
      ms(acrossMachine, 2),
    ),
    cells('8 processes x 100 calls that meet one expired token', `${logins} login`),
    cells('20 rounds with the holder killed by SIGKILL: logins that ran at the same time', `${overlaps}`),
    cells(
      `from the kill to the start of the next login, ${times.length} times`,
      `${ms(median(times))} median, ${ms(times.at(-1))} maximum`,
    ),
    '',
  ].join('\n');
  console.log(page);
  if (process.argv.includes('--write')) writeFileSync(here('sharing-notes.md'), page);
  if (overlaps > 0 || logins !== 1 || times.at(-1) > 5_000) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
