import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { formatEvent } from '../../../http/events.ts';
import { withoutLineEnd } from '../../jsonrpc/lines.ts';
import type { KeepAlive } from './keep-alive.ts';

/** Can pause the server while a response is not read. */
export interface Pausable {
  pause(holder: object): void;
  resume(holder: object): void;
}

export interface SseResponseParts {
  readonly response: ServerResponse;
  readonly keepAlive: KeepAlive;
  readonly source: Pausable;
  /** Maximum number of unsent bytes before the server is paused. */
  readonly highWaterMark: number;
  /** How long a client may read nothing before it is disconnected, in ms. @default 10000 */
  readonly stalledMs?: number | undefined;
  /** Called when the connection has ended. @param isWhole Whether the whole response was sent. */
  readonly onClose?: ((isWhole: boolean) => void) | undefined;
  /** Called if no stream was begun within one tick. */
  readonly onLate?: (() => void) | undefined;
}

const streamHead: OutgoingHttpHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

const comment = ': keepalive\n\n';

/**
 * One HTTP response. A slow client pauses the server, a client that reads nothing is disconnected, and an idle stream gets
 * a comment from time to time, so that no proxy on the way closes it.
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
    // The client may have gone already.
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
    // The close event reports the end.
    response.on('error', () => {});
  }

  get isStream(): boolean {
    return this.#isStream;
  }

  /** Whether nothing more can be sent. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Begins an event stream. */
  begin(headers: OutgoingHttpHeaders = {}): void {
    if (this.#isOver || this.#isStream) return;
    this.#isStream = true;
    const { response } = this.#parts;
    response.writeHead(200, { ...streamHead, ...headers });
    // The client sees at once that its request has arrived.
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

  /** Ends the stream. */
  frameEnd(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#parts.response.end();
  }

  /** Sends a complete response that is not a stream. */
  send(status: number, headers: OutgoingHttpHeaders = {}, body: Buffer | string = ''): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { response } = this.#parts;
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
    if (response.writableLength > 0) this.#onBlocked();
  }

  /** Ends the connection at once. */
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
    // The timeout counts only while nothing is read.
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

/** The event with a message, as a copy. @param id The event id; undefined if the client cannot resume. */
export const formatMessage = (bytes: Buffer, id?: string): Buffer => {
  const data = withoutLineEnd(bytes);
  // A carriage return would end a line of the event.
  if (data.includes(carriageReturn)) return Buffer.from(formatEvent({ event: 'message', id, data: data.toString() }));
  const start = id === undefined ? frameStart : Buffer.from(`event: message\nid: ${id}\ndata: `);
  return Buffer.concat([start, data, frameEnd]);
};

/** How long a client should wait before it resumes a broken stream, in ms. */
const retryMs = 1_000;

/** An event without data, whose id lets the client resume. */
export const primingFrame = (id: string): Buffer => Buffer.from(`id: ${id}\nretry: ${retryMs}\ndata: \n\n`);
