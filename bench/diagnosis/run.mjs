// What a diagnosis costs: `npm run build && npm run bench:diagnosis`. The first diagnosis of a process loads the patterns and is
// measured in a process of its own, in processor time.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { bench, group, run, summary } from 'mitata';
import { createDiagnoser, outputOf } from '../../dist/src/diagnosis/index.js';

const diagnoser = createDiagnoser({ redact: (text) => text });
const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), {
  code: 'ECONNREFUSED',
  syscall: 'connect',
});
const outputs = readFileSync(new URL('../../test/diagnosis/outputs.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line))
  .map(({ tool, channel, text }) => outputOf(tool, channel, text));
const page = { content: [{ type: 'text', text: 'all is well\n'.repeat(90_000) }] };
/** Healthy texts of the usual shapes. */
const fill = (line, size) => line.repeat(Math.ceil(size / line.length)).slice(0, size);
const shapes = {
  'a table': (size) =>
    `NAME                 READY   STATUS    RESTARTS   AGE\n${fill('web-6b7f9c-x2x       1/1     Running   0          2d\n', size)}`,
  'a log': (size) => fill('2026-11-24T00:26:12.000Z INFO  GET /v1/cart 200 12ms\n', size),
  prose: (size) => fill('This library wraps a small client for the shop services. It keeps one pool per host. ', size),
  JSON: (size) =>
    JSON.stringify({
      items: Array.from({ length: size / 80 }, (_, id) => ({ id, labels: { app: 'shop' }, replicas: 3 })),
    }),
};
const first = (script) =>
  Number(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
    }),
  );
const firstDiagnosis = (error) => `
  import { createDiagnoser } from '../../dist/src/diagnosis/index.js';
  const diagnoser = createDiagnoser({ redact: (text) => text });
  const before = process.cpuUsage();
  diagnoser.diagnose({ tool: 'tool', channel: 'exception', error: ${error} });
  const { user, system } = process.cpuUsage(before);
  console.log((user + system) / 1000);`;
for (const [name, error] of [
  ['with a code', "Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' })"],
  ['with words only', "new Error('You must be logged in to the server')"],
]) {
  const goes = Array.from({ length: 5 }, () => first(firstDiagnosis(error))).sort((a, b) => a - b);
  console.log(`the first diagnosis of an error ${name}: ${goes[2]?.toFixed(1)} ms of processor time (median of 5)`);
}

const pods = { content: [{ type: 'text', text: '42 pods' }] };

group('the gate for healthy values', () => {
  summary(() => {
    bench('a number', () => diagnoser.looksHealthy(1)).baseline();
    bench('a short text', () => diagnoser.looksHealthy('42 pods'));
    bench('a tool result', () => diagnoser.looksHealthy(pods));
    bench('a tool result of 1 MB', () => diagnoser.looksHealthy(page));
    for (const [name, shape] of Object.entries(shapes)) {
      for (const size of [1_000, 10_000]) {
        const value = { content: [{ type: 'text', text: shape(size) }] };
        bench(`${name} of ${size / 1_000} KB`, () => diagnoser.looksHealthy(value));
      }
    }
  });
});

group('a diagnosis', () => {
  summary(() => {
    bench('an error with a code', () =>
      diagnoser.diagnose({ tool: 'tool', channel: 'exception', error: refused }),
    ).baseline();
    let next = 0;
    bench('one of the scored outputs', () => {
      next = (next + 1) % outputs.length;
      return diagnoser.diagnose(outputs[next]);
    });
  });
});

await run();
