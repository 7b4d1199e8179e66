import { isAscii } from 'node:buffer';
import { type CountedEvent, CountedReader } from './counted-record.ts';
import type { HealingEvent } from './event.ts';
import { callSeries, eventSeries, type Series } from './log-files.ts';
import { ownStart, type RawRecord } from './native-record.ts';
import { openSeries, type SeriesFile } from './open-files.ts';
import { type Damage, Splitter } from './record-splitter.ts';
import { type CallRecord, toCallRecord, toEvent } from './validate-record.ts';

export interface ReadOptions {
  /** Told of each piece that is skipped because it holds no readable record. */
  readonly onDamage?: (damage: Damage) => void;
}

const chunkBytes = 256 * 1024;
/** A record at the end of the live file may be half written; so often the file is looked at again. */
const looksAtTheEnd = 3;

const textOf = (bytes: Buffer): string =>
  isAscii(bytes) ? bytes.toString('latin1') : bytes.toString('utf8').replace(/^\ufeff/, '');

/** How much of the bytes can be taken at once, and whether a record begins right behind it. */
const blockOf = (bytes: Buffer): { readonly length: number; readonly whole: boolean } => {
  const start = bytes.lastIndexOf(`\n${ownStart}`);
  if (start > 0) return { length: start + 1, whole: true };
  return { length: bytes.lastIndexOf(0x0a) + 1 || bytes.length, whole: false };
};

/** Reads records straight from bytes, as far as they are as it knows them; the splitter reads all others. */
interface QuickReader<T> {
  /** Where the last record ended, and how many lines it took. */
  readonly next: number;
  readonly lines: number;
  read(bytes: Buffer, start: number, isWhole: boolean): T | null;
}

/** Reads a block of a file: quickly what can be, and through the splitter each piece between. */
const readBlock = async <T>(
  bytes: Buffer,
  whole: boolean,
  splitter: Splitter<T>,
  quick: QuickReader<T> | undefined,
): Promise<T[]> => {
  if (quick === undefined || bytes.length === 0) return splitter.push(textOf(bytes), whole);
  const found: T[] = [];
  let at = 0;
  while (at < bytes.length) {
    const record = splitter.isIdle ? quick.read(bytes, at, whole) : null;
    if (record !== null) {
      found.push(record);
      splitter.passOver(quick.lines);
      at = quick.next;
      continue;
    }
    const next = bytes.indexOf(`\n${ownStart}`, at) + 1;
    const end = next === 0 ? bytes.length : next;
    for (const other of await splitter.push(textOf(bytes.subarray(at, end)), whole || next > 0)) found.push(other);
    at = end;
  }
  return found;
};

async function* readFile<T>(
  { handle, live }: SeriesFile,
  splitter: Splitter<T>,
  quick: QuickReader<T> | undefined,
): AsyncGenerator<T[]> {
  // One is filled while the other is read.
  let [buffer, other] = [Buffer.allocUnsafe(chunkBytes), Buffer.allocUnsafe(chunkBytes)];
  let looks = live ? looksAtTheEnd : 1;
  let position = 0;
  let kept = 0;
  const more = () => {
    const reading = handle.read(buffer, kept, chunkBytes - kept, position);
    // Told where it is waited for, which may be later.
    reading.catch(() => {});
    return reading;
  };
  let reading = more();
  try {
    while (looks > 0) {
      const { bytesRead } = await reading;
      position += bytesRead;
      kept += bytesRead;
      if (bytesRead === 0) {
        const midLine = kept > 0 && buffer[kept - 1] !== 0x0a;
        looks = midLine ? looks - 1 : 0;
        if (looks > 0) reading = more();
        continue;
      }
      if (kept < chunkBytes) {
        reading = more();
        continue;
      }
      const { length, whole } = blockOf(buffer);
      const block = buffer.subarray(0, length);
      buffer.copy(other, 0, length, kept);
      [buffer, other] = [other, buffer];
      kept -= length;
      reading = more();
      yield await readBlock(block, whole, splitter, quick);
    }
    yield await readBlock(buffer.subarray(0, kept), true, splitter, quick);
  } finally {
    // The file is closed next; what was asked of it must be over by then.
    await reading.catch(() => {});
  }
}

async function* readSeries<T>(
  series: Series,
  accept: (raw: RawRecord) => T | null,
  { onDamage = () => {} }: ReadOptions,
  quick?: QuickReader<T>,
): AsyncGenerator<T[]> {
  for await (const file of openSeries(series)) {
    yield* readFile(file, new Splitter(file.path, series.key, accept, onDamage), quick);
  }
}

/** Reads the events in batches, the oldest file first; faster than one by one. */
export const readEventBatches = (memoryDir: string, options: ReadOptions = {}): AsyncGenerator<HealingEvent[]> =>
  readSeries(eventSeries(memoryDir), toEvent, options);

/** Reads what is counted of the events, in batches; several times as fast as whole events. */
export const readCountedBatches = (memoryDir: string, options: ReadOptions = {}): AsyncGenerator<CountedEvent[]> =>
  readSeries<CountedEvent>(eventSeries(memoryDir), toEvent, options, new CountedReader());

/** Reads the records of calls in which nothing failed, in batches. */
export const readCallBatches = (memoryDir: string, options: ReadOptions = {}): AsyncGenerator<CallRecord[]> =>
  readSeries(callSeries(memoryDir), toCallRecord, options);

/**
 * Reads the log of a memory folder: the rotated files, the oldest first, then the live one.
 *
 * A piece that holds no whole record is passed over and told to `onDamage`. Where there is no log, there are no
 * events. However long the log is, only a small part of it is in memory. Throws where a file cannot be read.
 */
export async function* readEvents(memoryDir: string, options: ReadOptions = {}): AsyncGenerator<HealingEvent> {
  for await (const batch of readEventBatches(memoryDir, options)) yield* batch;
}
