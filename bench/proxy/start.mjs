// How long the proxy takes to start, and how much memory it uses while idle. Run `npm run build` first.
//   node bench/proxy/start.mjs            prints the figures
//   node bench/proxy/start.mjs --write    and writes them to bench/proxy/start.json
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inTurn } from '../harness/in-turn.mjs';
import { median, rounded } from '../harness/numbers.mjs';
import { mark, report } from '../harness/report.mjs';
import { firstResponseMs, restingMib } from './measured.mjs';
import { proxyOf, relaysOf, serverOf } from './relays.mjs';

const rounds = 21;
const memoryRounds = 3;
const idleMs = 3_000;

const folder = mkdtempSync(join(tmpdir(), 'healflow-bench-'));
const config = join(folder, 'configured.yaml');
writeFileSync(config, 'fixes:\n  kube_login:\n    command: [kube, login]\n');

const server = serverOf(1_024);
// Responds at once, so that what remains is the start of the relay. It has to exit with its input.
const instant = ['sh', '-c', `read -r line; printf '{"jsonrpc":"2.0","id":1,"result":{}}\\n'; cat >/dev/null`];
const { pipe, healflow } = relaysOf(folder, server);
const programs = {
  'an empty Node': [process.execPath, join(import.meta.dirname, 'answers.mjs')],
  'the bare server': server,
  'a byte pipe, and the server behind it': pipe,
  'the proxy, and the server behind it': healflow,
  'the proxy with a configuration file, and the server behind it': proxyOf(folder, '--config', config, '--', ...server),
  'a byte pipe in front of a shell script': relaysOf(folder, instant).pipe,
  'the proxy in front of a shell script': relaysOf(folder, instant).healflow,
};

try {
  // The first round fills the disk caches.
  const warmed = { warmUps: 1 };
  const times = await inTurn(programs, rounds, (argv) => firstResponseMs(argv, folder), warmed);
  const over = (name, ...others) =>
    rounded(median(times[name].map((ms, round) => ms - others.reduce((sum, other) => sum + times[other][round], 0))));
  const idle = ['an empty Node', 'a byte pipe, and the server behind it', 'the proxy, and the server behind it'];
  const linux = process.platform === 'linux';
  const resting = linux ? Object.fromEntries(idle.map((name) => [name, programs[name]])) : {};
  const memory = (calls) =>
    inTurn(resting, memoryRounds, (argv) => restingMib(argv, folder, { calls, idleMs }), warmed);
  const [atFirst, afterCalls] = [await memory(0), await memory(10_000)];
  const [empty, , proxy] = idle;
  const ratio = (seen) => rounded(median(seen[proxy]) / median(seen[empty]));

  report(join(import.meta.dirname, 'start.json'), {
    what: `From the spawn to the first response, medians of ${rounds} rounds in turn; resident memory after ${idleMs / 1_000} s idle, medians of ${memoryRounds}.`,
    tables: [
      {
        title: 'Start-up, in ms',
        head: ['', 'first response', 'minus the bare server', 'minus an empty Node'],
        rows: Object.keys(programs).map((name) => [
          name,
          rounded(median(times[name])),
          over(name, 'the bare server'),
          over(name, empty),
        ]),
      },
      {
        title: 'Resident memory of that process alone, in MiB',
        head: ['', 'idle', 'after 10,000 calls'],
        rows: linux
          ? idle.map((name) => [name, rounded(median(atFirst[name])), rounded(median(afterCalls[name]))])
          : [],
      },
    ],
    marks: [
      mark('first response through the proxy, minus the bare server', over(idle[2], 'the bare server'), {
        atMost: 80,
        unit: ' ms',
      }),
      mark(
        'first response through the proxy, minus the bare server and an empty Node',
        over(idle[2], 'the bare server', empty),
        { atMost: 80, unit: ' ms' },
      ),
      ...(linux ? [mark('ratio of idle memory to an empty Node', ratio(atFirst), { atMost: 1.5, unit: ' x' })] : []),
    ],
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
