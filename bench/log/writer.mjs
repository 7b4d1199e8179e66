// One writer. Arguments: memory folder, number of events, JSON of the log's sizes. Prints `ready`, waits for a line on stdin,
// writes, and prints as JSON when it began and ended, and its CPU time, in ms.

import { event } from './event.mjs';
import { logTo } from './files.mjs';

const [memoryDir, count, sizes = '{}'] = process.argv.slice(2);
const log = logTo(memoryDir, JSON.parse(sizes));
// So that the first event costs no more than the others.
logTo(`${memoryDir}-${process.pid}`).append(event(0));

console.log('ready');
process.stdin.once('data', () => {
  const before = process.cpuUsage();
  const began = Date.now();
  for (let number = 0; number < Number(count); number += 1) {
    if (!log.append(event(number))) process.exit(1);
  }
  const ended = Date.now();
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ began, ended, cpuMs: (user + system) / 1_000 }));
  process.exit(0);
});
