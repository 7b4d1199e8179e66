import type { OutgoingHttpHeaders } from 'node:http';
import type { BufferedEvent, BufferedStream, ReplayBuffer } from './replay-buffer.ts';
import type { SseResponse } from './sse-response.ts';
import { formatMessage, primingFrame } from './sse-response.ts';

/**
 * One event stream to a client, which may outlive its connection: later events wait, and sent events can be replayed.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#resumability-and-redelivery
 */
export class EventStream implements BufferedStream {
  readonly number: number;
  readonly #replayBuffer: ReplayBuffer;
  readonly #onSpent: (stream: EventStream) => void;
  #events: BufferedEvent[] = [];
  #count = 0;
  #response: SseResponse | undefined;
  #isDone = false;

  /** @param onSpent Called when no more events will come and none is left to replay. */
  constructor(number: number, replayBuffer: ReplayBuffer, onSpent: (stream: EventStream) => void) {
    this.number = number;
    this.#replayBuffer = replayBuffer;
    this.#onSpent = onSpent;
  }

  get isAttached(): boolean {
    return this.#response !== undefined;
  }

  /** Whether no event comes after this one. */
  isOverAfter(event: number): boolean {
    return this.#isDone && event >= this.#count;
  }

  /**
   * Continues on this connection, and ends the connection before.
   *
   * @param after The last event that the client has; undefined to send only the events that were not sent.
   */
  attach(response: SseResponse, headers: OutgoingHttpHeaders, after?: number): void {
    this.#response?.destroy();
    this.#response = response;
    response.begin(headers);
    for (const event of [...this.#events]) {
      if (after === undefined ? event.isSent : event.number <= after) continue;
      response.write(event.frame);
      this.#replayBuffer.markSent(event);
    }
    if (this.#isDone) response.frameEnd();
  }

  /** Forgets the connection, if it is still this one. */
  detach(response: SseResponse): void {
    if (this.#response === response) this.#response = undefined;
  }

  /** Sends an event id before the first message, so that the client can resume. */
  prime(): void {
    this.#response?.write(primingFrame(`${this.number}-0`));
  }

  /** @param requestId The raw id of the request if the message is its response. */
  push(bytes: Buffer, requestId?: string): void {
    this.#count += 1;
    const id = `${this.number}-${this.#count}`;
    const response = this.#response;
    const isSent = response !== undefined && !response.isOver;
    const event = { number: this.#count, id, stream: this, frame: formatMessage(bytes, id), requestId, isSent };
    this.#events.push(event);
    if (isSent) response.write(event.frame);
    this.#replayBuffer.add(event);
  }

  /** No more events will come. */
  finish(): void {
    this.#isDone = true;
    this.#response?.frameEnd();
    if (this.#events.length === 0) this.#onSpent(this);
  }

  forget(event: BufferedEvent): void {
    // It is nearly always the first one.
    const at = this.#events.indexOf(event);
    if (at !== -1) this.#events.splice(at, 1);
    if (this.#isDone && this.#events.length === 0) this.#onSpent(this);
  }
}

/** Reads the id of an event: the number of its stream, and its own. Undefined if healflow did not make it. */
export const readEventId = (id: string): { readonly stream: number; readonly event: number } | undefined => {
  const [, stream, event] = /^(\d{1,15})-(\d{1,15})$/.exec(id) ?? [];
  return stream === undefined || event === undefined ? undefined : { stream: Number(stream), event: Number(event) };
};
