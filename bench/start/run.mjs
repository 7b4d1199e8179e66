// How long the proxy takes to start, and how much memory it holds while nothing happens. `npm run build` first.
//   node bench/start/run.mjs            prints the figures
//   node bench/start/run.mjs --write    and keeps them in bench/start/results.json
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const rounds = 15;
const idleMs = 3_000;

const folder = mkdtempSync(join(tmpdir(), 'healflow-bench-'));
const config = join(folder, 'configured.yaml');
writeFileSync(config, 'fixes:\n  kube_login:\n    command: [kube, login]\n');

const server = [here('../proxy/server.mjs')];
const main = here('../../dist/src/cli/main.js');
const memory = ['--memory', join(folder, 'memory')];
const programs = {
  'the bare server': server,
  'the proxy': [main, 'proxy', ...memory, '--', process.execPath, ...server],
  'the proxy with a configuration file': [
    main,
    'proxy',
    '--config',
    config,
    ...memory,
    '--',
    process.execPath,
    ...server,
  ],
};

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const begin = (args) => spawn(process.execPath, args, { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
const end = async (child) => {
  child.stdin.end();
  await once(child, 'close');
};

/** The time from the spawn to the first answer, in ms. */
const startUp = async (args) => {
  const began = performance.now();
  const child = begin(args);
  child.stdin.write('{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
  await once(child.stdout, 'data');
  const tookMs = performance.now() - began;
  await end(child);
  return tookMs;
};

/** The resident memory of a process that has had time to come to rest, in KiB; only Linux tells. */
const idleKib = async (args) => {
  const child = begin(args);
  if (args.length > 1) {
    child.stdin.write('{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
    await once(child.stdout, 'data');
  }
  await sleep(idleMs);
  const [, kib] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
  await end(child);
  return Number(kib);
};

const seen = Object.fromEntries(Object.keys(programs).map((name) => [name, []]));
try {
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, args] of Object.entries(programs)) {
      const ms = await startUp(args);
      if (round > 0) seen[name].push(ms); // the first round fills the caches of the disk
    }
  }
  const over = (name) => median(seen[name].map((ms, round) => ms - seen['the bare server'][round]));
  const emptyProgram = join(folder, 'empty.mjs');
  writeFileSync(emptyProgram, 'process.stdin.resume();\n');
  const linux = process.platform === 'linux';
  const memoryOf = async (args) =>
    linux ? median([await idleKib(args), await idleKib(args), await idleKib(args)]) : null;
  const [emptyKib, proxyKib] = [await memoryOf([emptyProgram]), await memoryOf(programs['the proxy'])];
  const results = {
    what: `from the spawn to the first answer, medians of ${rounds} rounds in turn; memory after ${idleMs} ms of rest`,
    node: process.version,
    processor: `${cpus().length} x ${cpus()[0].model}`,
    firstAnswerMs: Object.fromEntries(Object.entries(seen).map(([name, ms]) => [name, Math.round(median(ms))])),
    overTheBareServerMs: {
      'the proxy': Math.round(over('the proxy')),
      'the proxy with a configuration file': Math.round(over('the proxy with a configuration file')),
      atMost: 80,
    },
    idleMemoryMiB: linux && {
      'an empty Node process': Math.round(emptyKib / 102.4) / 10,
      'the proxy': Math.round(proxyKib / 102.4) / 10,
      ratio: Math.round((100 * proxyKib) / emptyKib) / 100,
      atMost: 1.5,
    },
  };
  console.log(JSON.stringify(results, null, 2));
  if (process.argv.includes('--write')) writeFileSync(here('results.json'), `${JSON.stringify(results, null, 2)}\n`);
  const isFast = results.overTheBareServerMs['the proxy'] <= results.overTheBareServerMs.atMost;
  process.exitCode = isFast && (!linux || results.idleMemoryMiB.ratio <= results.idleMemoryMiB.atMost) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
