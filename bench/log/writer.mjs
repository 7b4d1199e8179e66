// One writer. Arguments: memory folder, how many events, name. Says `ready`, waits for a line on standard input, writes,
// and tells as JSON when it began and ended. With a name it adds a line to NAME.acks after each event that was
// acknowledged, and writes for ever, a dot after every tenth event.
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../dist/src/clock.js';
import { createEventLog } from '../../dist/src/memory/index.js';
import { event } from './event.mjs';

const [memoryDir, count, name] = process.argv.slice(2);
const log = createEventLog({ memoryDir, clock: systemClock, redact: (text) => text, warn: console.error });

if (name === undefined) {
  console.log('ready');
  process.stdin.once('data', () => {
    const began = Date.now();
    for (let number = 0; number < Number(count); number += 1) {
      if (!log.append(event(number))) process.exit(1);
    }
    console.log(JSON.stringify({ began, ended: Date.now() }));
    process.exit(0);
  });
} else {
  const acks = openSync(join(memoryDir, `${name}.acks`), 'a');
  for (let number = 0; ; number += 1) {
    const text = 'e'.repeat((number * 37) % 1_200);
    if (log.append({ ...event(number), tool: name, error: text })) writeSync(acks, `${number}\n`);
    if (number % 10 === 0) writeSync(1, '.');
  }
}
