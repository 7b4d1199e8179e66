import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { folderWith } from '../config/support.ts';

export const program = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
export const server = fileURLToPath(new URL('../fixtures/mcp/broken-server.mjs', import.meta.url));

/** A folder with a configuration, a fix, and what the calls of a server are written to. */
export const world = async (config: object = {}) => {
  const folder = await folderWith();
  const configFile = join(folder, 'healflow.yaml');
  writeFileSync(configFile, JSON.stringify({ attempts: 1, outagePatienceMs: 0, ...config }));
  const path = (name: string): string => join(folder, name);
  const env = { ...process.env, HEALFLOW_STATE_DIR: path('state') };
  writeFileSync(path('calls'), '');
  writeFileSync(path('fix.mjs'), "import { writeFileSync } from 'node:fs'; writeFileSync(process.argv[2], '');");
  const callsOf = (tool: string): number =>
    readFileSync(path('calls'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith(tool)).length;
  return { folder, env, configFile, path, callsOf, fix: [process.execPath, path('fix.mjs'), path('flag')] };
};

export type World = Awaited<ReturnType<typeof world>>;

/** Runs a command of healflow; `stderr` is its standard error with the wrapped lines joined. */
export const cli = async ({ folder, env }: World, ...args: string[]) => {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const lines = stderr.trimEnd().split('\n');
  return { code, stdout, stderr: stderr.replaceAll(/\n {2,}/g, ' '), lines };
};

export const repair = (here: World, ...args: string[]) => cli(here, 'repair', ...args);
