// The cost of a viewer for the healing path, and whether memory stays flat. Run `npm run build` first.
//   node bench/inspector/viewers.mjs            prints the figures
//   node bench/inspector/viewers.mjs --write    and writes them to bench/inspector/viewers.json
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createInspector } from '../../dist/src/inspector/index.js';
import { heal, healerIn } from '../calls/subjects.mjs';
import { median, quantile, rounded } from '../harness/numbers.mjs';
import { mark, report } from '../harness/report.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const warmUps = 1_000;
const measured = 4_000;
const healings = 100_000;
const maxUs = 40;

const folder = mkdtempSync(join(tmpdir(), 'healflow-bench-'));
const env = { ...process.env, HEALFLOW_STATE_DIR: join(folder, 'state') };

/** How long the caller waits for one healing, in us. */
const time = async (subject) => {
  // A real call lets the event loop turn, so that viewers receive earlier events.
  await nextTurn();
  const began = performance.now();
  await heal(subject);
  return (performance.now() - began) * 1_000;
};

const inspector = await createInspector({ title: 'bench' });
const plain = await healerIn(join(folder, 'plain'), { env });
const watched = await healerIn(join(folder, 'watched'), { env, inspect: inspector });
const viewer = spawn(process.execPath, [here('viewer.mjs'), inspector.url], {
  stdio: ['pipe', 'pipe', 'inherit'],
  env,
});
let output = '';
viewer.stdout.setEncoding('utf8').on('data', (text) => {
  output += text;
});
try {
  while (!output.startsWith('open')) await once(viewer.stdout, 'data');
  const seen = { unwatched: [], watched: [] };
  for (let round = 0; round < warmUps + measured; round += 1) {
    // In turn, so that both are equally affected by the garbage of the other.
    const subjects = { unwatched: plain, watched };
    const order = round % 2 === 0 ? ['unwatched', 'watched'] : ['watched', 'unwatched'];
    for (const name of order) {
      const us = await time(subjects[name]);
      if (round >= warmUps) seen[name].push(us);
    }
  }
  const memory = [];
  for (let done = 0; done <= healings; done += 10_000) {
    for (let count = 0; done > 0 && count < 10_000; count += 1) {
      if (count % 20 === 0) await nextTurn();
      await heal(watched);
    }
    globalThis.gc?.();
    await sleep(200);
    globalThis.gc?.();
    memory.push(Math.round(process.memoryUsage().heapUsed / 104_857.6) / 10);
  }
  viewer.stdin.end();
  await once(viewer, 'close');
  const us = (name, share) => rounded(quantile(seen[name], share));
  const costs = (share) => rounded(quantile(seen.watched, share) - quantile(seen.unwatched, share));
  // The buffer is full after the first 10,000.
  const growth = median(memory.slice(-4)) / median(memory.slice(2, 6));
  report(here('viewers.json'), {
    what: `One healing with a fix that takes no time, ${measured} in turn with and without a viewer, which is a separate process and read ${Math.round(Number(output.split('\n')[1]) / 1_048_576)} MiB; then the heap over ${healings} healings, of which 10,000 are kept.`,
    tables: [
      {
        title: 'What the caller waits for',
        head: ['', 'unwatched', 'watched', 'difference'],
        rows: [
          ['median', 0.5],
          ['the fastest tenth', 0.1],
        ].map(([title, share]) => [
          title,
          `${us('unwatched', share)} us`,
          `${us('watched', share)} us`,
          `${costs(share)} us`,
        ]),
      },
      {
        title: 'The heap',
        head: ['healings', 'MiB'],
        rows: memory.map((mebibytes, index) => [(index * 10_000).toLocaleString('en-US'), String(mebibytes)]),
      },
    ],
    marks: [
      mark('cost of a viewer for a healing, median', costs(0.5), { atMost: maxUs, unit: ' us' }),
      mark('ratio of the heap at the end to the heap when the buffer was full', rounded(growth), {
        atMost: 1.1,
        unit: ' x',
      }),
    ],
  });
} finally {
  viewer.kill();
  await plain.close();
  await watched.close();
  await inspector.close();
  rmSync(folder, { recursive: true, force: true });
}
