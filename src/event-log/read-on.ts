import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Clock } from '../model/clock.ts';
import type { HealingEvent } from './event.ts';
import { eventSeries, type Series } from './log-files.ts';
import { type RawRecord, recordStart } from './native-record.ts';
import { openSeries, type SeriesFile } from './open-files.ts';
import { Splitter } from './record-splitter.ts';
import { toEvent } from './validate-record.ts';

/** How far a file of a log has been read. */
export interface ReadPosition {
  /** The inode, which rotation does not change. */
  readonly file: string;
  /** In bytes from the beginning of the file. */
  readonly offset: number;
  /** The length and a digest of its beginning: a file that is removed may leave its inode to another one. */
  readonly head: string;
}

/** A batch of events, or of other records, and how far the log has been read with it. */
export interface PositionedEvents<T = HealingEvent> {
  readonly events: readonly T[];
  readonly positions: readonly ReadPosition[];
  /** How many bytes there were behind it when the reader began. */
  readonly unreadBytes: number;
}

/** The records that a reader reads. */
export interface LogRecords<T> {
  readonly series: Series;
  /** Makes of a record what is wanted; null if it is damaged. */
  readonly accept: (raw: RawRecord) => T | null;
}

export interface LogReaderOptions {
  readonly clock: Clock;
  /** A batch has at most this many records that healflow wrote. */
  readonly maxEvents: number;
}

/** The healing events of a memory folder. */
export const eventRecords = (memoryDir: string): LogRecords<HealingEvent> => ({
  series: eventSeries(memoryDir),
  accept: toEvent,
});

const windowBytes = 256 * 1024;
const headBytes = 256;
/** A record at the end of a file that may be half written counts as torn if nothing was added to it for this long, in ms. */
const quietMs = 2_000;
const newline = 0x0a;
const boundary = `\n${recordStart}`;
/** How the last line of a whole record begins. */
const closingLine = '    kind: ';

const headOf = async (handle: FileHandle, length: number): Promise<string> => {
  const bytes = Buffer.alloc(Math.min(length, headBytes));
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
  const hash = createHash('sha256').update(bytes.subarray(0, bytesRead)).digest('hex').slice(0, 16);
  return `${bytesRead}:${hash}`;
};

/** Where the last of these bytes ends that are at most `maxRecords` records; 0 if no other record begins behind them. */
const endOfRecords = (bytes: Buffer, maxRecords: number): { readonly end: number; readonly records: number } => {
  let end = 0;
  let records = 0;
  while (records < maxRecords) {
    const at = bytes.indexOf(boundary, end);
    if (at === -1) break;
    end = at + 1;
    records += 1;
  }
  return { end, records };
};

const endsWithWholeRecord = (bytes: Buffer): boolean => {
  if (bytes.at(-1) !== newline) return false;
  const lineStart = bytes.lastIndexOf(newline, bytes.length - 2) + 1;
  return bytes.toString('latin1', lineStart, lineStart + closingLine.length) === closingLine;
};

/**
 * Reads what was added to the files of a log since they were last read, and how far it has come in bytes. Rotation is
 * survived, a record that is still being written is left for the next time, and a torn one is passed over.
 *
 * A file that was emptied, replaced or edited at its beginning is read again from there.
 */
export class LogReader<T = HealingEvent> {
  readonly #records: LogRecords<T>;
  readonly #options: LogReaderOptions;
  /** Files that ended in the middle of a record: their sizes, and since when. */
  readonly #unsettled = new Map<string, { readonly size: number; readonly since: number }>();
  #positions = new Map<string, ReadPosition>();
  #unreadBytes = 0;

  constructor(records: LogRecords<T>, options: LogReaderOptions) {
    this.#records = records;
    this.#options = options;
  }

