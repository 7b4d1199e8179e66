import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Runs a program and resolves with the JSON that it prints; what it says on stderr is passed on.
 *
 * @throws Error where it ends badly.
 */
export const run = async (argv, options = {}) => {
  // What a library warns of under load belongs to its own users.
  const env = { ...process.env, NODE_NO_WARNINGS: '1' };
  const child = spawn(process.execPath, argv, { env, ...options, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  const [code, signal] = await once(child, 'close');
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code ?? signal}`);
  return JSON.parse(text);
};

/** Runs a program in so many processes, one after the other: what one of them makes of its code counts for one of them. */
export const inProcesses = async (times, argv, options) => {
  const results = [];
  for (let time = 0; time < times; time += 1) results.push(await run(argv, options));
  return results;
};
