import { errorCode, isNotFound } from '../platform/fs.ts';
import type { OpenedFolder } from '../platform/opened-folder.ts';

/** The errors of an entry that has become another kind of entry, or of a folder that has got new entries. */
const changed: ReadonlySet<string | undefined> = new Set([
  'ENOTDIR',
  'ELOOP',
  'EISDIR',
  'EPERM',
  'ENOTEMPTY',
  'EEXIST',
]);
/** Maximum number of attempts to remove an entry that other programs change meanwhile. */
const maxAttempts = 5;
/** Maximum number of files that are removed at once. */
const maxAtOnce = 32;

/** An error in words that name the path, not the descriptor. */
const explained = (folder: OpenedFolder, error: unknown): unknown =>
  errorCode(error) === undefined ? error : new Error(folder.explain(error));

const removeFile = async (folder: OpenedFolder, name: Buffer): Promise<'removed' | 'folder'> => {
  if (await folder.isFolder(name)) return 'folder';
  await folder.removeFile(name);
  return 'removed';
};

const removeFolder = async (folder: OpenedFolder, name: Buffer, signal: AbortSignal): Promise<void> => {
  const inner = await folder.openFolder(name);
  try {
    await emptyOpenedFolder(inner, signal);
  } finally {
    await inner.close();
  }
  await folder.removeEmptyFolder(name);
};

/** Removes an entry with all that is in it, whatever other programs make of it meanwhile. */
const remove = async (folder: OpenedFolder, name: Buffer, signal: AbortSignal): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      if ((await removeFile(folder, name)) === 'folder') await removeFolder(folder, name, signal);
      return;
    } catch (error) {
      if (isNotFound(error)) return;
      if (attempt === maxAttempts || !changed.has(errorCode(error))) throw explained(folder, error);
    }
  }
};

const namesIn = async (folder: OpenedFolder): Promise<Buffer[]> => {
  try {
    return await folder.names();
  } catch (error) {
    if (isNotFound(error)) return [];
    throw explained(folder, error);
  }
};

/**
 * Removes all that is in an open folder, and returns the number of its entries. Of a link it removes the link.
 *
 * Files go in batches, folders one after the other: each of them takes a descriptor.
 */
export const emptyOpenedFolder = async (folder: OpenedFolder, signal: AbortSignal): Promise<number> => {
  const names = await namesIn(folder);
  for (let at = 0; at < names.length; at += maxAtOnce) {
    signal.throwIfAborted();
    const batch = names.slice(at, at + maxAtOnce);
    // All have to settle before the folder may be closed.
    const ends = await Promise.allSettled(batch.map((name) => removeFile(folder, name)));
    for (const [index, end] of ends.entries()) {
      const name = batch[index];
      if (name === undefined || (end.status === 'fulfilled' && end.value === 'removed')) continue;
      await remove(folder, name, signal);
    }
  }
  return names.length;
};
