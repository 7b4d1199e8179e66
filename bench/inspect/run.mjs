// What a viewer costs the healing path, and whether memory stays flat. `npm run build` first.
//   node bench/inspect/run.mjs            prints the figures
//   node bench/inspect/run.mjs --write    and keeps them in bench/inspect/results.json
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createHealer } from '../../dist/src/index.js';
import { createInspector } from '../../dist/src/inspector/index.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const rounds = 15;
const perRound = 400;
const healings = 100_000;
const mostUs = 40;

const folder = mkdtempSync(join(tmpdir(), 'healflow-bench-'));
const env = { ...process.env, HEALFLOW_STATE_DIR: join(folder, 'state') };
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

// A fix that takes no time, and a log that goes nowhere far: what is measured is the way between.
const healer = (name, inspect) =>
  createHealer({
    config: { breaker: { failures: 1_000_000 } },
    memoryDir: join(folder, name),
    env,
    inspect,
    fixes: { kube_login: { run: () => undefined, cooldownMs: 0, budget: { runs: 1_000, windowMs: 1 } } },
  });

const error = new Error('error: You must be logged in to the server (Unauthorized)');
const healOnce = async (subject) => {
  let calls = 0;
  const { status } = await subject.runOutcome('k8s_get_pods', () => {
    calls += 1;
    if (calls === 1) throw error;
    return 'pods';
  });
  if (status !== 'healed') throw new Error(`the run ended as ${status}`);
};

/** The time of one healing, in us. */
const time = async (subject, count) => {
  const began = performance.now();
  for (let done = 0; done < count; done += 1) await healOnce(subject);
  return ((performance.now() - began) / count) * 1_000;
};

const inspector = await createInspector({ title: 'bench' });
const plain = await healer('plain', undefined);
const watched = await healer('watched', inspector);
const viewer = spawn(process.execPath, [here('viewer.mjs'), inspector.url], {
  stdio: ['pipe', 'pipe', 'inherit'],
  env,
});
let said = '';
viewer.stdout.setEncoding('utf8').on('data', (text) => {
  said += text;
});
try {
  while (!said.startsWith('open')) await once(viewer.stdout, 'data');
  await time(plain, perRound);
  await time(watched, perRound);
  const seen = { plain: [], watched: [] };
  for (let round = 0; round < rounds; round += 1) {
    seen.plain.push(await time(plain, perRound));
    seen.watched.push(await time(watched, perRound));
    await sleep(50);
  }
  const costs = seen.watched.map((us, round) => us - seen.plain[round]);

  const memory = [];
  for (let done = 0; done <= healings; done += 10_000) {
    for (let part = 0; done > 0 && part < 10; part += 1) {
      await time(watched, 1_000);
      await sleep(30); // the turn in which the viewer is told
    }
    globalThis.gc?.();
    await sleep(100);
    globalThis.gc?.();
    memory.push(Math.round(process.memoryUsage().heapUsed / 104_857.6) / 10);
  }
  viewer.stdin.end();
  await once(viewer, 'close');
  const results = {
    what: `one healing with a fix that takes no time, medians of ${rounds} rounds of ${perRound} in turn; the viewer is a process of its own`,
    node: process.version,
    processor: `${cpus().length} x ${cpus()[0].model}`,
    healingUs: { unwatched: Math.round(median(seen.plain)), watched: Math.round(median(seen.watched)) },
    viewerCostsUs: { median: Math.round(median(costs)), atMost: mostUs },
    viewerReadMiB: Math.round(Number(said.split('\n')[1]) / 1_048_576),
    heapMiB: { afterEvery: 10_000, healings, kept: 10_000, values: memory },
  };
  console.log(JSON.stringify(results, null, 2));
  if (process.argv.includes('--write')) writeFileSync(here('results.json'), `${JSON.stringify(results, null, 2)}\n`);
  // The ring is full after the first 10,000.
  const flat = Math.max(...memory.slice(2)) <= 1.1 * memory[2];
  process.exitCode = results.viewerCostsUs.median <= mostUs && flat ? 0 : 1;
} finally {
  viewer.kill();
  await plain.close();
  await watched.close();
  await inspector.close();
  rmSync(folder, { recursive: true, force: true });
}
