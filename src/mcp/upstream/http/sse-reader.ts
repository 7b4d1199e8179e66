import type { Endpoint, ResponseBody } from '../../../http/client.ts';
import type { Clock } from '../../../model/clock.ts';
import { sleep } from '../../../platform/wait.ts';
import { type AnswerEvents, mediaTypeOf, readEvents } from './answer-reader.ts';
import type { Backpressure } from './backpressure.ts';
import { isRetryableStatus, reconnectDelayMs } from './reconnect.ts';
import type { UpstreamSession } from './upstream-session.ts';

export interface SseReaderPorts {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly session: UpstreamSession;
  readonly backpressure: Backpressure;
  readonly maxBytes: number;
  readonly events: AnswerEvents;
  readonly signal: AbortSignal;
  /** Whether the protocol lets a broken stream be resumed. */
  readonly isResumable: boolean;
  /** Whether more is expected from it. */
  readonly isWanted: () => boolean;
}

/** Maximum number of failed attempts to resume a broken stream. */
const maxFailures = 5;

/**
 * Reads the event stream that is the response to a POST. If it breaks and the server has sent event ids, it is resumed from
 * the last one, which does not count as a new attempt.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#resumability-and-redelivery
 */
export class SseReader {
  readonly #ports: SseReaderPorts;
  #lastId: string | undefined;
  #retryMs: number | undefined;

  constructor(ports: SseReaderPorts) {
    this.#ports = ports;
  }

  /** Resolves when nothing more is expected; with the error if the stream broke in the end. */
  async read(first: ResponseBody): Promise<Error | undefined> {
    const { backpressure, maxBytes, events, isWanted, isResumable, signal } = this.#ports;
    let failures = 0;
    for (let body = first; ; ) {
      let hasReceived = false;
      backpressure.add(body);
      const error = await readEvents(body, maxBytes, {
        ...events,
        event: ({ id, retry }) => {
          hasReceived = true;
          this.#lastId = id ?? this.#lastId;
          this.#retryMs = retry ?? this.#retryMs;
        },
      });
      if (!isWanted() || !isResumable || this.#lastId === undefined || signal.aborted) return error;
      failures = hasReceived ? 0 : failures + 1;
      const next = await this.#resume(this.#lastId, failures);
      if (next === undefined) return error;
      body = next;
    }
  }

  /** Resolves with the rest of it; undefined if that is not available. */
  async #resume(lastId: string, before: number): Promise<ResponseBody | undefined> {
    const { endpoint, session, clock, signal, isWanted } = this.#ports;
    for (let failures = before; failures < maxFailures; failures += 1) {
      await sleep(clock, this.#retryMs ?? reconnectDelayMs(failures), signal);
      if (signal.aborted || !isWanted()) return undefined;
      let status: number | undefined;
      try {
        const headers = { Accept: 'text/event-stream', ...session.headers, 'Last-Event-ID': lastId };
        const response = await endpoint.send({ method: 'GET', headers, signal });
        if (response.status === 200 && mediaTypeOf(response.body) === 'text/event-stream') return response.body;
        status = response.status;
        response.body.resume().on('error', () => {});
      } catch {
        // The server may be back for the next attempt.
      }
      if (!isRetryableStatus(status)) return undefined;
    }
    return undefined;
  }
}
