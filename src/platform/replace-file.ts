import { randomUUID } from 'node:crypto';
import { open, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Puts a secret into a file in one step: a reader sees the old text or the new one, never a half, and only
 * the owner may read it. A symbolic link stays, and the file that it points to is replaced.
 */
export const replaceFile = async (path: string, text: string): Promise<void> => {
  const real = await realpath(path).catch(() => path);
  const temporary = join(dirname(real), `.${basename(real)}.${randomUUID()}`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, real);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
};
