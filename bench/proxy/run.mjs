// What healflow's proxy costs a healthy call, against a relay that only passes bytes on. `npm run build` first.
//   node bench/proxy/run.mjs            prints the figures
//   node bench/proxy/run.mjs --write    and keeps them in bench/proxy/results.json
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from './client.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const rounds = 9;
const calls = { warmUp: 2_000, oneByOne: 3_000, atOnce: 20_000 };
const open = 64;

const server = [process.execPath, here('server.mjs')];
const folder = mkdtempSync(join(tmpdir(), 'healflow-bench-'));
const config = join(folder, 'healflow.yaml');
writeFileSync(config, '{}\n');
const proxy = [here('../../dist/src/cli/main.js'), 'proxy', '--config', config, '--memory', join(folder, 'memory')];
const relays = {
  bytePipe: [process.execPath, here('byte-pipe.mjs'), ...server],
  healflow: [process.execPath, ...proxy, '--', ...server],
};

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

const clients = Object.fromEntries(Object.entries(relays).map(([name, argv]) => [name, new Client(argv)]));
const seen = Object.fromEntries(Object.keys(relays).map((name) => [name, { p50Us: [], callsPerSecond: [] }]));
try {
  for (const client of Object.values(clients)) {
    await client.atOnce(calls.warmUp, open);
    await client.oneByOne(calls.warmUp);
  }
  // The relays take turns, so that what else the machine does meets both alike.
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, client] of Object.entries(clients)) {
      seen[name].p50Us.push(median(await client.oneByOne(calls.oneByOne)));
      seen[name].callsPerSecond.push(await client.atOnce(calls.atOnce, open));
    }
  }
} finally {
  await Promise.all(Object.values(clients).map((client) => client.close()));
  rmSync(folder, { recursive: true, force: true });
}

const ratios = (key) => seen.healflow[key].map((value, round) => value / seen.bytePipe[key][round]);
const round = (value, digits = 2) => Number(value.toFixed(digits));
const results = {
  what: `healthy tools/call over stdio, answers of 1 KB; medians of ${rounds} rounds in turn`,
  node: process.version,
  processor: `${cpus().length} x ${cpus()[0].model}`,
  p50: {
    bytePipeUs: round(median(seen.bytePipe.p50Us), 1),
    healflowUs: round(median(seen.healflow.p50Us), 1),
    ratio: round(median(ratios('p50Us'))),
    atMost: 1.15,
  },
  throughput: {
    open,
    bytePipePerSecond: round(median(seen.bytePipe.callsPerSecond), 0),
    healflowPerSecond: round(median(seen.healflow.callsPerSecond), 0),
    ratio: round(median(ratios('callsPerSecond'))),
    atLeast: 0.8,
  },
};
console.log(JSON.stringify(results, null, 2));
if (process.argv.includes('--write')) {
  writeFileSync(here('results.json'), `${JSON.stringify(results, null, 2)}\n`);
}
process.exitCode = results.p50.ratio <= 1.15 && results.throughput.ratio >= 0.8 ? 0 : 1;
