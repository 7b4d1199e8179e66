// The heap during successful calls, one after the other; prints JSON, in MiB after each tenth of them.
//   node --expose-gc heap.mjs CALLS
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHealer } from '../../dist/src/index.js';

const calls = Number(process.argv[2]);
const memoryDir = mkdtempSync(join(tmpdir(), 'healflow-bench-'));
const healer = await createHealer({ config: {}, memoryDir });
const tool = async () => ({ pods: 42 });
const heap = [];
for (let tenth = 0; tenth <= 10; tenth += 1) {
  for (let count = 0; tenth > 0 && count < calls / 10; count += 1) await healer.run('k8s_get_pods', tool);
  globalThis.gc();
  heap.push(process.memoryUsage().heapUsed / 1_048_576);
}

/** The memory of one open call in bytes. */
const held = async (call) => {
  const open = 10_000;
  const resolves = [];
  const pending = () =>
    new Promise((resolve) => {
      resolves.push(resolve);
    });
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  const results = Array.from({ length: open }, () => call(pending));
  globalThis.gc();
  const bytes = (process.memoryUsage().heapUsed - before) / open;
  for (const resolve of resolves) resolve('pods');
  await Promise.all(results);
  return bytes;
};
const bare = (pending) => pending();
const healed = (pending) => healer.run('k8s_get_pods', pending);
await held(bare);
await held(healed);
const openBytes = { bare: await held(bare), healed: await held(healed) };
await healer.close();
rmSync(memoryDir, { recursive: true, force: true });
console.log(JSON.stringify({ heap, openBytes }));
