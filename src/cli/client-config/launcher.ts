import { existsSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Launcher } from './entry.ts';

/** How an entry may start healflow: through npx, or this very program by its path. */
export const launchers = ['npx', 'path'] as const;
export type LauncherName = (typeof launchers)[number];

/** Where this program lies, and with what it runs. */
export interface OwnProgram {
  /** The program that runs it, as `process.execPath` tells it. */
  readonly node: string;
  readonly script: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const realPath = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
};

/**
 * The path of Node that lives longest: a link in PATH that leads to the one that runs now stays where it is when Node is
 * updated, while `process.execPath` often holds the number of its version. Folders of one shell alone are no such place.
 */
const lastingNode = ({ node, env }: OwnProgram): string => {
  const real = realPath(node);
  const name = node.slice(Math.max(node.lastIndexOf('/'), node.lastIndexOf('\\')) + 1);
  const found = (env.PATH ?? '')
    .split(delimiter)
    .filter(
      (folder) => /^(?:[/\\]|[A-Za-z]:)/.test(folder) && !/fnm_multishells|[/\\]_npx[/\\]|node_modules/i.test(folder),
    )
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path) && realPath(path) === real);
  return found ?? node;
};

/** Whether this program lies where it will still be tomorrow: npx keeps what it fetches in a cache. */
export const isInstalled = ({ script }: OwnProgram): boolean => !/[/\\]_npx[/\\]/.test(script);

/**
 * How entries start healflow.
 *
 * A client with windows knows no shell's PATH, so that what is the user's own names Node and this program by their paths.
 * What a project's members share names neither, since they lie elsewhere on each machine.
 */
export const launcherFor = (own: OwnProgram, shared: boolean, asked: LauncherName | undefined): Launcher => {
  const name = asked ?? (shared || !isInstalled(own) ? 'npx' : 'path');
  return name === 'npx'
    ? { command: 'npx', args: ['-y', 'healflow'] }
    : { command: lastingNode(own), args: [own.script] };
};
