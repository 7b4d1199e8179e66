// Soak test: `npm run build && npm run soak`. Calls a server through the real proxy, kills the server repeatedly, and checks that
// the proxy's memory stays flat and that every call succeeds.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { machineText } from '../../bench/harness/machine.mjs';
import { median } from '../../bench/harness/numbers.mjs';
import { Session } from './session.mjs';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '1000000' },
    restarts: { type: 'string', default: '1000' },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const calls = Number(values.calls);
const restarts = Number(values.restarts);
const callers = 64;
const samples = 20;
/** Growth from the second quarter of the run to the last that counts as noise. */
const noise = { heapUsed: 2_000_000, rss: 12_000_000 };

const begin = performance.now();
const session = new Session();
await session.connect();

let done = 0;
let failed = 0;
const kinds = { read: 0, progress: 0, fail_once: 0, cancelled: 0 };
const call = async (number) => {
  const key = String(number);
  if (number % 1_000 === 7) {
    kinds.cancelled += 1;
    session.requestAndCancel('tools/call', { name: 'never', arguments: { key } });
  }
  const name = number % 5_000 === 11 ? 'fail_once' : 'read';
  const withProgress = number % 10 === 3;
  kinds[name === 'fail_once' ? name : withProgress ? 'progress' : name] += 1;
  const meta = withProgress ? { _meta: { progressToken: number } } : {};
  const { result } = await session.request('tools/call', { name, arguments: { key }, ...meta });
  if (result === undefined || result.isError) failed += 1;
};

const dead = new Set();
let killed = 0;
const killAt = (number) => Math.floor((number * calls) / (restarts + 1));
const kill = () => {
  const pid = session.serverPids.at(-1);
  // The next server may not have started yet, and the id of a dead one may belong to another process by now.
  if (dead.has(pid)) return;
  process.kill(pid, 'SIGKILL');
  dead.add(pid);
  killed += 1;
};

const memory = [];
const work = async (until) => {
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (done < until) {
        done += 1;
        if (killed < restarts && done >= killAt(killed + 1)) kill();
        await call(done);
      }
    }),
  );
};
for (let sample = 1; sample <= samples; sample += 1) {
  await work(Math.floor((calls * sample) / samples));
  memory.push({ calls: done, killed, ...(await session.memory()) });
  if (!values.json) process.stderr.write(`${done} calls, ${killed} restarts\r`);
}
const seconds = (performance.now() - begin) / 1_000;
await session.end();

const quarter = (number, what) =>
  median(memory.slice((number * samples) / 4, ((number + 1) * samples) / 4).map((each) => each[what]));
const growth = (what) => quarter(3, what) - quarter(1, what);
const checks = [
  ['every call succeeded', failed === 0, `${failed} did not`],
  ['every response belongs to a request', session.strays === 0, `${session.strays} do not`],
  ['the server was killed as planned', killed === restarts, `${killed} times`],
  ...['heapUsed', 'rss'].map((what) => [
    `${what} is flat`,
    growth(what) < noise[what],
    `${(growth(what) / 1e6).toFixed(2)} MB more in the last quarter than in the second; up to ${noise[what] / 1e6} MB is noise`,
  ]),
];
const ok = checks.every(([, holds]) => holds);

if (values.json) {
  console.log(JSON.stringify({ ok, seconds, kinds, received: session.received, checks, memory }));
} else {
  const mb = (bytes) => (bytes / 1e6).toFixed(1);
  const lines = [
    '# Soak test',
    '',
    `\`npm run build && npm run soak\` on ${machineText()}.`,
    '',
    `${calls.toLocaleString('en')} calls by ${callers} callers and ${killed.toLocaleString('en')} restarts of a server that was killed with SIGKILL, in ${Math.round(seconds)} s: ` +
      `${kinds.progress.toLocaleString('en')} with progress, ${kinds.fail_once.toLocaleString('en')} that fail at first and are healed; ` +
      `${kinds.cancelled.toLocaleString('en')} more were cancelled. The tools differ after each restart: ` +
      `${(session.received['notifications/tools/list_changed'] ?? 0).toLocaleString('en')} times the client received a notification and listed them again.`,
    '',
    '| requirement |  |  |',
    '| --- | --- | --- |',
    ...checks.map(([what, holds, facts]) => `| ${what} | ${holds ? 'yes' : '**no**'} | ${facts} |`),
    '',
    'Memory of the proxy after a garbage collection, in MB:',
    '',
    '| calls | restarts | heapUsed | external | rss |',
    '| --- | --- | --- | --- | --- |',
    ...memory.map(
      (each) =>
        `| ${each.calls.toLocaleString('en')} | ${each.killed.toLocaleString('en')} | ${mb(each.heapUsed)} | ${mb(each.external)} | ${mb(each.rss)} |`,
    ),
    '',
  ];
  console.log(lines.join('\n'));
  if (values.write) writeFileSync(new URL('result.md', import.meta.url), lines.join('\n'));
}
process.exitCode = ok ? 0 : 1;
