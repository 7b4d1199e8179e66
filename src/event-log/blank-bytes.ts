import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs';

// Not for append: there the system would write at the end, whatever the position.
const flags = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Opens a file of the log for changes in place. Throws if it is not a regular file. */
export const openInPlace = (path: string): number => {
  const descriptor = openSync(path, flags);
  if (fstatSync(descriptor).isFile()) return descriptor;
  closeSync(descriptor);
  throw new Error(`${path} is not a regular file`);
};

/** Reads bytes of an open file; fewer if it ends before. */
export const readBytes = (descriptor: number, start: number, length: number): Buffer => {
  const bytes = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const count = readSync(descriptor, bytes, read, length - read, start + read);
    if (count === 0) break;
    read += count;
  }
  return bytes.subarray(0, read);
};

/**
 * Puts spaces and a final newline in the place of bytes that no one else will write: what other processes append stays, and
 * so does every place in the file.
 */
export const writeBlanks = (descriptor: number, start: number, length: number): void => {
  const blanks = Buffer.alloc(length, ' ');
  blanks.write('\n', length - 1);
  for (let written = 0; written < length; ) {
    written += writeSync(descriptor, blanks, written, length - written, start + written);
  }
};

/** Blanks these bytes, if they are in the file at this place, and the file is the one with this inode. */
export const blankBytes = (path: string, ino: number, start: number, bytes: Buffer): void => {
  const descriptor = openInPlace(path);
  try {
    if (fstatSync(descriptor).ino !== ino || !readBytes(descriptor, start, bytes.length).equals(bytes)) return;
    writeBlanks(descriptor, start, bytes.length);
  } finally {
    closeSync(descriptor);
  }
};
