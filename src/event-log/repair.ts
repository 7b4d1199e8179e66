import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isNotFound } from '../platform/fs.ts';
import { openInPlace, readBytes, writeBlanks } from './blank-bytes.ts';
import { findYamlProblem } from './edited-record.ts';
import { callSeries, eventSeries, liveFile, rotatedFile, rotatedNumbersIfAny, type Series } from './log-files.ts';
import type { RawRecord } from './native-record.ts';
import { type PieceRange, Splitter } from './record-splitter.ts';
import { toCallRecord, toEvent } from './validate-record.ts';

/** One file of the log that was changed, or could not be repaired. */
export interface RepairedFile {
  readonly path: string;
  /** The number of pieces that were set aside, and their bytes together. */
  readonly pieces: number;
  readonly bytes: number;
  /** The file that they are in; null if there were none. */
  readonly aside: string | null;
  /** What a person has to repair; null if nothing. */
  readonly problem: string | null;
}

/** The records of a series. */
export interface RecordKind {
  readonly series: Series;
  /** Makes of a record what is wanted; null if it is damaged. */
  readonly accept: (raw: RawRecord) => unknown;
}

const chunkBytes = 256 * 1024;
/** How often a file is read again because a writer has added to it. */
const maxRounds = 10;
const appendFlags = constants.O_WRONLY | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Whether the texts of a record, read as one character for each byte, are UTF-8. */
const isText = (raw: RawRecord): boolean => isUtf8(Buffer.from(JSON.stringify(raw), 'latin1'));

interface Scan {
  readonly size: number;
  readonly ranges: readonly PieceRange[];
  readonly isEdited: boolean;
}

/** Finds all that keeps a YAML parser from reading a file. Each byte is read as one character, so that ranges are in bytes. */
const scan = async (
  descriptor: number,
  path: string,
  key: string,
  accept: (raw: RawRecord) => unknown,
): Promise<Scan> => {
  const ranges: PieceRange[] = [];
  const splitter = new Splitter(
    path,
    key,
    (raw) => (isText(raw) ? accept(raw) : null),
    (_, range) => ranges.push(range),
    true,
  );
  let size = 0;
  for (;;) {
    const bytes = readBytes(descriptor, size, chunkBytes);
    size += bytes.length;
    await splitter.push(bytes.toString('latin1'), bytes.length < chunkBytes);
    if (bytes.length < chunkBytes) return { size, ranges, isEdited: splitter.isEdited };
  }
};

/** Adds pieces to the file beside the log, and waits until they are on the disk. */
const setAside = (aside: string, path: string, pieces: readonly Buffer[]): void => {
  const descriptor = openSync(aside, appendFlags | constants.O_CREAT, 0o666);
  try {
    for (const piece of pieces) {
      const text = Buffer.concat([
        Buffer.from(`# ${piece.length} bytes of ${basename(path)}\n`),
        piece,
        Buffer.from('\n'),
      ]);
      if (writeSync(descriptor, text) < text.length) throw new Error(`${aside} cannot be written in full`);
    }
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
};

/**
 * Ends the last line of the file, unless a writer is at work. The system lets one append after the other: if the file has
 * grown by that newline alone, the writer of what is before it is gone, and its piece final.
 */
const endLine = (path: string, descriptor: number, size: number): boolean => {
  const appending = openSync(path, appendFlags);
  try {
    // It was rotated meanwhile.
    if (fstatSync(appending).ino !== fstatSync(descriptor).ino) return false;
    writeSync(appending, '\n');
    return fstatSync(appending).size === size + 1;
  } finally {
    closeSync(appending);
  }
};

const repairFile = async (
  path: string,
  { folder, name, key }: Series,
  accept: (raw: RawRecord) => unknown,
): Promise<RepairedFile | null> => {
  const aside = join(folder, `${name}.torn.txt`);
  const descriptor = openInPlace(path);
  let pieces = 0;
  let bytes = 0;
  let isChanged = false;
  const report = (problem: string | null): RepairedFile | null =>
    isChanged || problem !== null ? { path, pieces, bytes, aside: pieces === 0 ? null : aside, problem } : null;
  const blank = (ranges: readonly PieceRange[]): void => {
    const found = ranges.map(({ start, end }) => readBytes(descriptor, start, end - start));
    const torn = found.filter((piece) => piece.toString('latin1').trim() !== '');
    if (torn.length > 0) setAside(aside, path, torn);
    for (const { start, end } of ranges) writeBlanks(descriptor, start, end - start);
    isChanged ||= ranges.length > 0;
    pieces += torn.length;
    for (const piece of torn) bytes += piece.length;
  };
  try {
    for (let round = 0; round < maxRounds; round += 1) {
      const { size, ranges, isEdited } = await scan(descriptor, path, key, accept);
      const last = ranges.at(-1);
      const isOpen = last !== undefined && last.end >= size;
      // Another record begins behind each of the others, so that their writers have ended.
      blank(isOpen ? ranges.slice(0, -1) : ranges);
      if (isOpen && endLine(path, descriptor, size)) blank([{ start: last.start, end: size }]);
      else if (isOpen) continue;
      return report(isEdited ? await findYamlProblem(readBytes(descriptor, 0, size)) : null);
    }
    return report('other processes write to it; run it again later');
  } finally {
    closeSync(descriptor);
  }
};

/**
 * Makes all files of a log readable for any YAML parser: what is left of records whose writers were stopped is copied to a
 * file beside the log, and blanked in the log at the same length. Nothing else is changed, so that other processes
 * may go on writing and reading.
 *
 * @param others Further records beside those of the log.
 * Returns the files in which there was something to repair. Throws if a file cannot be read or written.
 */
export const repairLog = async (
  memoryDir: string,
  others: readonly RecordKind[] = [],
): Promise<readonly RepairedFile[]> => {
  const kinds: readonly RecordKind[] = [
    { series: eventSeries(memoryDir), accept: toEvent },
    { series: callSeries(memoryDir), accept: toCallRecord },
    ...others,
  ];
  const repaired: RepairedFile[] = [];
  for (const { series, accept } of kinds) {
    const rotated = rotatedNumbersIfAny(series).map((number) => rotatedFile(series, number));
    for (const path of [...rotated, liveFile(series)]) {
      try {
        const file = await repairFile(path, series, accept);
        if (file !== null) repaired.push(file);
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
  }
  return repaired;
};
