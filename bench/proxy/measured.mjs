import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const begin = (argv, cwd) => {
  const [command, ...args] = argv;
  return spawn(command, args, { cwd, stdio: ['pipe', 'pipe', 'inherit'] });
};
const end = async (child) => {
  child.stdin.end();
  await once(child, 'close');
};
const ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}\n';

/** The time from the spawn to the first response, in ms. */
export const firstResponseMs = async (argv, cwd) => {
  const began = performance.now();
  const child = begin(argv, cwd);
  child.stdin.write(ping);
  await once(child.stdout, 'data');
  const tookMs = performance.now() - began;
  await end(child);
  return tookMs;
};

/** The resident memory of a process, in MiB; Linux only. */
const residentMib = ({ pid }) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1_024;

/** The resident memory of a process in MiB, after a number of calls and then some idle time. */
export const restingMib = async (argv, cwd, { calls, idleMs }) => {
  const child = begin(argv, cwd);
  child.stdin.write(ping);
  await once(child.stdout, 'data');
  for (let call = 0; call < calls; call += 1) {
    const response = once(child.stdout, 'data');
    const params = { name: 'k8s_get_pods', arguments: {} };
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: call, method: 'tools/call', params })}\n`);
    await response;
  }
  await sleep(idleMs);
  const mib = residentMib(child);
  await end(child);
  return mib;
};
