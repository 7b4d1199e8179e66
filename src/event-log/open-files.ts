import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { isNotFound } from '../platform/fs.ts';
import { liveFile, rotatedFile, rotatedNumbersIfAny, type Series } from './log-files.ts';

export interface SeriesFile {
  readonly path: string;
  readonly handle: FileHandle;
  /** Whether writers may still add to it. */
  readonly live: boolean;
}

/** Opens a file for reading; undefined if there is none. A pipe in its place must not block. */
export const openRegular = async (path: string): Promise<FileHandle | undefined> => {
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new Error(`${path} is not a regular file`);
};

/** The inode of the file of this name; undefined if there is none. */
export const inodeAt = async (path: string): Promise<bigint | undefined> => {
  try {
    return (await stat(path, { bigint: true })).ino;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
};

const inodeOf = async (handle: FileHandle): Promise<bigint> => (await handle.stat({ bigint: true })).ino;

/**
 * Opens the files of a series one after the other, the oldest first and the live one last.
 *
 * The live file is opened before the others are listed: what is rotated meanwhile is neither missed nor given twice.
 */
export async function* openSeries(series: Series): AsyncGenerator<SeriesFile> {
  const live = await openRegular(liveFile(series));
  try {
    const liveInode = live === undefined ? undefined : await inodeOf(live);
    for (const number of rotatedNumbersIfAny(series)) {
      const path = rotatedFile(series, number);
      const handle = await openRegular(path);
      if (handle === undefined) continue;
      try {
        if ((await inodeOf(handle)) !== liveInode) yield { path, handle, live: false };
      } finally {
        await handle.close();
      }
    }
    if (live !== undefined) yield { path: liveFile(series), handle: live, live: true };
  } finally {
    await live?.close();
  }
}
