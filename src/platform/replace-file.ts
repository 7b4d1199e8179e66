import { randomUUID } from 'node:crypto';
import { open, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Has a draft written and puts it in the place of a file; nothing of it stays if that fails. */
const replaceWith = async (draft: string, path: string, write: () => Promise<void>): Promise<void> => {
  try {
    await write();
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    throw error;
  }
};

/**
 * Puts a secret into a file in one step: a reader sees the old text or the new one, never a half, and only
 * the owner may read it. A symbolic link stays, and the file that it points to is replaced.
 */
export const replaceFile = async (path: string, text: string): Promise<void> => {
  const real = await realpath(path).catch(() => path);
  const draft = join(dirname(real), `.${basename(real)}.${randomUUID()}`);
  await replaceWith(draft, real, async () => {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  });
};

/**
 * The same for a text that may be lost if the machine loses power: it does not wait for the disk.
 *
 * @param id Names the draft; no other process writes this file with the same one at the same time.
 */
export const replaceFileUnsynced = (path: string, text: string, id: string): Promise<void> => {
  const draft = `${path}.${id}.draft`;
  return replaceWith(draft, path, () => writeFile(draft, text, { mode: 0o600 }));
};
