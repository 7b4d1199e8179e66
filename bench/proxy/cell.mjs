// Run as a process: `cell.mjs BYTES ROUNDS ALONE TOGETHER` prints what a client measures through each relay.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from './client.mjs';
import { relaysOf, serverOf } from './relays.mjs';
import { atOnce, timedInTurn } from './timed.mjs';

const [bytes, rounds, alone, together] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'healflow-bench-'));
const relays = relaysOf(folder, serverOf(bytes));
const clients = Object.fromEntries(
  Object.entries(relays).map(([name, argv]) => [name, new Client(argv, { cwd: folder })]),
);
try {
  for (const client of Object.values(clients)) await atOnce(() => client.call(), together / 2, 64);
  console.log(JSON.stringify(await timedInTurn(clients, rounds, { alone, together })));
} finally {
  await Promise.all(Object.values(clients).map((client) => client.close()));
  rmSync(folder, { recursive: true, force: true });
}
