// A process of a machine of the fleet: calls a tool that wants a fresh token, and heals, each time a line comes on its standard
// input. Arguments, as JSON: the folder of the token, the configuration of healflow, and what its calls may take.
// Prints one line of JSON for each call, and one when it is ready. The end of its standard input ends it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createHealer } from '../../../dist/src/index.js';

const { folder, cwd, config } = JSON.parse(process.argv[2]);
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
const healer = await createHealer({ cwd, config });
say({ ready: true });
for await (const _ of createInterface({ input: process.stdin })) {
  const began = performance.now();
  const { status, attempts, refusal, fixes } = await healer.runOutcome('tool', async () => {
    if (readFileSync(join(folder, 'token'), 'utf8').trim() !== 'fresh') throw new Error('401 Unauthorized');
    return 'fine';
  });
  say({ status, attempts, code: refusal?.code ?? null, reason: refusal?.reason, fixes, ms: performance.now() - began });
}
await healer.close();
