import { isAscii } from 'node:buffer';
import type { HealingEvent } from './event.ts';
import { callSeries, eventSeries, type Series } from './log-files.ts';
import { type RawRecord, recordStart } from './native-record.ts';
import { openSeries, type SeriesFile } from './open-files.ts';
import { type DamagedRange, Splitter } from './record-splitter.ts';
import { type CallRecord, toCallRecord, toEvent } from './validate-record.ts';

export interface ReadOptions {
  /** Told of each piece that is skipped because it holds no readable record. */
  readonly onDamage?: (damage: DamagedRange) => void;
}

/** Small enough that a text of it is collected with the other young garbage. */
const chunkBytes = 96 * 1024;
/** A record at the end of the live file may be half written; the maximum number of times that the file is read again. */
const looksAtTheEnd = 3;

const textOf = (bytes: Buffer): string =>
  isAscii(bytes) ? bytes.toString('latin1') : bytes.toString('utf8').replace(/^\ufeff/, '');

/** How much of the bytes can be taken at once, and whether a record begins right behind it. */
const blockOf = (bytes: Buffer): { readonly length: number; readonly whole: boolean } => {
  const start = bytes.lastIndexOf(`\n${recordStart}`);
  if (start > 0) return { length: start + 1, whole: true };
  return { length: bytes.lastIndexOf(0x0a) + 1 || bytes.length, whole: false };
};

async function* readFile<T>({ handle, live }: SeriesFile, splitter: Splitter<T>): AsyncGenerator<T[]> {
  const buffer = Buffer.allocUnsafe(chunkBytes);
  let looks = live ? looksAtTheEnd : 1;
  let position = 0;
  let kept = 0;
  while (looks > 0) {
    const { bytesRead } = await handle.read(buffer, kept, chunkBytes - kept, position);
    position += bytesRead;
    kept += bytesRead;
    if (bytesRead === 0) {
      const midLine = kept > 0 && buffer[kept - 1] !== 0x0a;
      looks = midLine ? looks - 1 : 0;
      continue;
    }
    if (kept < chunkBytes) continue;
    const { length, whole } = blockOf(buffer);
    yield await splitter.push(textOf(buffer.subarray(0, length)), whole);
    buffer.copyWithin(0, length, kept);
    kept -= length;
  }
  yield await splitter.push(textOf(buffer.subarray(0, kept)), true);
}

/** Reads the records of a series in batches, the oldest file first. @param accept Makes of a record what is wanted; null if it is damaged. */
export async function* readSeries<T>(
  series: Series,
  accept: (raw: RawRecord) => T | null,
  { onDamage = () => {} }: ReadOptions = {},
): AsyncGenerator<T[]> {
  for await (const file of openSeries(series)) {
    yield* readFile(file, new Splitter(file.path, series.key, accept, onDamage));
  }
}

/** Reads the events in batches, the oldest file first; faster than one by one. */
export const readEventBatches = (memoryDir: string, options: ReadOptions = {}): AsyncGenerator<HealingEvent[]> =>
  readSeries(eventSeries(memoryDir), toEvent, options);

/** Reads the records of calls in which nothing failed, in batches. */
export const readCallBatches = (memoryDir: string, options: ReadOptions = {}): AsyncGenerator<CallRecord[]> =>
  readSeries(callSeries(memoryDir), toCallRecord, options);

/**
 * Reads the log of a memory folder: the rotated files, the oldest first, then the live one.
 *
 * A piece that holds no whole record is passed over and told to `onDamage`. Where there is no log, there are no
 * events. However long the log is, only a small part of it is in memory. Throws if a file cannot be read.
 */
export async function* readEvents(memoryDir: string, options: ReadOptions = {}): AsyncGenerator<HealingEvent> {
  for await (const batch of readEventBatches(memoryDir, options)) yield* batch;
}
