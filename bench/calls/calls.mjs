// The cost of one successful call with each contender, in ns, measured in turn in this process; prints JSON.
//   node calls.mjs SHAPE BYTES OPEN
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measure } from 'mitata';
import { inTurn, summarize } from '../harness/in-turn.mjs';
import { median } from '../harness/numbers.mjs';
import { contendersFor } from './contenders.mjs';
import { shapes } from './values.mjs';

const [shape, bytes, openArg] = process.argv.slice(2);
const open = Number(openArg);
const rounds = 3;
const value = shapes[shape](Number(bytes));

/** With more than one call open, a tool returns after all have been called. */
let waiting = [];
const opened = () =>
  new Promise((resolve) => {
    waiting.push(resolve);
  });
const resolveAll = () => {
  const resolves = waiting;
  waiting = [];
  for (const resolve of resolves) resolve(value);
};

// Written eight times: to the compiler, one function created eight times would be the same function.
const atOnce = [
  async () => value,
  async () => value,
  async () => value,
  async () => value,
  async () => value,
  async () => value,
  async () => value,
  async () => value,
];
const together = [
  () => opened(),
  () => opened(),
  () => opened(),
  () => opened(),
  () => opened(),
  () => opened(),
  () => opened(),
  () => opened(),
];

const memoryDir = mkdtempSync(join(tmpdir(), 'healflow-bench-'));
const { calls, close } = await contendersFor(open === 1 ? atOnce : together, memoryDir);

const one = (call) => {
  let next = 0;
  return () => {
    next = (next + 1) & 7;
    return call(next);
  };
};
const many = (call) => async () => {
  const results = [];
  for (let number = 0; number < open; number += 1) results.push(call(number & 7));
  // A contender may call the tool asynchronously.
  while (waiting.length < open) await null;
  resolveAll();
  for (const result of results) await result;
};

/** Nanoseconds of one call. */
const costOf = async (call) => {
  const { p50 } = await measure((open === 1 ? one : many)(call), {
    min_cpu_time: 80e6,
    min_samples: open > 1_000 ? 2 : 8,
    batch_samples: 512,
  });
  return p50 / open;
};
const seen = await inTurn(calls, rounds, costOf, { warmUps: 1 });
await close();
rmSync(memoryDir, { recursive: true, force: true });
console.log(JSON.stringify(summarize(seen, median)));
