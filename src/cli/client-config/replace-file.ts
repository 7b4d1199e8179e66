import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { HealError } from '../../errors.ts';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'it may not be written',
  EPERM: 'it may not be written, or another program holds it open',
  EROFS: 'its disk is read-only',
  ENOSPC: 'the disk is full',
  EBUSY: 'another program holds it open',
};

const reasonOf = (error: unknown): string => {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return reasons[code] ?? message;
};

const writeWhole = async (path: string, bytes: Uint8Array, mode: number): Promise<void> => {
  const file = await open(path, 'wx', mode);
  try {
    await file.chmod(mode);
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
};

/** Keeps bytes beside a file, for its owner alone. @throws HealError `CONFIG_INVALID` where they were not written. */
export const keepBytes = async (path: string, bytes: Uint8Array): Promise<void> => {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await writeWhole(draft, bytes, 0o600);
    await rename(draft, path);
  } catch (error) {
    throw new HealError('CONFIG_INVALID', `nothing was changed, as there is no backup: ${path}: ${reasonOf(error)}`, {
      cause: error,
    });
  } finally {
    await rm(draft, { force: true });
  }
};

/**
 * Puts new bytes into a file in one step: who reads it finds the old ones or the new ones. A symbolic link stays, and the
 * file that it leads to is replaced; its permissions stay.
 *
 * @param expected What the file holds now; another program may have written to it since.
 * @throws HealError `CONFIG_INVALID` where it was not written, and then it is as it was.
 */
export const replaceBytes = async (path: string, bytes: Uint8Array, expected: Uint8Array): Promise<void> => {
  const real = await realpath(path);
  const draft = `${real}.${process.pid}.tmp`;
  try {
    const { mode } = await stat(real);
    await writeWhole(draft, bytes, mode & 0o777);
    if (!(await readFile(real)).equals(expected))
      throw new Error('another program has just changed it; run this again');
    await rename(draft, real);
  } catch (error) {
    throw new HealError('CONFIG_INVALID', `${path} was not changed: ${reasonOf(error)}`, { cause: error });
  } finally {
    await rm(draft, { force: true });
  }
};
