import { existsSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Launcher } from './entry.ts';

/** How an entry may start healflow: through npx, or this program by its path. */
export const launchers = ['npx', 'path'] as const;
export type LauncherName = (typeof launchers)[number];

/** The location of this program and the Node.js that runs it. */
export interface OwnProgram {
  /** The Node.js program that runs it, as in `process.execPath`. */
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
 * Returns the most durable path of Node.js. A link in PATH to the running program survives an update of Node.js, while
 * `process.execPath` often contains the version. Folders that exist for one shell only are skipped.
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

/** Whether this program is installed permanently and not in the cache of npx. */
export const isInstalled = ({ script }: OwnProgram): boolean => !/[/\\]_npx[/\\]/.test(script);

/**
 * Returns how entries start healflow.
 *
 * A desktop client does not have a shell's PATH, so entries of the user name Node.js and this program by their paths.
 * Entries that a project shares use npx, because those paths differ on each machine.
 */
export const launcherFor = (own: OwnProgram, shared: boolean, requested: LauncherName | undefined): Launcher => {
  const name = requested ?? (shared || !isInstalled(own) ? 'npx' : 'path');
  return name === 'npx'
    ? { command: 'npx', args: ['-y', 'healflow'] }
    : { command: lastingNode(own), args: [own.script] };
};
