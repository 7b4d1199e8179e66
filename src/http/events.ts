import type { Writable } from 'node:stream';
import { createParser, type EventSourceMessage } from 'eventsource-parser';

/** One block of a stream of server-sent events, with the empty line that ends it. */
export interface ServerEvent {
  readonly id: string | undefined;
  readonly event: string | undefined;
  /** Undefined if the block holds no data: a comment, or a `retry` alone. */
  readonly data: string | undefined;
  /** How long a reader is to wait before it connects again, in ms. */
  readonly retry: number | undefined;
  /** The block as it came, byte for byte. */
  readonly raw: Buffer;
}

export interface EventReaderEvents {
  readonly event: (event: ServerEvent) => void;
  /** A piece of a block that is longer than the cap; they come one by one and are not held. */
  readonly overflow: (piece: Buffer, isLast: boolean) => void;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const byteOrderMark = Buffer.from('\ufeff');

/**
 * Reads a stream of server-sent events block by block. Chunks may end anywhere. Holds at most one block, and of that at
 * most `maxBytes`.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export class EventReader {
  readonly #maxBytes: number;
  readonly #events: EventReaderEvents;
  readonly #parser = createParser({
    onEvent: (message) => {
      this.#message = message;
    },
    onRetry: (retry) => {
      this.#retry = retry;
    },
  });
  #message: EventSourceMessage | undefined;
  #retry: number | undefined;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #isOverflowing = false;
  #isFirst = true;
  #lineIsEmpty = true;
  #wasReturn = false;

  /** @param maxBytes The longest block that is read, in bytes. */
  constructor(maxBytes: number, events: EventReaderEvents) {
    this.#maxBytes = maxBytes;
    this.#events = events;
  }

  push(chunk: Buffer): void {
    let start = 0;
    let place = 0;
    while (place < chunk.length) {
      const end = nextLineEnd(chunk, place);
      if (end > place) {
        this.#lineIsEmpty = false;
        this.#wasReturn = false;
      }
      if (end === chunk.length) break;
      const isReturn = chunk[end] === carriageReturn;
      place = end + 1;
      // The second half of a CR LF ends no line of its own.
      const isSecondHalf = !isReturn && this.#wasReturn;
      this.#wasReturn = isReturn;
      if (isSecondHalf) continue;
      const isBlockEnd = this.#lineIsEmpty;
      this.#lineIsEmpty = true;
      if (!isBlockEnd) continue;
      if (isReturn && chunk[place] === lineFeed) {
        place += 1;
        this.#wasReturn = false;
      }
      this.#finish(chunk.subarray(start, place));
      start = place;
    }
    if (start < chunk.length) this.#hold(chunk.subarray(start));
  }

  /** The rest after the last empty line, when the stream has ended; it is not an event. */
  end(): Buffer {
    const rest = Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    return rest;
  }

  #hold(piece: Buffer): void {
    if (this.#isOverflowing) {
      this.#events.overflow(piece, false);
      return;
    }
    this.#held.push(piece);
    this.#heldBytes += piece.length;
    if (this.#heldBytes <= this.#maxBytes) return;
    this.#isOverflowing = true;
    this.#events.overflow(this.end(), false);
  }

  #finish(piece: Buffer): void {
    this.#hold(piece);
    if (this.#isOverflowing) {
      this.#isOverflowing = false;
      this.#events.overflow(Buffer.alloc(0), true);
    } else {
      this.#parse(this.end());
    }
  }

  #parse(raw: Buffer): void {
    this.#message = undefined;
    this.#retry = undefined;
    const text = raw.toString('utf8', this.#isFirst && raw.indexOf(byteOrderMark) === 0 ? byteOrderMark.length : 0);
    this.#isFirst = false;
    this.#parser.feed(text.endsWith('\n') ? text : `${text}\n`);
    const { id, event, data } = this.#message ?? ({} as Partial<EventSourceMessage>);
    this.#events.event({ id, event, data, retry: this.#retry, raw });
  }
}

const nextLineEnd = (chunk: Buffer, from: number): number => {
  const feed = chunk.indexOf(lineFeed, from);
  const end = feed === -1 ? chunk.length : feed;
  const back = chunk.subarray(from, end).indexOf(carriageReturn);
  return back === -1 ? end : from + back;
};

/** The fields of an event to be written. */
export interface EventParts {
  readonly id?: string | undefined;
  readonly event?: string | undefined;
  readonly data?: string | undefined;
  /** In ms. */
  readonly retry?: number | undefined;
}

/** The bytes of one event. */
export const formatEvent = ({ id, event, data, retry }: EventParts): string => {
  const lines: string[] = [];
  if (event !== undefined) lines.push(`event: ${event}`);
  if (id !== undefined) lines.push(`id: ${id}`);
  if (retry !== undefined) lines.push(`retry: ${retry}`);
  if (data !== undefined) lines.push(...data.split(/\r\n|\r|\n/).map((line) => `data: ${line}`));
  return `${lines.join('\n')}\n\n`;
};

/** Writes one event. Returns false if the writer should wait for `drain`. */
export const writeEvent = (out: Writable, parts: EventParts): boolean => out.write(formatEvent(parts));
