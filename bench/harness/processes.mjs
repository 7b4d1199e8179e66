import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Runs a program and resolves with the JSON that it prints; its stderr is inherited.
 *
 * @throws Error if it fails.
 */
export const run = async (argv, options = {}) => {
  // Warnings of the libraries under load are no concern of a benchmark.
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

/** Runs a program several times, one process after the other, because the engine compiles the code differently in each. */
export const inProcesses = async (times, argv, options) => {
  const results = [];
  for (let time = 0; time < times; time += 1) results.push(await run(argv, options));
  return results;
};
