// The cost of a call in the proxy as its tool list and the number of open calls grow: `growth.mjs TOOLS OPEN` prints the CPU time of
// a call in microseconds, of the proxy's process only.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from './client.mjs';
import { relaysOf, serverOf } from './relays.mjs';
import { atOnce } from './timed.mjs';

const [tools, open] = process.argv.slice(2).map(Number);
// After a long list the proxy takes longer to warm up.
const warmUp = 60_000;
const calls = 20_000;
const folder = mkdtempSync(join(tmpdir(), 'healflow-bench-'));
const client = new Client(relaysOf(folder, serverOf(1_024, tools)).healflow, { cwd: folder });

/** The CPU time of all threads of the proxy, in microseconds; Linux only. */
const cpuUs = () =>
  readdirSync(`/proc/${client.pid}/task`)
    .map((task) => Number(readFileSync(`/proc/${client.pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]))
    .reduce((sum, ns) => sum + ns / 1_000, 0);

try {
  await client.request({ jsonrpc: '2.0', id: 0, method: 'tools/list' });
  await atOnce(() => client.call(), warmUp, open);
  const before = cpuUs();
  await atOnce(() => client.call(), calls, open);
  console.log(JSON.stringify((cpuUs() - before) / calls));
} finally {
  await client.close();
  rmSync(folder, { recursive: true, force: true });
}
