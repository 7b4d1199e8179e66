import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats } from 'node:fs';

/** What is at a path, for people. */
const kindOf = (stats: Stats): string => {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isSymbolicLink()) return 'a symbolic link';
  if (stats.isFIFO()) return 'a named pipe';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
};

const assertFile = (path: string, stats: Stats): void => {
  if (stats.isFile()) return;
  throw Object.assign(new Error(`${path} is ${kindOf(stats)}, not a file: remove it`), { code: 'NOT_A_FILE' });
};

/** A file as it was read. */
export interface RegularFile {
  /** Undefined if the file is too long. */
  readonly text: string | undefined;
  readonly stats: Stats;
}

/**
 * Reads a small file that healflow itself wrote. Something else in its place, such as a named pipe, must neither block
 * nor be read; a link is not followed. It reads synchronously: the files are local and have a few hundred bytes.
 *
 * Throws `NOT_A_FILE`, or the error of the system.
 */
export const readRegularFile = (path: string, maxBytes: number): RegularFile => {
  // Even opening may act on a device.
  assertFile(path, lstatSync(path));
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = fstatSync(descriptor);
    assertFile(path, stats);
    if (stats.size > maxBytes) return { text: undefined, stats };
    const bytes = Buffer.alloc(stats.size);
    let length = 0;
    while (length < bytes.length) {
      const read = readSync(descriptor, bytes, length, bytes.length - length, length);
      if (read === 0) break;
      length += read;
    }
    return { text: bytes.toString('utf8', 0, length), stats };
  } finally {
    closeSync(descriptor);
  }
};
