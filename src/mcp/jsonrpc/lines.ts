/** A line that was longer than the cap. It was not kept: only its two ends are known. */
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
const headBytes = 65_536;
const tailBytes = 4_096;

/** What is remembered of a line or an event while the rest of it is read and dropped. */
export class LineSampler {
  #head: Buffer = Buffer.alloc(0);
  #tail: Buffer = Buffer.alloc(0);
  #length = 0;

  add(more: Buffer): void {
    this.#length += more.length;
    const room = headBytes - this.#head.length;
    if (room > 0) this.#head = Buffer.concat([this.#head, more.subarray(0, room)]);
    const rest = more.subarray(room);
    if (rest.length > 0) this.#tail = Buffer.concat([this.#tail, rest.subarray(-tailBytes)]).subarray(-tailBytes);
  }

  end(): OversizeLine {
    return { head: this.#head, tail: this.#tail, length: this.#length };
  }
}

/**
 * Cuts a stream of bytes into lines. Works on bytes alone: chunks may end anywhere, also inside a character,
 * and each line is passed on byte for byte. Holds at most one line, and of that at most `maxBytes`.
 */
export class LineSplitter {
  readonly #maxBytes: number;
  readonly #events: LineEvents;
  #held: Buffer | undefined;
  #used = 0;
  #dropped: LineSampler | undefined;

  constructor(maxBytes: number, events: LineEvents) {
    this.#maxBytes = maxBytes;
    this.#events = events;
  }

  push(chunk: Buffer): void {
    let start = 0;
    while (start < chunk.length) {
      const at = chunk.indexOf(newline, start);
      if (at === -1) {
        this.#hold(chunk.subarray(start));
        return;
      }
      this.#finish(chunk.subarray(start, at + 1));
      start = at + 1;
    }
  }

  /** What is held of a line that is not ended yet; nothing of one that is too long. */
  get rest(): Buffer {
    return this.#held?.subarray(0, this.#used) ?? Buffer.alloc(0);
  }

  /** Passes on what is left of a last line that was not ended. */
  end(): void {
    if (this.#dropped !== undefined || this.#used > 0) this.#finish(Buffer.alloc(0));
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
    if (this.#held === undefined || this.#held.length < needed) {
      // Doubling keeps the copying linear, however small the chunks are.
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#used, 1_024));
      this.#held?.copy(larger, 0, 0, this.#used);
      this.#held = larger;
    }
    piece.copy(this.#held, this.#used);
    this.#used = needed;
  }

  #takeHeld(): Buffer {
    const held = this.#held?.subarray(0, this.#used) ?? Buffer.alloc(0);
    this.#held = undefined;
    this.#used = 0;
    return held;
  }
}
