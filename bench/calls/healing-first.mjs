// The first healings of a process; prints their CPU times in us as JSON. `prepared`: calls `healer.prepare()` before.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createHealer } from '../../dist/src/index.js';

const folder = mkdtempSync(join(tmpdir(), 'healflow-bench-'));
const fix = { run: () => undefined, cooldownMs: 0, budget: { runs: 1_000, windowMs: 1 } };
const healer = await createHealer({ memoryDir: folder, fixes: { kube_login: fix } });
/** CPU time, because most of it is loading and compiling, and other load changes the elapsed time. */
const costOf = async (work) => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
};
const prepared = process.argv[2] === 'prepared' ? await costOf(() => healer.prepare()) : 0;
const error = new Error('error: You must be logged in to the server (Unauthorized)');
const times = [];
for (let run = 0; run < 1_000; run += 1) {
  let calls = 0;
  await healer.run('k8s_get_pods', () => 'pods');
  await nextTurn();
  const task = () => {
    calls += 1;
    if (calls === 1) throw error;
    return 'pods';
  };
  times.push(
    await costOf(async () => {
      const { status } = await healer.runOutcome('k8s_get_pods', task);
      if (status !== 'healed') throw new Error(`the run ended as ${status}`);
    }),
  );
}
await healer.close();
rmSync(folder, { recursive: true, force: true });
console.log(JSON.stringify({ prepared, first: times[0], second: times[1], tenth: times[9], last: times[999] }));
