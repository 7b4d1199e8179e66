// What a call over HTTP to a server on stdio costs through healflow's proxy, beside mcp-proxy and supergateway.
// `npm run build && npm ci --ignore-scripts --prefix bench/heal/peers` first.
//   node bench/proxy/http.mjs            prints the figures
//   node bench/proxy/http.mjs --write    and keeps them in bench/proxy/http-results.json
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HttpClient } from './http-client.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const rounds = 7;
const calls = { warmUp: 1_000, oneByOne: 600, atOnce: 3_000 };
const open = 64;
const firstPort = 18_830;

const folder = mkdtempSync(join(tmpdir(), 'healflow-bench-'));
const config = join(folder, 'healflow.yaml');
writeFileSync(config, '{}\n');
const server = [process.execPath, here('whole-server.mjs')];
const peer = (path) => here(`../heal/peers/node_modules/${path}`);
const bridges = {
  healflow: (port) => [
    ...[here('../../dist/src/cli/main.js'), 'proxy', '--config', config, '--memory', join(folder, 'memory')],
    ...['--http', String(port), '--', ...server],
  ],
  'mcp-proxy': (port) => [
    ...[peer('mcp-proxy/dist/bin/mcp-proxy.mjs'), '--host', '127.0.0.1', '--port', String(port)],
    ...['--server', 'stream', '--', ...server],
  ],
  supergateway: (port) => [
    ...[peer('supergateway/dist/index.js'), '--stdio', server.join(' '), '--outputTransport', 'streamableHttp'],
    ...['--stateful', '--port', String(port), '--logLevel', 'none'],
  ],
};

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const round = (value, digits = 2) => Number(value.toFixed(digits));

const clients = {};
const seen = {};
try {
  for (const [index, [name, argv]] of Object.entries(bridges).entries()) {
    const [program] = argv(0);
    if (!existsSync(program))
      throw new Error(`${name} is not installed: npm ci --ignore-scripts --prefix bench/heal/peers`);
    clients[name] = await HttpClient.start([process.execPath, ...argv(firstPort + index)], firstPort + index);
    seen[name] = { p50Us: [], callsPerSecond: [] };
    await clients[name].atOnce(calls.warmUp, open);
  }
  for (let turn = 0; turn < rounds; turn += 1) {
    for (const [name, client] of Object.entries(clients)) {
      seen[name].p50Us.push(median(await client.oneByOne(calls.oneByOne)));
      seen[name].callsPerSecond.push(await client.atOnce(calls.atOnce, open));
    }
  }
} finally {
  await Promise.all(Object.values(clients).map((client) => client.close()));
  rmSync(folder, { recursive: true, force: true });
}

const results = {
  what: `healthy tools/call over HTTP to a server on stdio, answers of 1 KB; medians of ${rounds} rounds in turn`,
  node: process.version,
  processor: `${cpus().length} x ${cpus()[0].model}`,
  open,
  bridges: Object.fromEntries(
    Object.entries(seen).map(([name, { p50Us, callsPerSecond }]) => [
      name,
      { p50Us: round(median(p50Us), 0), callsPerSecond: round(median(callsPerSecond), 0) },
    ]),
  ),
};
console.log(JSON.stringify(results, null, 2));
if (process.argv.includes('--write')) writeFileSync(here('http-results.json'), `${JSON.stringify(results, null, 2)}\n`);
const { healflow, ...others } = results.bridges;
const isFastest = Object.values(others).every(
  (other) => healflow.p50Us <= other.p50Us && healflow.callsPerSecond >= other.callsPerSecond,
);
process.exitCode = isFastest ? 0 : 1;
