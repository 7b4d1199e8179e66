// The log under load: `npm run build && npm run bench:log`. Takes about two minutes and half a gigabyte in the
// temporary folder. With --write the table is written to bench/log/result.md too.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../dist/src/clock.js';
import { createEventLog, readEvents } from '../../dist/src/memory/index.js';
import { event } from './event.mjs';

const writer = new URL('./writer.mjs', import.meta.url);
const stats = new URL('./stats.mjs', import.meta.url);
const result = new URL('./result.md', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'healflow-bench-'));
const fresh = (name) => mkdtempSync(join(folder, `${name}-`));
const start = (program, ...args) =>
  spawn(process.execPath, [fileURLToPath(program), ...args.map(String)], { stdio: ['pipe', 'pipe', 'inherit'] });
const read = async (child) => {
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  const [code, signal] = await once(child, 'close');
  if (code !== 0) throw new Error(`a process ended with ${code ?? signal}`);
  return text;
};
const logTo = (memoryDir, sizes = {}) =>
  createEventLog({ memoryDir, clock: systemClock, redact: (text) => text, warn: console.error, ...sizes });
const counted = async (memoryDir) => {
  let events = 0;
  let damaged = 0;
  const onDamage = () => {
    damaged += 1;
  };
  for await (const _ of readEvents(memoryDir, { onDamage })) events += 1;
  return { events, damaged };
};

/** Events a second with so many processes that write at once. */
const writing = async (writers, each) => {
  const memoryDir = fresh('write');
  const children = Array.from({ length: writers }, () => start(writer, memoryDir, each));
  await Promise.all(children.map((child) => once(child.stdout, 'data')));
  const outputs = children.map(read);
  for (const child of children) child.stdin.write('go\n');
  const times = (await Promise.all(outputs)).map((text) => JSON.parse(text));
  const ms = Math.max(...times.map(({ ended }) => ended)) - Math.min(...times.map(({ began }) => began));
  const { events, damaged } = await counted(memoryDir);
  if (events !== writers * each || damaged > 0) throw new Error(`${events} events, ${damaged} damaged pieces`);
  return Math.round((events / ms) * 1_000);
};

/** Appends a second of records as large, by Node alone: what the log is measured against. */
const bare = (count) => {
  const memoryDir = fresh('bare');
  logTo(memoryDir).append(event(1));
  const record = readFileSync(join(memoryDir, 'learned/tool_fixes.yaml')).subarray('healing_events:\n'.length);
  const began = performance.now();
  for (let number = 0; number < count; number += 1) appendFileSync(join(memoryDir, 'bare.yaml'), record);
  return Math.round((count / (performance.now() - began)) * 1_000);
};

/** Stats over so many events. */
const summing = async (count) => {
  const memoryDir = fresh('stats');
  const log = logTo(memoryDir, { keepFiles: 1_000 });
  for (let number = 0; number < count; number += 1) log.append(event(number));
  const text = await read(start(stats, memoryDir));
  const { calls, ms, cpuMs, mb } = JSON.parse(text);
  if (calls !== count) throw new Error(`${calls} of ${count} events`);
  return { seconds: ms / 1_000, cpuSeconds: cpuMs / 1_000, mb };
};

/** Rounds of a writer that is killed while it writes, beside one that goes on. */
const killing = async (rounds) => {
  const memoryDir = fresh('kill');
  const log = logTo(memoryDir, { keepFiles: 1_000 });
  let own = 0;
  let acknowledged = 0;
  const lost = [];
  for (let round = 0; round < rounds; round += 1) {
    const child = start(writer, memoryDir, 0, `victim-${round}`);
    const closed = once(child, 'close');
    let dots = 0;
    child.stdout.on('data', (chunk) => {
      dots += chunk.length;
      if (log.append({ ...event(own), tool: 'survivor' })) own += 1;
      if (dots > (round * 7) % 40) child.kill('SIGKILL');
    });
    await closed;
  }
  const seen = new Map();
  let damaged = 0;
  const onDamage = () => {
    damaged += 1;
  };
  for await (const { tool, run_id } of readEvents(memoryDir, { onDamage })) {
    seen.set(tool, (seen.get(tool) ?? new Set()).add(Number.parseInt(run_id, 16)));
  }
  for (let round = 0; round < rounds; round += 1) {
    const name = `victim-${round}`;
    const acks = readFileSync(join(memoryDir, `${name}.acks`), 'utf8')
      .split('\n')
      .slice(0, -1)
      .map(Number);
    acknowledged += acks.length;
    lost.push(...acks.filter((number) => !seen.get(name)?.has(number)));
  }
  if (seen.get('survivor')?.size !== own) throw new Error('the survivor lost events');
  return { acknowledged: acknowledged + own, lost: lost.length, damaged };
};

const cells = (...row) => `| ${row.join(' | ')} |`;
const number = (value, digits = 0) =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

const [load = 0] = loadavg();
try {
  const baseline = bare(20_000);
  const rows = [['appendFileSync of the same bytes, 1 process, for comparison', `${number(baseline)} records/s`, '']];
  for (const [writers, each] of [
    [1, 20_000],
    [8, 5_000],
  ]) {
    const rate = await writing(writers, each);
    rows.push([
      `log, ${writers} ${writers === 1 ? 'process' : 'processes at once'}`,
      `${number(rate)} events/s`,
      `${number(rate / baseline, 2)} of the comparison`,
    ]);
  }
  const { seconds, cpuSeconds, mb } = await summing(1_000_000);
  rows.push([
    'stats over 1,000,000 events',
    `${number(seconds, 2)} s`,
    `${number(cpuSeconds, 2)} s of processor time, ${number(mb)} MB at most`,
  ]);
  const killed = await killing(200);
  rows.push([
    '200 writers killed by SIGKILL while writing',
    `${number(killed.acknowledged)} events acknowledged, ${killed.lost} lost`,
    `${killed.damaged} torn`,
  ]);
  const page = [
    '# The log under load',
    '',
    `\`npm run build && npm run bench:log\` on ${availableParallelism()} cores (${cpus()[0]?.model}), ${process.platform}, Node ${process.version}.`,
    `Ratios say more than the numbers: these depend on the machine and on what else it does: when this began, ${number(load, 1)} processes\nwanted a core already.`,
    '',
    cells('what', 'measured', ''),
    cells('---', '---', '---'),
    ...rows.map((row) => cells(...row)),
    '',
  ].join('\n');
  console.log(page);
  if (process.argv.includes('--write')) writeFileSync(result, page);
  if (killed.lost > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