  /** How far the log has been read. */
  get positions(): readonly ReadPosition[] {
    return [...this.#positions.values()];
  }

  /** Whether a record was left that may still be written to. */
  get isPending(): boolean {
    return this.#unsettled.size > 0;
  }

  /** Whether a file has another size than it had when it was read. */
  async hasMore(positions: readonly ReadPosition[]): Promise<boolean> {
    const offsets = new Map(positions.map(({ file, offset }) => [file, offset]));
    for await (const { handle } of openSeries(this.#records.series)) {
      const { ino, size } = await handle.stat({ bigint: true });
      if (Number(size) !== (offsets.get(String(ino)) ?? 0)) return true;
    }
    return false;
  }

  /** Reads on from these positions, the oldest file first, up to the end of the last one. */
  async *read(positions: readonly ReadPosition[]): AsyncGenerator<PositionedEvents<T>> {
    const earlier = new Map(positions.map((position) => [position.file, position]));
    this.#positions = new Map(earlier);
    this.#unreadBytes = await this.#countUnread(earlier);
    const seen = new Set<string>();
    for await (const file of openSeries(this.#records.series)) {
      const { ino, size } = await file.handle.stat({ bigint: true });
      const inode = String(ino);
      const position = earlier.get(inode);
      seen.add(inode);
      if (position?.offset === Number(size)) this.#unsettled.delete(inode);
      else yield* this.#readFile(file, inode, await this.#startIn(file.handle, position, Number(size)));
    }
    for (const inode of this.#positions.keys()) if (!seen.has(inode)) this.#positions.delete(inode);
    for (const inode of this.#unsettled.keys()) if (!seen.has(inode)) this.#unsettled.delete(inode);
  }

  async #countUnread(positions: ReadonlyMap<string, ReadPosition>): Promise<number> {
    let bytes = 0;
    for await (const { handle } of openSeries(this.#records.series)) {
      const { ino, size } = await handle.stat({ bigint: true });
      bytes += Math.max(0, Number(size) - (positions.get(String(ino))?.offset ?? 0));
    }
    return bytes;
  }

  /** Where to begin in a file: where it was left, if it is still the same one. */
  async #startIn(handle: FileHandle, position: ReadPosition | undefined, size: number): Promise<number> {
    if (position === undefined) return 0;
    const isSame = size > position.offset && (await headOf(handle, position.offset)) === position.head;
    return isSame ? position.offset : 0;
  }

  async *#readFile({ path, handle }: SeriesFile, inode: string, from: number): AsyncGenerator<PositionedEvents<T>> {
    const { maxEvents } = this.#options;
    const { series, accept } = this.#records;
    const splitter = new Splitter(path, series.key, accept, () => {});
    const window = Buffer.allocUnsafe(windowBytes);
    let start = from;
    let kept = 0;
    for (let isAtEnd = false; !isAtEnd; ) {
      const { bytesRead } = await handle.read(window, kept, windowBytes - kept, start + kept);
      kept += bytesRead;
      isAtEnd = bytesRead === 0 && kept < windowBytes;
      if (!isAtEnd && kept < windowBytes) continue;
      let at = 0;
      for (;;) {
        const found = endOfRecords(window.subarray(at, kept), maxEvents);
        const isLast = isAtEnd && found.records < maxEvents;
        const rest = window.subarray(at + found.end, kept);
        const end = isLast && this.#isSettled(inode, rest, start + kept) ? kept - at : found.end;
        if (end === 0 || (found.records < maxEvents && !isAtEnd && at > 0)) break;
        yield* this.#take(splitter, window.subarray(at, at + end), inode, handle, start + at + end);
        at += end;
        if (isLast) break;
      }
      if (!isAtEnd && at === 0) {
        // No record of healflow's own form: a file that a person has rewritten. It is read without positions in between.
        at = window.lastIndexOf(newline, kept - 1) + 1 || kept;
        yield* this.#push(splitter, window.subarray(0, at), false);
      }
      window.copyWithin(0, at, kept);
      start += at;
      kept -= at;
    }
  }

  /** Whether the end of a file is the end of its last record, as far as can be known. */
  #isSettled(inode: string, rest: Buffer, size: number): boolean {
    const now = this.#options.clock.monotonic();
    const known = this.#unsettled.get(inode);
    const isQuiet = known?.size === size && now - known.since >= quietMs;
    if (rest.length === 0 || isQuiet || endsWithWholeRecord(rest)) {
      this.#unsettled.delete(inode);
      return true;
    }
    if (known?.size !== size) this.#unsettled.set(inode, { size, since: now });
    return false;
  }

  /** Reads bytes that end where a record ends. */
  async *#take(
    splitter: Splitter<T>,
    bytes: Buffer,
    inode: string,
    handle: FileHandle,
    offset: number,
  ): AsyncGenerator<PositionedEvents<T>> {
    this.#positions.set(inode, { file: inode, offset, head: await headOf(handle, offset) });
    yield* this.#push(splitter, bytes, true);
  }

  async *#push(splitter: Splitter<T>, bytes: Buffer, isWhole: boolean): AsyncGenerator<PositionedEvents<T>> {
    const events = await splitter.push(bytes.toString('utf8').replace(/^\ufeff/, ''), isWhole);
    this.#unreadBytes = Math.max(0, this.#unreadBytes - bytes.length);
    if (events.length > 0) yield { events, positions: this.positions, unreadBytes: this.#unreadBytes };
  }
}
