import { closeSync, constants, fstatSync, openSync, readSync, type Stats, writeSync } from 'node:fs';
import { isNotFound } from '../platform/fs.ts';
import { blankBytes } from './blank-bytes.ts';
import { createLive } from './create-file.ts';
import { headerOf, liveFile, type Series } from './log-files.ts';
import { rotate } from './rotate.ts';

/** Why a record was not written: a code, and the same in words. */
export class AppendProblem extends Error {
  override readonly name = 'AppendProblem';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export interface AppendOptions {
  readonly series: Series;
  /** A file that would grow beyond this many bytes is rotated. */
  readonly maxFileBytes: number;
  /** How many rotated files are kept, at least 1. */
  readonly keepFiles: number;
}

// Readable for the look at its last byte; never through a symbolic link; and a pipe in its place must not block.
const flags = constants.O_RDWR | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const newline = 0x0a;
/** How often a file may be rotated or created by others between two steps of ours. */
const maxRounds = 100;

/**
 * Blanks what a short write has left, so that any YAML parser can go on reading the file. Truncating it could cut off what
 * another process has appended meanwhile; these bytes belong to nobody else. Does nothing if it is not sure where they are.
 */
const undoShortWrite = (live: string, descriptor: number, start: number, left: Buffer): void => {
  try {
    const { size, ino } = fstatSync(descriptor);
    if (size === start + left.length) blankBytes(live, ino, start, left);
  } catch {
    // A reader passes over it, and `healflow log --repair` sets it aside.
  }
};

/**
 * Makes the function that appends records to a series: one `write` of the whole record to the live file, opened
 * again for each record, so that a rotated, removed or replaced file is never written to for longer than one record.
 *
 * It throws if the record could not be written.
 */
export const createAppender = ({ series, maxFileBytes, keepFiles }: AppendOptions): ((record: string) => void) => {
  const live = liveFile(series);
  const lastByte = Buffer.alloc(1);
  const header = headerOf(series);
  /** The file, and its size, as our last record left them: then a whole line is its end. */
  let afterOurWrite: { readonly ino: number; readonly size: number } | undefined;
  /** A file that could not be rotated goes on growing; it is tried again at this size. */
  let rotateFromBytes = 0;

  const mustRotate = (stats: Stats, bytes: number): boolean => {
    if (stats.size === 0) return true;
    return stats.size > header.length && stats.size + bytes > maxFileBytes && stats.size >= rotateFromBytes;
  };

  const tryRotate = (stats: Stats): boolean => {
    try {
      rotate(series, stats.ino, keepFiles);
      rotateFromBytes = 0;
      return true;
    } catch {
      rotateFromBytes = stats.size + Math.ceil(maxFileBytes / 8);
      return false;
    }
  };

  /** What must stand before the record: another writer may have been stopped in the middle of its own. */
  const before = (descriptor: number, { ino, size }: Stats): string => {
    if (size === 0) return header;
    if (afterOurWrite?.size === size && afterOurWrite.ino === ino) return '';
    return readSync(descriptor, lastByte, 0, 1, size - 1) === 1 && lastByte[0] === newline ? '' : '\n';
  };

  /** Returns false if the file has gone from under the record, or is to be replaced first. */
  const writeTo = (descriptor: number, record: string): boolean => {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw new AppendProblem('NOT_A_FILE', 'it is not a regular file');
    if (mustRotate(stats, Buffer.byteLength(record)) && tryRotate(stats)) return false;
    const whole = Buffer.from(`${before(descriptor, stats)}${record}`);
    const written = writeSync(descriptor, whole);
    if (written < whole.length) {
      undoShortWrite(live, descriptor, stats.size, whole.subarray(0, written));
      throw new AppendProblem('SHORT_WRITE', `only ${written} of ${whole.length} bytes could be written`);
    }
    const { ino, size, nlink } = fstatSync(descriptor);
    // Larger where another has written meanwhile, and may have been stopped in the middle.
    afterOurWrite = size === stats.size + written ? { ino, size } : undefined;
    return nlink > 0;
  };

  return (record) => {
    for (let round = 1; round <= maxRounds; round += 1) {
      let descriptor: number;
      try {
        descriptor = openSync(live, flags);
      } catch (error) {
        if (!isNotFound(error)) throw error;
        createLive(series);
        continue;
      }
      try {
        if (writeTo(descriptor, record)) return;
      } finally {
        closeSync(descriptor);
      }
    }
    throw new AppendProblem('UNSTABLE', `it was moved away ${maxRounds} times while a record was to be written`);
  };
};
