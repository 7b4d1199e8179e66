import { errorCodes, errorResponse } from '../../jsonrpc/errors.ts';
import { formatMessage } from './sse-response.ts';

/** An event that may be asked for again, or that nobody has fetched yet. */
export interface BufferedEvent {
  readonly number: number;
  readonly id: string;
  readonly stream: BufferedStream;
  frame: Buffer;
  /** The raw id of the request that it answers; undefined if it answers none. */
  readonly requestId: string | undefined;
  /** Whether it went out on a connection. */
  isSent: boolean;
}

/** A stream as those see it that keep its events. */
export interface BufferedStream {
  forget(event: BufferedEvent): void;
}

/** What an event costs beside its bytes, roughly: it is counted too, since most events are small. */
const overheadBytes = 512;

const costOf = ({ frame }: BufferedEvent): number => frame.length + overheadBytes;

const droppedMessage =
  'healflow: the answer was larger than what is kept for a client that is away (proxy.http.keptBytes)';

/** The events of one session, as many as there is room for. Those that went out go first, then the oldest. */
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
    // What is larger than all there is room for pushes nothing else out.
    if (costOf(event) > this.#maxBytes) this.#shortenOrDrop(event);
    if (this.#bytes > this.#maxBytes) this.#trim();
  }

  /** An event went out after all. */
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
    // Who comes back for an answer should not wait for it in vain.
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
