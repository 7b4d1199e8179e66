// The memory of a healing in bytes: while it is in flight, and after it has ended and an inspector keeps it. Needs --expose-gc.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { createInspector } from '../../dist/src/inspector/index.js';
import { fix, heal, healerIn } from './subjects.mjs';

const folder = mkdtempSync(join(tmpdir(), 'healflow-bench-'));
const inFlight = 2_000;

/** The heap after a garbage collection, once deferred work is done. */
const heap = async () => {
  for (let round = 0; round < 3; round += 1) {
    await sleep(100);
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
};

/** Healings that all wait at once, each for a fix of its own. */
const open = async (name, options = {}) => {
  let release = () => {};
  const gate = new Promise((resolve) => {
    release = resolve;
  });
  const waits = { ...fix, target: ({ args }) => `cluster-${args.number}`, run: () => gate };
  const healer = await healerIn(join(folder, name), { fixes: { kube_login: waits } });
  const empty = await heap();
  const all = Array.from({ length: inFlight }, (_, number) => heal(healer, { ...options, args: { number } }));
  await nextTurn();
  const bytes = (await heap()) - empty;
  release();
  await Promise.all(all);
  await healer.close();
  return bytes / inFlight;
};

const kept = async () => {
  const inspector = await createInspector({ title: 'bench' });
  const healer = await healerIn(join(folder, 'kept'), { inspect: inspector });
  const heaps = [];
  for (const upTo of [1_000, 10_000]) {
    for (let done = heaps.length === 0 ? 0 : 1_000; done < upTo; done += 1) {
      if (done % 20 === 0) await nextTurn();
      await heal(healer);
    }
    heaps.push(await heap());
  }
  await healer.close();
  await inspector.close();
  return (heaps[1] - heaps[0]) / 9_000;
};

// The first time also loads and compiles.
await open('warm');
console.log(
  JSON.stringify({ lazy: await open('lazy'), eager: await open('eager', { eager: true }), kept: await kept() }),
);
rmSync(folder, { recursive: true, force: true });
