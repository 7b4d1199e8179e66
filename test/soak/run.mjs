// A day's worth of calls in fast motion: `npm run build && npm run soak`. Calls a server through the real proxy, kills the
// server again and again meanwhile, and judges whether the proxy's memory stays flat and whether every call was answered well.
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
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
/** Growth that is taken for noise: from the second quarter of the run to its last. */
const noise = { heapUsed: 2_000_000, rss: 12_000_000 };

const loadBefore = loadavg()[0];
const begin = performance.now();
const session = new Session();
await session.connect();

let done = 0;
let failed = 0;
const kinds = { read: 0, progress: 0, stumble: 0, cancelled: 0 };
const call = async (number) => {
  const key = String(number);
  if (number % 1_000 === 7) {
    kinds.cancelled += 1;
    session.requestInVain('tools/call', { name: 'never', arguments: { key } });
  }
  const name = number % 5_000 === 11 ? 'stumble' : 'read';
  const withProgress = number % 10 === 3;
  kinds[name === 'stumble' ? name : withProgress ? 'progress' : name] += 1;
  const meta = withProgress ? { _meta: { progressToken: number } } : {};
  const { result } = await session.request('tools/call', { name, arguments: { key }, ...meta });
  if (result === undefined || result.isError) failed += 1;
};

const dead = new Set();
let killed = 0;
const killAt = (number) => Math.floor((number * calls) / (restarts + 1));
const kill = () => {
  const pid = session.serverPids.at(-1);
  // The one that follows may not have begun yet, and the number of a dead one may be another's by now.
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
const judged = [
  ['every call was answered well', failed === 0, `${failed} were not`],
  ['every answer had a call', session.strays === 0, `${session.strays} had none`],
  ['the server was killed as often as planned', killed === restarts, `${killed} times`],
  ...['heapUsed', 'rss'].map((what) => [
    `${what} is flat`,
    growth(what) < noise[what],
    `${(growth(what) / 1e6).toFixed(2)} MB more in the last quarter than in the second; up to ${noise[what] / 1e6} MB is noise`,
  ]),
];
const ok = judged.every(([, holds]) => holds);

if (values.json) {
  console.log(JSON.stringify({ ok, seconds, kinds, heard: session.heard, judged, memory }));
} else {
  const mb = (bytes) => (bytes / 1e6).toFixed(1);
  const lines = [
    '# A day of calls in fast motion',
    '',
    `\`npm run build && npm run soak\` on ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${process.platform}, Node ${process.version};`,
    `${loadBefore.toFixed(1)} processes wanted a core when it began.`,
    '',
    `${calls.toLocaleString('en')} calls by ${callers} callers and ${killed.toLocaleString('en')} restarts of a server that was killed with SIGKILL, in ${Math.round(seconds)} s: ` +
      `${kinds.progress.toLocaleString('en')} with progress, ${kinds.stumble.toLocaleString('en')} that fail at first and are healed; ` +
      `${kinds.cancelled.toLocaleString('en')} more were taken back. After each restart the tools differ: ` +
      `${(session.heard['notifications/tools/list_changed'] ?? 0).toLocaleString('en')} times the client was told so and asked for them.`,
    '',
    '| must hold |  |  |',
    '| --- | --- | --- |',
    ...judged.map(([what, holds, facts]) => `| ${what} | ${holds ? 'yes' : '**no**'} | ${facts} |`),
    '',
    'What the proxy holds once its garbage is gone, in MB:',
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
