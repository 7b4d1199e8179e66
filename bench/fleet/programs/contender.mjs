// What member.mjs is for healflow: a process that calls a tool that wants a fresh token, and has a fix run if that fails.
// Arguments, as JSON: the contender, the folder of the token, the name of the fix, its command, the URL of its server.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const { contender, folder, name, command, url } = JSON.parse(process.argv[2]);
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
const { createFix } = await import(`../contenders/${contender}.mjs`);
const [program, ...argv] = command;
const heal = await createFix({ url, name, run: () => promisify(execFile)(program, argv) });
const call = () => {
  if (readFileSync(join(folder, 'token'), 'utf8').trim() !== 'fresh') throw new Error('401 Unauthorized');
};
say({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const { round, deadlineMs } = JSON.parse(line);
  const failedAt = Date.now();
  try {
    try {
      call();
    } catch {
      await heal(failedAt, deadlineMs, round);
      call();
    }
    say({ status: 'succeeded' });
  } catch (error) {
    say({ status: 'failed', reason: String(error?.message ?? error) });
  }
}
process.exit();
