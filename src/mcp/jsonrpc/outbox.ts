import type { Writable } from 'node:stream';

/** One complete message to be written. */
export interface OutboundMessage {
  readonly bytes: Buffer;
  /** The key of the response that is expected; empty if none is. */
  readonly key: string;
}

const newline = 0x0a;
const lineEnd = Buffer.from('\n');
/** Above this the source has to wait, in bytes. */
const fullBytes = 1_048_576;
/** Maximum size of one write, in bytes. */
const batchBytes = 262_144;

/** The bytes of all messages as one buffer; messages that are still adjacent in the buffer they were read from are not copied. */
const joined = (batch: readonly OutboundMessage[]): Buffer => {
  const first = batch[0]?.bytes ?? lineEnd;
  if (batch.length === 1) return first;
  const { buffer, byteOffset } = first;
  let end = byteOffset;
  for (const { bytes } of batch) {
    if (bytes.buffer !== buffer || bytes.byteOffset !== end) return Buffer.concat(batch.map((item) => item.bytes));
    end += bytes.length;
  }
  return Buffer.from(buffer, byteOffset, end - byteOffset);
};

/**
 * Writes messages to a stream, one write at a time, and records which ones were handed over.
 *
 * Messages that arrive during a write are joined into the next one. A message without a line end is written as it is;
 * the line is ended before the next message.
 */
export class Outbox {
  readonly #stream: Writable;
  readonly #onDrain: () => void;
  #waiting: OutboundMessage[] = [];
  #waitingBytes = 0;
  #writingBytes = 0;
  #lastByte = newline;
  #scheduled = false;
  #wasFull = false;
  #ended = false;
  #broken = false;
  #unsent: readonly OutboundMessage[] = [];
  #emptied: (() => void)[] = [];

  /** @param onDrain Called when there is room again, and once more when the stream breaks. */
  constructor(stream: Writable, onDrain: () => void) {
    this.#stream = stream;
    this.#onDrain = onDrain;
    // The error arrives with the write that failed; without a listener it would end the process.
    stream.on('error', () => this.#break([]));
    stream.on('close', () => this.#break([]));
    this.#broken = stream.destroyed;
  }

  get full(): boolean {
    return this.#waitingBytes + this.#writingBytes >= fullBytes;
  }

  /** Whether everything is handed over, or never can be. */
  get empty(): boolean {
    return this.#broken || this.#waitingBytes + this.#writingBytes === 0;
  }

  /** Whether the stream no longer takes anything. */
  get broken(): boolean {
    return this.#broken;
  }

  /** The messages that were certainly not handed over, once the stream is broken. */
  get unsent(): readonly OutboundMessage[] {
    return [...this.#unsent, ...this.#waiting];
  }

  push(bytes: Buffer, key = ''): void {
    if (bytes.length === 0) return;
    if (this.#lastByte !== newline) this.#enqueue({ bytes: lineEnd, key: '' });
    this.#lastByte = bytes[bytes.length - 1] ?? newline;
    this.#enqueue({ bytes, key });
    if (this.#scheduled || this.#writingBytes > 0) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#write();
    });
  }

  /** Removes a message that is not being written yet. */
  withdraw(key: string): boolean {
    const at = this.#waiting.findIndex((item) => item.key === key);
    if (at === -1) return false;
    this.#waitingBytes -= this.#waiting[at]?.bytes.length ?? 0;
    this.#waiting.splice(at, 1);
    return true;
  }

  /** Resolves when everything is handed over, or never can be. */
  async whenEmpty(): Promise<void> {
    if (this.empty) return;
    await new Promise<void>((resolve) => this.#emptied.push(resolve));
  }

  /** Ends the stream once everything is handed over. */
  async end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.whenEmpty();
    if (!this.#broken) this.#stream.end();
  }

  #enqueue(item: OutboundMessage): void {
    this.#waiting.push(item);
    this.#waitingBytes += item.bytes.length;
    this.#wasFull ||= this.full;
  }

  #write(): void {
    if (this.#broken || this.#writingBytes > 0 || this.#waiting.length === 0) return;
    const batch = this.#takeBatch();
    const bytes = joined(batch);
    this.#writingBytes = bytes.length;
    this.#stream.write(bytes, (error) => {
      this.#writingBytes = 0;
      // A reader may have got all of a failed write but its end: only the last message is certainly incomplete.
      if (error != null) this.#break(batch.slice(-1));
      else this.#written();
    });
  }

  #written(): void {
    if (this.#waiting.length > 0) this.#write();
    else this.#releaseEmptied();
    if (!this.#wasFull || this.full) return;
    this.#wasFull = false;
    this.#onDrain();
  }

  #takeBatch(): OutboundMessage[] {
    let count = 0;
    let bytes = 0;
    for (const item of this.#waiting) {
      if (count > 0 && bytes + item.bytes.length > batchBytes) break;
      bytes += item.bytes.length;
      count += 1;
    }
    this.#waitingBytes -= bytes;
    if (count < this.#waiting.length) return this.#waiting.splice(0, count);
    const all = this.#waiting;
    this.#waiting = [];
    return all;
  }

  #break(unsent: readonly OutboundMessage[]): void {
    if (unsent.length > 0) this.#unsent = unsent;
    if (this.#broken) return;
    this.#broken = true;
    this.#releaseEmptied();
    this.#onDrain();
  }

  #releaseEmptied(): void {
    const emptied = this.#emptied;
    this.#emptied = [];
    for (const resolve of emptied) resolve();
  }
}
