// What a viewer costs the healing path, and whether memory stays flat. `npm run build` first.
//   node bench/inspect/run.mjs            prints the figures
//   node bench/inspect/run.mjs --write    and keeps them in bench/inspect/results.json
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createHealer } from '../../dist/src/index.js';
import { createInspector } from '../../dist/src/inspector/index.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const warmUps = 1_000;
const measured = 4_000;
const healings = 100_000;
const mostUs = 40;

const folder = mkdtempSync(join(tmpdir(), 'healflow-bench-'));
const env = { ...process.env, HEALFLOW_STATE_DIR: join(folder, 'state') };
const quantile = (numbers, share) => Math.round(numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length * share)]);

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

/** How long the caller waits for one healing, in us. */
const time = async (subject) => {
  // A real call lets the event loop turn, and thereby viewers be told of what was before.
  await nextTurn();
  const began = performance.now();
  await healOnce(subject);
  return (performance.now() - began) * 1_000;
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
  const seen = { unwatched: [], watched: [] };
  for (let round = 0; round < warmUps + measured; round += 1) {
    // In turn, so that neither gets what the other leaves behind more often.
    const subjects = { unwatched: plain, watched };
    const order = round % 2 === 0 ? ['unwatched', 'watched'] : ['watched', 'unwatched'];
    for (const name of order) {
      const us = await time(subjects[name]);
      if (round >= warmUps) seen[name].push(us);
    }
  }
  const of = (share) => Object.fromEntries(Object.keys(seen).map((name) => [name, quantile(seen[name], share)]));
  const [fastest, middle] = [of(0.1), of(0.5)];

  const memory = [];
  for (let done = 0; done <= healings; done += 10_000) {
    for (let count = 0; done > 0 && count < 10_000; count += 1) {
      if (count % 20 === 0) await nextTurn();
      await healOnce(watched);
    }
    globalThis.gc?.();
    await sleep(200);
    globalThis.gc?.();
    memory.push(Math.round(process.memoryUsage().heapUsed / 104_857.6) / 10);
  }
  viewer.stdin.end();
  await once(viewer, 'close');
  const results = {
    what: `one healing with a fix that takes no time, of ${measured} in turn with and without a viewer, which is a process of its own`,
    node: process.version,
    processor: `${cpus().length} x ${cpus()[0].model}`,
    healingUs: { median: middle, fastestTenth: fastest },
    viewerCostsUs: {
      median: middle.watched - middle.unwatched,
      fastestTenth: fastest.watched - fastest.unwatched,
      medianAtMost: mostUs,
    },
    viewerReadMiB: Math.round(Number(said.split('\n')[1]) / 1_048_576),
    heapMiB: { afterEvery: 10_000, healings, kept: 10_000, values: memory.join(' ') },
  };
  console.log(JSON.stringify(results, null, 2));
  if (process.argv.includes('--write')) writeFileSync(here('results.json'), `${JSON.stringify(results, null, 2)}\n`);
  // The ring is full after the first 10,000.
  const flat = quantile(memory.slice(-4), 0.5) <= 1.1 * quantile(memory.slice(2, 6), 0.5);
  process.exitCode = results.viewerCostsUs.median <= mostUs && flat ? 0 : 1;
} finally {
  viewer.kill();
  await plain.close();
  await watched.close();
  await inspector.close();
  rmSync(folder, { recursive: true, force: true });
}
