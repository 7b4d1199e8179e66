// A fleet: `npm run build && npm run bench:fleet`. Needs PostgreSQL and PgBouncer; see test/support/postgres.ts.
//   -- --part NAME    only this part; may be given several times
//   -- --quick        with small numbers, to see whether a part works
//   -- --write        keeps the figures in bench/fleet/results
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { report } from '../harness/report.mjs';
import { startDatabases } from './databases.mjs';
import { measureApprovals } from './parts/approvals.mjs';
import { measureCompare } from './parts/compare.mjs';
import { measureCut } from './parts/cut.mjs';
import { measureHealthy, measureIdle } from './parts/idle.mjs';
import { measureKills } from './parts/kills.mjs';
import { measureLatency, measureProcesses } from './parts/processes.mjs';
import { measureClocks, measureScenes } from './parts/scenes.mjs';
import { measureShipping } from './parts/ship.mjs';

const parts = {
  scenes: measureScenes,
  processes: measureProcesses,
  latency: measureLatency,
  kills: measureKills,
  cut: measureCut,
  clocks: measureClocks,
  ship: measureShipping,
  approvals: measureApprovals,
  idle: measureIdle,
  healthy: measureHealthy,
  compare: measureCompare,
};

const { values: options } = parseArgs({
  options: {
    part: { type: 'string', multiple: true, default: Object.keys(parts) },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const unknown = options.part.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`there is no part ${unknown.join(', ')}; the parts are ${Object.keys(parts).join(', ')}`);
  process.exit(2);
}
if (options.quick && options.write) {
  console.error('figures of --quick are too few to be kept: leave out --write');
  process.exit(2);
}

const load = () => loadavg()[0].toFixed(1);
const results = join(import.meta.dirname, 'results');
if (options.write) mkdirSync(results, { recursive: true });

/** Runs one part with databases of its own: none inherits anything from the one before. Null if it cannot run here. */
const runPart = async (name) => {
  const databases = await startDatabases();
  if (databases === undefined) return null;
  const folder = mkdtempSync(join(tmpdir(), 'healflow-bench-'));
  try {
    return await parts[name](databases, { folder, isQuick: options.quick });
  } finally {
    await databases.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
};

for (const name of options.part) {
  const [loadBefore, began] = [load(), performance.now()];
  const measured = await runPart(name).catch((error) => {
    // The other parts are measured all the same.
    console.error(`\nFAILED, ${name}:`, error);
    process.exitCode = 1;
    return null;
  });
  if (measured === null) continue;
  const { what, tables, marks, skipped } = measured;
  if (skipped !== undefined) {
    console.error(`\nSKIPPED, ${name}: ${skipped}\n`);
    continue;
  }
  const took = Math.round((performance.now() - began) / 1_000);
  console.log(`\n=== ${name}: ${took} s, load average ${loadBefore} before and ${load()} after\n`);
  const isKept = `Load average ${loadBefore} before this part and ${load()} after it.`;
  report(join(results, `${name}.json`), { what: `${what} ${isKept}`, tables, marks });
}
