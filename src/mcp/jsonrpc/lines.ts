import { isCompleteMessage } from './message.ts';

/** A line that was longer than the limit. Only its two ends were kept. */
export interface OversizeLine {
  /** The first bytes, at most 64 KiB. */
  readonly head: Buffer;
  /** The last bytes, at most 4 KiB; they do not overlap with the head. */
  readonly tail: Buffer;
  /** The length of the whole line, in bytes. */
  readonly length: number;
}

export interface LineEvents {
  /** One line with the `\n` that ends it; the last one of a stream may lack it. */
  readonly line: (bytes: Buffer) => void;
  readonly oversize: (line: OversizeLine) => void;
}

const newline = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const headBytes = 65_536;
const tailBytes = 4_096;
const noBytes = Buffer.alloc(0);

/** Keeps the two ends of a line or an event while the rest of it is read and dropped. */
export class LineSampler {
  readonly #head = Buffer.alloc(headBytes);
  #tail: Buffer = noBytes;
  #length = 0;

  add(more: Buffer): void {
    // Copies nothing once the head is full.
    more.copy(this.#head, this.#length);
    const rest = more.subarray(Math.max(0, headBytes - this.#length));
    this.#tail = Buffer.concat([this.#tail, rest.subarray(-tailBytes)]).subarray(-tailBytes);
    this.#length += more.length;
  }

  end(): OversizeLine {
    return { head: this.#head.subarray(0, this.#length), tail: this.#tail, length: this.#length };
  }
}

const lengthWithoutLineEnd = (bytes: Buffer): number => {
  let end = bytes.length;
  while (bytes[end - 1] === newline || bytes[end - 1] === carriageReturn) end -= 1;
  return end;
};

/** A message without its line end. */
export const withoutLineEnd = (bytes: Buffer): Buffer => bytes.subarray(0, lengthWithoutLineEnd(bytes));

/** A message with the end of its line. The last one of a stream may lack it, and a server that reads lines would wait for it. */
export const withLineEnd = (line: Buffer): Buffer =>
  line[line.length - 1] === newline || !isCompleteMessage(line) ? line : Buffer.concat([line, Buffer.from('\n')]);

/**
 * A copy of a message as one line. Each line end inside it becomes a space: JSON has line ends only between its tokens,
 * so nothing else changes.
 */
export const asLine = (bytes: Buffer): Buffer => {
  const end = lengthWithoutLineEnd(bytes);
  const line = Buffer.allocUnsafe(end + 1);
  bytes.copy(line, 0, 0, end);
  line[end] = newline;
  for (const byte of [newline, carriageReturn]) {
    for (let at = line.indexOf(byte); at !== -1 && at < end; at = line.indexOf(byte, at)) line[at] = space;
  }
  return line;
};

/**
 * Splits a stream of bytes into lines. Chunks may end anywhere, even inside a character, and each line is passed on
 * byte for byte. Holds at most one line, and at most `maxBytes` of it.
 */
export class LineSplitter {
  readonly #maxBytes: number;
  readonly #events: LineEvents;
  #held: Buffer = noBytes;
  #used = 0;
  #dropped: LineSampler | undefined;

  constructor(maxBytes: number, events: LineEvents) {
    this.#maxBytes = maxBytes;
    this.#events = events;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, start)) {
      this.#finish(chunk.subarray(start, at + 1));
      start = at + 1;
    }
    this.#hold(chunk.subarray(start));
  }

  /** The start of a line that has not ended yet; empty if that line is too long. */
  get rest(): Buffer {
    return this.#held.subarray(0, this.#used);
  }

  /** Passes on a last line that has no line end. */
  end(): void {
    if (this.#dropped !== undefined || this.#used > 0) this.#finish(noBytes);
  }

  #hold(piece: Buffer): void {
    if (this.#dropped !== undefined) {
      this.#dropped.add(piece);
    } else if (this.#used + piece.length > this.#maxBytes) {
      this.#dropped = new LineSampler();
      this.#dropped.add(this.#takeHeld());
      this.#dropped.add(piece);
    } else {
      this.#append(piece);
    }
  }

  #finish(piece: Buffer): void {
    if (this.#used === 0 && this.#dropped === undefined && piece.length <= this.#maxBytes) {
      this.#events.line(piece);
      return;
    }
    this.#hold(piece);
    const dropped = this.#dropped;
    this.#dropped = undefined;
    if (dropped === undefined) this.#events.line(this.#takeHeld());
    else this.#events.oversize(dropped.end());
  }

  #append(piece: Buffer): void {
    const needed = this.#used + piece.length;
    if (this.#held.length < needed) {
      // Doubling keeps the copying linear, however small the chunks are.
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#used, 1_024));
      this.#held.copy(larger, 0, 0, this.#used);
      this.#held = larger;
    }
    piece.copy(this.#held, this.#used);
    this.#used = needed;
  }

  #takeHeld(): Buffer {
    const held = this.#held.subarray(0, this.#used);
    this.#held = noBytes;
    this.#used = 0;
    return held;
  }
}
