import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The compiled command line. */
export const program = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** Starts a demo in a folder, which is its temporary folder as well. */
export const startDemo = (folder: string, ...args: string[]) => {
  const child = spawn(process.execPath, [program, 'demo', ...args], {
    cwd: folder,
    env: { ...process.env, TMPDIR: folder, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    output.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output.stderr += chunk.toString();
  });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output }));
  return { child, output, ended };
};
