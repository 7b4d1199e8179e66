import type { BigIntStats } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { dirname, relative, resolve, sep } from 'node:path';
import { errorCode, isNotFound } from '../platform/fs.ts';
import { OpenedFolder } from '../platform/opened-folder.ts';
import { errorText } from '../text/error-text.ts';
import { emptyOpenedFolder } from './empty-opened-folder.ts';
import { emptyMovedFolder } from './move-aside.ts';

const realOr = async (path: string): Promise<string> => realpath(path).catch(() => resolve(path));

/** Whether a path is a folder or lies somewhere inside it; both absolute and real. */
const within = (path: string, folder: string): boolean => {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`));
};

const homes = async (env: NodeJS.ProcessEnv): Promise<string[]> => {
  const found = [env.HOME, homedir()];
  try {
    found.push(userInfo().homedir);
  } catch {
    // A user id without an account has no home of its own.
  }
  return Promise.all(
    [...new Set(found.filter((home) => home !== undefined && home !== ''))].map((home) => realOr(home as string)),
  );
};

/** Which folders may be emptied. */
export interface EmptyingLimits {
  /** Absolute paths; a folder must lie inside one of them, or be it. */
  readonly allowedRoots: readonly string[];
  /** The absolute path of the folder with the configuration; it must not lie inside the folder, just as the home folder. */
  readonly configDir: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A folder that may be emptied. It stays the one that was checked, whatever its path leads to later. */
export interface CheckedFolder {
  /** Its real path. */
  readonly path: string;
  /** Removes all that is in it and returns the number of entries; symbolic links go, not what they point to. */
  empty(signal: AbortSignal): Promise<number>;
  close(): Promise<void>;
}

/** A folder that may be emptied; null if there is none; or why it may not. */
export type Checked = { readonly folder: CheckedFolder | null } | { readonly refused: string };

/** Why the folder of this real path must not be emptied; or the allowed root that it is in. */
const judge = async (
  path: string,
  shown: string,
  limits: EmptyingLimits,
): Promise<{ readonly root: string } | { readonly refused: string }> => {
  if (dirname(path) === path) return { refused: `${shown} is the root of the file system` };
  for (const home of await homes(limits.env)) {
    if (within(home, path)) return { refused: `${shown} is ${home === path ? '' : 'above '}the home folder` };
  }
  if (within(await realOr(limits.configDir), path)) return { refused: `${shown} holds the configuration` };
  const roots = await Promise.all(limits.allowedRoots.map(realOr));
  const root = roots.find((allowed) => dirname(allowed) !== allowed && within(path, allowed));
  if (root !== undefined) return { root };
  return {
    refused: `${shown} lies in none of \`allowedRoots\` (${limits.allowedRoots.join(', ') || 'there are none'})`,
  };
};

const openReal = async (path: string): Promise<OpenedFolder | null> => {
  try {
    return await OpenedFolder.open(path);
  } catch (error) {
    if (!['ENOTDIR', 'ELOOP', 'ENOENT'].includes(errorCode(error) ?? '')) throw error;
    throw new Error(`${path} was replaced while it was being checked`, { cause: error });
  }
};

/** Checks whether a folder may be emptied, and opens it. */
export const checkFolder = async (folder: string, limits: EmptyingLimits): Promise<Checked> => {
  let found: BigIntStats;
  let path: string;
  let opened: OpenedFolder | null;
  try {
    found = await lstat(folder, { bigint: true });
    if (found.isSymbolicLink()) return { refused: `${folder} is a symbolic link` };
    if (!found.isDirectory()) return { refused: `${folder} is not a folder` };
    path = await realpath(folder);
  } catch (error) {
    return isNotFound(error) ? { folder: null } : { refused: `${folder} cannot be looked at: ${errorText(error)}` };
  }
  const shown = path === folder ? folder : `${folder} (really ${path})`;
  const judged = await judge(path, shown, limits);
  if ('refused' in judged) return judged;
  try {
    opened = await openReal(path);
  } catch (error) {
    return { refused: `${shown} cannot be opened: ${errorText(error)}` };
  }
  const owner = (await opened?.owner()) ?? Number(found.uid);
  const uid = process.getuid?.();
  if (uid !== undefined && owner !== uid) {
    await opened?.close();
    return { refused: `${shown} belongs to another user (uid ${owner}, this is ${uid})` };
  }
  const { root } = judged;
  return {
    folder: {
      path,
      empty: (signal) =>
        opened === null ? emptyMovedFolder({ path, root, found, signal }) : emptyOpenedFolder(opened, signal),
      close: async () => opened?.close(),
    },
  };
};
