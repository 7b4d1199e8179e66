import type { IncomingMessage } from 'node:http';
import type { Endpoint } from '../../../http/client.ts';
import type { Clock } from '../../../model/clock.ts';
import { sleep } from '../../../platform/wait.ts';
import { type AnswerEvents, mediaTypeOf, readEvents } from './answer-reader.ts';
import type { Backpressure } from './backpressure.ts';
import { isRetryableStatus, reconnectDelayMs } from './reconnect.ts';
import type { UpstreamSession } from './upstream-session.ts';

export interface AnswerStreamPorts {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly session: UpstreamSession;
  readonly flow: Backpressure;
  readonly maxBytes: number;
  readonly events: AnswerEvents;
  readonly signal: AbortSignal;
  /** Whether the protocol lets a stream go on that broke. */
  readonly isResumable: boolean;
  /** Whether something is still to come of it. */
  readonly isWanted: () => boolean;
}

/** So often a broken stream is asked for again where that comes to nothing. */
const mostFailures = 5;

/**
 * The stream of events that answers a POST. Where it breaks and the server has said where it was, it goes on from there,
 * which is no new attempt.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#resumability-and-redelivery
 */
export class SseReader {
  readonly #ports: AnswerStreamPorts;
  #lastId: string | undefined;
  #retryMs: number | undefined;

  constructor(ports: AnswerStreamPorts) {
    this.#ports = ports;
  }

  /** Resolves when nothing more is to come; with the error where it broke in the end. */
  async read(first: IncomingMessage): Promise<Error | undefined> {
    const { flow, maxBytes, events, isWanted, isResumable, signal } = this.#ports;
    let failures = 0;
    for (let body = first; ; ) {
      let hasNews = false;
      flow.add(body);
      const error = await readEvents(body, maxBytes, {
        ...events,
        event: ({ id, retry }) => {
          hasNews = true;
          this.#lastId = id ?? this.#lastId;
          this.#retryMs = retry ?? this.#retryMs;
        },
      });
      if (!isWanted() || !isResumable || this.#lastId === undefined || signal.aborted) return error;
      failures = hasNews ? 0 : failures + 1;
      const next = await this.#resume(this.#lastId, failures);
      if (next === undefined) return error;
      body = next;
    }
  }

  /** Resolves with the rest of it; undefined if that is not to be had. */
  async #resume(lastId: string, before: number): Promise<IncomingMessage | undefined> {
    const { endpoint, session, clock, signal, isWanted } = this.#ports;
    for (let failures = before; failures < mostFailures; failures += 1) {
      await sleep(clock, this.#retryMs ?? reconnectDelayMs(failures), signal);
      if (signal.aborted || !isWanted()) return undefined;
      let status: number | undefined;
      try {
        const headers = { Accept: 'text/event-stream', ...session.headers, 'Last-Event-ID': lastId };
        const answer = await endpoint.send({ method: 'GET', headers, signal });
        if (answer.status === 200 && mediaTypeOf(answer.body) === 'text/event-stream') return answer.body;
        status = answer.status;
        answer.body.resume().on('error', () => {});
      } catch {
        // The server may be there again for the next one.
      }
      if (!isRetryableStatus(status)) return undefined;
    }
    return undefined;
  }
}
