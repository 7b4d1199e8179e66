import type { FileHandle } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import type { HealingEvent } from './event.ts';
import { eventSeries } from './log-files.ts';
import type { ReadOptions } from './read.ts';
import { Splitter } from './record-splitter.ts';
import { toEvent } from './validate-record.ts';

const chunkBytes = 64 * 1024;
const newline = 0x0a;
/** Number of polls without new bytes after which a half-written record counts as torn. */
const maxTornPolls = 10;
const { key } = eventSeries('');

/** One file of the log, read on from where the last look ended. */
export class Tail {
  /** Looks in a row at which nothing had come. */
  idlePolls = 0;
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #onDamage: NonNullable<ReadOptions['onDamage']>;
  readonly #buffer = Buffer.allocUnsafe(chunkBytes);
  #splitter: Splitter<HealingEvent>;
  #decoder = new StringDecoder('utf8');
  #position = 0;
  #lastByte = newline;
  #isPending = false;
  /** Only what is later than this is given: the rest was given before. */
  #after: string;

  constructor(path: string, handle: FileHandle, onDamage: NonNullable<ReadOptions['onDamage']>, after: string) {
    this.#path = path;
    this.#handle = handle;
    this.#onDamage = onDamage;
    this.#after = after;
    this.#splitter = this.#newSplitter();
  }

  /** Whether something was read that is not given yet, since it may not be whole. */
  get isPending(): boolean {
    return this.#isPending;
  }

  async inode(): Promise<bigint> {
    return (await this.#handle.stat({ bigint: true })).ino;
  }

  /** Gives what came since the last look. @param last The timestamp of the last event that was given. */
  async *read(last: string): AsyncGenerator<HealingEvent[]> {
    const { size } = await this.#handle.stat();
    if (size < this.#position) this.#startOver(last);
    let came = 0;
    for (;;) {
      const { bytesRead } = await this.#handle.read(this.#buffer, 0, chunkBytes, this.#position);
      if (bytesRead === 0) break;
      const isFirst = this.#position === 0;
      came += bytesRead;
      this.#position += bytesRead;
      this.#lastByte = this.#buffer[bytesRead - 1] ?? newline;
      this.#isPending = true;
      const text = this.#decoder.write(this.#buffer.subarray(0, bytesRead));
      yield this.#later(await this.#splitter.push(isFirst ? text.replace(/^\ufeff/, '') : text, false));
    }
    this.idlePolls = came > 0 ? 0 : this.idlePolls + 1;
    // The last record is whole once its writer has moved on; a moment of rest tells so.
    if (!this.#isPending || this.idlePolls < (this.#lastByte === newline ? 1 : maxTornPolls)) return;
    this.#isPending = false;
    yield this.#later(await this.#splitter.push('', true));
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  #later(events: HealingEvent[]): HealingEvent[] {
    return this.#after === '' ? events : events.filter(({ timestamp }) => timestamp > this.#after);
  }

  /** The file was emptied: what is there now is new. */
  #startOver(last: string): void {
    this.#position = 0;
    this.#after = last;
    this.#decoder = new StringDecoder('utf8');
    this.#splitter = this.#newSplitter();
  }

  #newSplitter(): Splitter<HealingEvent> {
    return new Splitter(this.#path, key, toEvent, this.#onDamage);
  }
}
