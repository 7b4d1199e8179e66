import type { BigIntStats } from 'node:fs';
import { lstat, mkdtemp, readdir, realpath, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export interface MoveAsideOptions {
  /** The real path of the folder. */
  readonly path: string;
  /** The real path of the allowed root that it is in. */
  readonly root: string;
  /** The folder as it was checked. */
  readonly found: BigIntStats;
  readonly signal: AbortSignal;
}

const isAbsent = async (path: string): Promise<boolean> => {
  try {
    await lstat(path);
    return false;
  } catch {
    return true;
  }
};

/**
 * Empties a folder on systems that cannot act on an open folder. Moves it into a new folder that only this user may enter,
 * checks that it is the one that was checked, empties it there and moves it back. A folder that another program put in
 * its place in the meantime is moved back as it is.
 *
 * Rejects if the folder was replaced, with nothing removed.
 */
export const emptyMovedFolder = async ({ path, root, found, signal }: MoveAsideOptions): Promise<number> => {
  const isSame = ({ dev, ino }: BigIntStats): boolean => dev === found.dev && ino === found.ino;
  const replaced = (more = ''): Error => new Error(`${path} was replaced while it was being emptied${more}`);
  signal.throwIfAborted();
  const aside = await mkdtemp(join(path === root ? dirname(root) : root, '.healflow-'));
  const moved = join(aside, basename(path));
  let removed = 0;
  try {
    if ((await realpath(path)) !== path || !isSame(await lstat(path, { bigint: true }))) throw replaced();
    await rename(path, moved);
    try {
      if (!isSame(await lstat(moved, { bigint: true }))) throw replaced();
      for (const name of await readdir(moved)) {
        signal.throwIfAborted();
        await rm(join(moved, name), { recursive: true, force: true });
        removed += 1;
      }
    } finally {
      if (await isAbsent(path)) await rename(moved, path);
    }
  } finally {
    // Fails if something could not be moved back.
    await rmdir(moved).catch(() => {});
    await rmdir(aside).catch(() => {});
  }
  if (!(await isAbsent(moved))) throw replaced(`; what could not be moved back is in ${moved}`);
  return removed;
};
