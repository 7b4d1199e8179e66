import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { HealError } from '../../errors.ts';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied, or another program has it open',
  EROFS: 'its disk is read-only',
  ENOSPC: 'the disk is full',
  EBUSY: 'another program has it open',
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

/** Writes a backup that only its owner can read. @throws HealError `CONFIG_INVALID` if it cannot be written. */
export const keepBytes = async (path: string, bytes: Uint8Array): Promise<void> => {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await writeWhole(draft, bytes, 0o600);
    await rename(draft, path);
  } catch (error) {
    throw new HealError(
      'CONFIG_INVALID',
      `nothing was changed because the backup could not be written: ${path}: ${reasonOf(error)}`,
      {
        cause: error,
      },
    );
  } finally {
    await rm(draft, { force: true });
  }
};

/**
 * Replaces the content of a file atomically: a reader sees either the old or the new content. If the path is a symbolic
 * link, its target is replaced. Permissions are kept.
 *
 * @param expected The content that was read; if another program has changed it since, nothing is written.
 * @throws HealError `CONFIG_INVALID` if it was not written; the file is then unchanged.
 */
export const replaceBytes = async (path: string, bytes: Uint8Array, expected: Uint8Array): Promise<void> => {
  const real = await realpath(path);
  const draft = `${real}.${process.pid}.tmp`;
  try {
    const { mode } = await stat(real);
    await writeWhole(draft, bytes, mode & 0o777);
    if (!(await readFile(real)).equals(expected))
      throw new Error('another program has just changed it; run the command again');
    await rename(draft, real);
  } catch (error) {
    throw new HealError('CONFIG_INVALID', `${path} was not changed: ${reasonOf(error)}`, { cause: error });
  } finally {
    await rm(draft, { force: true });
  }
};
