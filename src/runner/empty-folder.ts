import type { Stats } from 'node:fs';
import { lstat, readdir, realpath, rm } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { isNotFound } from '../platform/fs.ts';
import { errorText } from '../text/error-text.ts';

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

/** A folder that may be emptied, by its real path; null if there is none; or why it may not. */
export type Checked = { readonly path: string | null } | { readonly refused: string };

/** Checks whether a folder may be emptied. */
export const checkFolder = async (folder: string, limits: EmptyingLimits): Promise<Checked> => {
  let found: Stats;
  let path: string;
  try {
    found = await lstat(folder);
    if (found.isSymbolicLink()) return { refused: `${folder} is a symbolic link` };
    if (!found.isDirectory()) return { refused: `${folder} is not a folder` };
    path = await realpath(folder);
  } catch (error) {
    return isNotFound(error) ? { path: null } : { refused: `${folder} cannot be looked at: ${errorText(error)}` };
  }
  const shown = path === folder ? folder : `${folder} (really ${path})`;
  if (dirname(path) === path) return { refused: `${shown} is the root of the file system` };
  for (const home of await homes(limits.env)) {
    if (within(home, path)) return { refused: `${shown} is ${home === path ? '' : 'above '}the home folder` };
  }
  if (within(await realOr(limits.configDir), path)) return { refused: `${shown} holds the configuration` };
  const roots = await Promise.all(limits.allowedRoots.map(realOr));
  if (!roots.some((root) => dirname(root) !== root && within(path, root))) {
    return {
      refused: `${shown} lies in none of \`allowedRoots\` (${limits.allowedRoots.join(', ') || 'there are none'})`,
    };
  }
  const uid = process.getuid?.();
  if (uid !== undefined && found.uid !== uid) {
    return { refused: `${shown} belongs to another user (uid ${found.uid}, this is ${uid})` };
  }
  return { path };
};

/** Removes what is in a folder that `checkFolder` has passed, and counts it; symbolic links go, not what they point to. */
export const emptyFolder = async (path: string, signal: AbortSignal): Promise<number> => {
  let removed = 0;
  for (const name of await readdir(path)) {
    signal.throwIfAborted();
    // Swapped for a link since it was checked: nothing behind a link is touched.
    if ((await realpath(path)) !== path) throw new Error(`${path} was replaced while it was being emptied`);
    await rm(join(path, name), { recursive: true, force: true });
    removed += 1;
  }
  return removed;
};
