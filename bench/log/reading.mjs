import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { median } from '../harness/numbers.mjs';

const path = (file) => fileURLToPath(new URL(file, import.meta.url));
const watched = new URL('./watched.mjs', import.meta.url).href;

/** Runs the command once; its time from start to end and CPU time in ms, and its peak memory in MB. */
const one = async (argv) => {
  const began = performance.now();
  const child = spawn(process.execPath, ['--import', watched, ...argv], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  let text = '';
  child.stdio[3].setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}`);
  return { ms: performance.now() - began, ...JSON.parse(text) };
};

/** Runs it several times, one after the other; the median of the times, and the highest peak memory. */
export const command = async (times, ...argv) => {
  const runs = [];
  for (let time = 0; time < times; time += 1) runs.push(await one(argv));
  return {
    ms: median(runs.map(({ ms }) => ms)),
    cpuMs: median(runs.map(({ cpuMs }) => cpuMs)),
    mb: Math.max(...runs.map(({ mb }) => mb)),
  };
};

/** `healflow`, run like a user does. */
export const healflow = (times, ...args) => command(times, path('../../dist/src/cli/main.js'), ...args);

/** Node itself, doing nothing. */
export const node = (times) => command(times, path('./nothing.mjs'));
