// Measures one healing for each subject of a group, in turn; prints the medians in us as JSON.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createInspector } from '../../dist/src/inspector/index.js';
import { median } from '../harness/numbers.mjs';
import { bareActor, fail, heal, healerIn, healerWithoutLog, makers } from './subjects.mjs';

const [group, warmUps, measured] = process.argv
  .slice(2)
  .map((word) => (Number.isNaN(Number(word)) ? word : Number(word)));
const folder = mkdtempSync(join(tmpdir(), 'healflow-bench-'));
const closing = [() => rmSync(folder, { recursive: true, force: true })];

const opened = async (creating) => {
  const healer = await creating;
  closing.unshift(() => healer.close());
  return healer;
};

/** Starts a program that runs until its input ends; resolves with its first line. */
const start = async (path, ...args) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, path), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  closing.unshift(async () => {
    child.stdin.end();
    await once(child, 'close');
  });
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  return line.trim();
};

const groups = {
  unwatched: async () => {
    const plain = await opened(healerIn(join(folder, 'plain')));
    const unlogged = await opened(healerWithoutLog());
    return {
      bareService: bareActor(makers.fromService),
      lazy: () => heal(plain),
      unlogged: () => heal(unlogged),
      barePromise: bareActor(makers.fromPromise),
      eager: () => heal(plain, { eager: true }),
      unhealed: () => fail(plain),
    };
  },
  watched: async () => {
    const inspector = await opened(createInspector({ title: 'bench' }));
    const plain = await opened(healerIn(join(folder, 'plain')));
    const viewed = await opened(healerIn(join(folder, 'viewed'), { inspect: inspector }));
    await start('../inspector/viewer.mjs', inspector.url);
    return { lazy: () => heal(plain), viewed: () => heal(viewed), eager: () => heal(plain, { eager: true }) };
  },
  stately: async () => {
    const url = await start('stately-server.mjs');
    const plain = await opened(healerIn(join(folder, 'plain')));
    const stately = await opened(healerIn(join(folder, 'stately'), { inspect: { stately: url } }));
    return { lazy: () => heal(plain), stately: () => heal(stately) };
  },
};

const order = Object.entries(await groups[group]());
const seen = Object.fromEntries(order.map(([name]) => [name, []]));
for (let round = 0; round < warmUps + measured; round += 1) {
  for (let place = 0; place < order.length; place += 1) {
    // Forwards and backwards, so that no subject always follows the same one.
    const at = round + (round % 2 === 0 ? place : order.length - place);
    const [name, subject] = order[at % order.length];
    // A real call lets the event loop turn, so that viewers receive earlier events.
    await nextTurn();
    const began = performance.now();
    await subject();
    if (round >= warmUps) seen[name].push((performance.now() - began) * 1_000);
  }
}
console.log(JSON.stringify(Object.fromEntries(order.map(([name]) => [name, median(seen[name])]))));
for (const close of closing) await close();
