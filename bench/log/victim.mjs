// A writer that runs until it is killed. Arguments: memory folder, name. Adds a line to NAME.acks after each acknowledged event,
// and prints a dot after every tenth event.
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { event } from './event.mjs';
import { logTo } from './files.mjs';

const [memoryDir, name] = process.argv.slice(2);
const log = logTo(memoryDir);
const acks = openSync(join(memoryDir, `${name}.acks`), 'a');
for (let number = 0; ; number += 1) {
  const text = 'e'.repeat((number * 37) % 1_200);
  if (log.append({ ...event(number), tool: name, error: text })) writeSync(acks, `${number}\n`);
  if (number % 10 === 0) writeSync(1, '.');
}
