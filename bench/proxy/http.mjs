// The cost of a call over HTTP to a server on stdio through healflow's proxy, compared with mcp-proxy and supergateway.
// Run `npm run build && npm ci --ignore-scripts --prefix bench/proxy/peers` first.
//   node bench/proxy/http.mjs            prints the figures
//   node bench/proxy/http.mjs --write    and writes them to bench/proxy/http-results.json
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, rounded } from '../harness/numbers.mjs';
import { mark, report } from '../harness/report.mjs';
import { HttpClient } from './http-client.mjs';
import { proxyOf } from './relays.mjs';
import { atOnce, timedInTurn } from './timed.mjs';

const rounds = 7;
const calls = { alone: 600, together: 3_000 };
const firstPort = 18_830;

const folder = mkdtempSync(join(tmpdir(), 'healflow-bench-'));
const server = [process.execPath, join(import.meta.dirname, 'whole-server.mjs')];
const peer = (path) => join(import.meta.dirname, 'peers/node_modules', path);
const bridges = {
  healflow: (port) => proxyOf(folder, '--http', String(port), '--', ...server),
  'mcp-proxy': (port) => [
    ...[process.execPath, peer('mcp-proxy/dist/bin/mcp-proxy.mjs'), '--host', '127.0.0.1', '--port', String(port)],
    ...['--server', 'stream', '--', ...server],
  ],
  supergateway: (port) => [
    ...[process.execPath, peer('supergateway/dist/index.js'), '--stdio', server.join(' ')],
    ...['--outputTransport', 'streamableHttp', '--stateful', '--port', String(port), '--logLevel', 'none'],
  ],
};
const missing = Object.keys(bridges).filter((name) => !existsSync(bridges[name](0)[1]));

const clients = {};
let seen = {};
try {
  for (const [index, name] of Object.keys(bridges).entries()) {
    if (missing.includes(name)) continue;
    const port = firstPort + index;
    clients[name] = await HttpClient.start(bridges[name](port), port);
    await atOnce(() => clients[name].call(), 1_000, 64);
  }
  seen = await timedInTurn(clients, rounds, calls);
} finally {
  await Promise.all(Object.values(clients).map((client) => client.close()));
  rmSync(folder, { recursive: true, force: true });
}

const compared = (name, figure) => {
  const of = (bridge) => seen[bridge].map((round) => round[figure]);
  return rounded(median(of(name).map((value, round) => value / of('healflow')[round])));
};
const figure = (name, of) => rounded(median(seen[name].map((round) => round[of])));
const peers = Object.keys(seen).filter((name) => name !== 'healflow');
const notHere = missing.length === 0 ? '' : ` Not installed here: ${missing.join(', ')}.`;
if (notHere !== '') console.error(`${notHere.trim()} npm ci --ignore-scripts --prefix bench/proxy/peers`);
report(join(import.meta.dirname, 'http-results.json'), {
  what: `Healthy tools/call over HTTP to a server on stdio, responses of 1 KB, one session each; medians of ${rounds} rounds in turn.${notHere}`,
  tables: [
    {
      head: ['bridge', 'sequential: p50, us', 'calls per second', '64 open: calls per second'],
      rows: Object.keys(seen).map((name) => [
        name,
        figure(name, 'p50'),
        figure(name, 'alone'),
        figure(name, 'together'),
      ]),
    },
  ],
  marks: peers.flatMap((name) => [
    mark(`ratio of p50: ${name} to healflow`, compared(name, 'p50'), { atLeast: 1, unit: ' x' }),
    mark(`ratio of throughput at 64 open: ${name} to healflow`, compared(name, 'together'), { atMost: 1, unit: ' x' }),
  ]),
});
