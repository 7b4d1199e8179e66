// What a diagnosis costs: `npm run build && node bench/diagnosis/run.mjs`. The first diagnosis loads the patterns and is not counted.
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
const pods = { content: [{ type: 'text', text: '42 pods' }] };

group('the gate for healthy values', () => {
  summary(() => {
    bench('a number', () => diagnoser.looksHealthy(1)).baseline();
    bench('a short text', () => diagnoser.looksHealthy('42 pods'));
    bench('a tool result', () => diagnoser.looksHealthy(pods));
    bench('a tool result of 1 MB', () => diagnoser.looksHealthy(page));
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
