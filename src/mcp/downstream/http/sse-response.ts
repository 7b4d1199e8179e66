import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { formatEvent } from '../../../http/events.ts';
import { withoutLineEnd } from '../../jsonrpc/lines.ts';
import type { KeepAlive } from './keep-alive.ts';

/** Who lets the server wait while an answer is not read. */
export interface Pausable {
  pause(holder: object): void;
  resume(holder: object): void;
}

export interface SseResponseParts {
  readonly response: ServerResponse;
  readonly keepAlive: KeepAlive;
  readonly source: Pausable;
  /** Beyond so many bytes that the client has not taken yet the server is asked to wait. */
  readonly highWaterMark: number;
  /** A client that takes nothing for so long is cut off. @default 10000 */
  readonly stalledMs?: number | undefined;
  /** The connection is over. @param isWhole Whether all of the answer had been handed over. */
  readonly onClose?: ((isWhole: boolean) => void) | undefined;
  /** An answer that is no stream yet has been waited for a whole beat. */
  readonly onLate?: (() => void) | undefined;
}

const streamHead: OutgoingHttpHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

const comment = ': keepalive\n\n';

/**
 * What goes out on one HTTP answer. A client that reads slowly makes the server wait, one that reads nothing at all is
 * cut off, and an idle stream gets a comment from time to time, so that nothing on the way takes it for dead.
 */
export class SseResponse {
  readonly #parts: SseResponseParts;
  #isStream = false;
  #isOver = false;
  #isPausing = false;
  #isBlocked = false;
  #hasWritten = true;

  constructor(parts: SseResponseParts) {
    this.#parts = parts;
    const { response, keepAlive } = parts;
    // A client may have gone before anything was done for it.
    if (response.destroyed) {
      this.#isOver = true;
      queueMicrotask(() => parts.onClose?.(false));
      return;
    }
    keepAlive.join(this);
    response.on('drain', () => this.#onDrain());
    response.on('timeout', () => this.destroy());
    response.once('close', () => {
      this.#isOver = true;
      keepAlive.leave(this);
      this.#onDrain();
      parts.onClose?.(response.writableFinished);
    });
    // What there is to say of it is said by its end.
    response.on('error', () => {});
  }

  get isStream(): boolean {
    return this.#isStream;
  }

  /** Whether nothing more can be said on it. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Begins a stream of events. */
  begin(headers: OutgoingHttpHeaders = {}): void {
    if (this.#isOver || this.#isStream) return;
    this.#isStream = true;
    const { response } = this.#parts;
    response.writeHead(200, { ...streamHead, ...headers });
    // The client learns at once that its request has arrived.
    response.flushHeaders();
  }

  write(frame: Buffer | string): void {
    if (this.#isOver) return;
    const { response, source, highWaterMark } = this.#parts;
    this.#hasWritten = true;
    if (!response.write(frame)) this.#onBlocked();
    if (this.#isPausing || response.writableLength <= highWaterMark) return;
    this.#isPausing = true;
    source.pause(this);
  }

  /** Ends a stream. */
  frameEnd(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#parts.response.end();
  }

  /** Gives a whole answer that is no stream. */
  send(status: number, headers: OutgoingHttpHeaders = {}, body: Buffer | string = ''): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { response } = this.#parts;
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
    if (response.writableLength > 0) this.#onBlocked();
  }

  /** Ends the connection, whatever is still on its way. */
  destroy(): void {
    this.#parts.response.destroy();
  }

  tick(): void {
    if (this.#isOver || this.#isBlocked) return;
    if (!this.#isStream) this.#parts.onLate?.();
    else if (!this.#hasWritten) this.#parts.response.write(comment);
    this.#hasWritten = false;
  }

  #onBlocked(): void {
    if (this.#isBlocked) return;
    this.#isBlocked = true;
    // Counts only while nothing at all is taken.
    this.#parts.response.setTimeout(this.#parts.stalledMs ?? 10_000);
  }

  #onDrain(): void {
    if (this.#isBlocked && !this.#isOver) this.#parts.response.setTimeout(0);
    this.#isBlocked = false;
    if (!this.#isPausing) return;
    this.#isPausing = false;
    this.#parts.source.resume(this);
  }
}

const frameStart = Buffer.from('event: message\ndata: ');
const frameEnd = Buffer.from('\n\n');
const carriageReturn = 0x0d;

/** The event that carries a message; its bytes are a copy. @param id Where the client may go on from; none where it may not. */
export const formatMessage = (bytes: Buffer, id?: string): Buffer => {
  const data = withoutLineEnd(bytes);
  // White space of this kind would end a line of the event.
  if (data.includes(carriageReturn)) return Buffer.from(formatEvent({ event: 'message', id, data: data.toString() }));
  const start = id === undefined ? frameStart : Buffer.from(`event: message\nid: ${id}\ndata: `);
  return Buffer.concat([start, data, frameEnd]);
};

/** How long a client should wait before it comes back for a stream that broke, in ms. */
const retryMs = 1_000;

/** An event without data that tells a client where it may go on from, and when. */
export const primingFrame = (id: string): Buffer => Buffer.from(`id: ${id}\nretry: ${retryMs}\ndata: \n\n`);
