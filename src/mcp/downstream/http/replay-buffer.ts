import { errorCodes, errorResponse } from '../../jsonrpc/errors.ts';
import { formatMessage } from './sse-response.ts';

/** An event that may be replayed, or that no client has received yet. */
export interface BufferedEvent {
  readonly number: number;
  readonly id: string;
  readonly stream: BufferedStream;
  frame: Buffer;
  /** The raw id of the request that it responds to; undefined if it is no response. */
  readonly requestId: string | undefined;
  /** Whether it was sent on a connection. */
  isSent: boolean;
}

/** A stream, as the buffer of its events sees it. */
export interface BufferedStream {
  forget(event: BufferedEvent): void;
}

/** Approximate memory of an event in addition to its bytes: it counts, since most events are small. */
const overheadBytes = 512;

const costOf = ({ frame }: BufferedEvent): number => frame.length + overheadBytes;

const droppedMessage =
  'healflow: the response is larger than what is kept for a client that is away (proxy.http.keptBytes)';

/** The latest events of one session, up to a maximum size. Sent events are dropped first, then the oldest. */
export class ReplayBuffer {
  readonly #maxBytes: number;
  readonly #sent = new Set<BufferedEvent>();
  readonly #unsent = new Set<BufferedEvent>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(event: BufferedEvent): void {
    this.#bytes += costOf(event);
    (event.isSent ? this.#sent : this.#unsent).add(event);
    // An event above the maximum must not displace the others.
    if (costOf(event) > this.#maxBytes) this.#shortenOrDrop(event);
    if (this.#bytes > this.#maxBytes) this.#trim();
  }

  /** Records that a waiting event was sent. */
  markSent(event: BufferedEvent): void {
    event.isSent = true;
    if (this.#unsent.delete(event)) this.#sent.add(event);
    if (this.#bytes > this.#maxBytes) this.#trim();
  }

  #trim(): void {
    for (const event of this.#sent) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#drop(event);
    }
    for (const event of this.#unsent) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#shortenOrDrop(event);
    }
  }

  #shortenOrDrop(event: BufferedEvent): void {
    // A client that resumes must not wait in vain for its response.
    const isAwaited = !event.isSent && event.requestId !== undefined;
    if (!isAwaited || !this.#shorten(event, event.requestId)) this.#drop(event);
  }

  #shorten(event: BufferedEvent, rawId: string): boolean {
    const frame = formatMessage(errorResponse(rawId, errorCodes.serverError, droppedMessage), event.id);
    if (frame.length >= event.frame.length) return false;
    this.#bytes -= event.frame.length - frame.length;
    event.frame = frame;
    return true;
  }

  #drop(event: BufferedEvent): void {
    this.#bytes -= costOf(event);
    this.#sent.delete(event);
    this.#unsent.delete(event);
    event.stream.forget(event);
  }
}
