import type { Endpoint, EndpointAnswer } from '../../../http/client.ts';
import type { Clock } from '../../../model/clock.ts';
import { sleep } from '../../../platform/wait.ts';
import { type AnswerEvents, mediaTypeOf, readEvents } from './answer-reader.ts';
import type { Backpressure } from './backpressure.ts';
import { readFailure } from './http-failure.ts';
import { isRetryableStatus, ReconnectPacer } from './reconnect.ts';
import type { UpstreamSession } from './upstream-session.ts';

export interface ServerStreamPorts {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly session: UpstreamSession;
  readonly backpressure: Backpressure;
  readonly maxBytes: number;
  readonly events: AnswerEvents;
  /** The server no longer knows the session of this id. */
  readonly onLost: (sessionId: string) => void;
}

/** What became of one request for the stream; `unsupported`: the server has none, `lost`: the session is unknown. */
type StreamEnd = 'ended' | 'refused' | 'unsupported' | 'lost';

/**
 * The stream of a session on which the server sends messages of its own. It is opened again when it ends, and resumes where
 * it was. A server that refuses the first request has no such stream and is not asked again; a refusal after that may end.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#listening-for-messages-from-the-server
 */
export class ServerStream {
  readonly #ports: ServerStreamPorts;
  #control = new AbortController();
  #lastId: string | undefined;
  #retryMs: number | undefined;
  /** Whether the server has opened the stream in this session. */
  #hasWorked = false;
  /** Whether the session was opened again for this stream, and the server has not opened the stream since. */
  #wasLost = false;

  constructor(ports: ServerStreamPorts) {
    this.#ports = ports;
  }

  /** Opens it for a new session. */
  open(): void {
    this.close();
    this.#control = new AbortController();
    this.#lastId = undefined;
    this.#retryMs = undefined;
    this.#hasWorked = false;
    void this.#run(this.#control.signal);
  }

  close(): void {
    this.#control.abort();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    const pacer = new ReconnectPacer();
    while (!signal.aborted) {
      const end = await this.#once(signal, pacer);
      if (end === 'unsupported' || end === 'lost') return;
      // The server may not know the place any more where the stream was interrupted.
      if (end === 'refused') this.#lastId = undefined;
      await sleep(clock, pacer.delayMs(this.#retryMs), signal);
    }
  }

  async #once(signal: AbortSignal, pacer: ReconnectPacer): Promise<StreamEnd> {
    const { endpoint, clock, session, backpressure, maxBytes, events } = this.#ports;
    const { id } = session;
    let openedAt: number | undefined;
    let hadMessage = false;
    try {
      const headers = {
        Accept: 'text/event-stream',
        ...session.headers,
        ...(this.#lastId !== undefined && { 'Last-Event-ID': this.#lastId }),
      };
      const response = await endpoint.send({ method: 'GET', headers, signal });
      const { status, body } = response;
      if (status !== 200 || mediaTypeOf(body) !== 'text/event-stream') return await this.#refused(response, id, signal);
      openedAt = clock.monotonic();
      this.#hasWorked = true;
      this.#wasLost = false;
      backpressure.add(body);
      await readEvents(body, maxBytes, {
        message: (bytes) => {
          hadMessage = true;
          if (!signal.aborted) events.message(bytes);
        },
        oversize: events.oversize,
        event: (event) => {
          this.#lastId = event.id ?? this.#lastId;
          this.#retryMs = event.retry ?? this.#retryMs;
        },
      });
      return 'ended';
    } catch {
      return 'ended';
    } finally {
      pacer.ended(openedAt === undefined ? undefined : clock.monotonic() - openedAt, hadMessage);
    }
  }

  async #refused(response: EndpointAnswer, id: string | undefined, signal: AbortSignal): Promise<StreamEnd> {
    const { status } = response;
    const refusal =
      status < 400 ? undefined : await readFailure(response, undefined, id !== undefined, this.#ports.clock);
    if (refusal === undefined) response.body.resume().on('error', () => {});
    if (signal.aborted) return 'unsupported';
    // A server without this stream may answer 404 to GET: only after the stream has worked is that about the session.
    const isLost = refusal?.evidence === 'lost' && (status !== 404 || this.#hasWorked || refusal.namesSession);
    if (isLost && id !== undefined && !this.#wasLost) {
      this.#wasLost = true;
      this.#ports.onLost(id);
      return 'lost';
    }
    const isTemporary = status === 409 || (status >= 400 && isRetryableStatus(status) && status !== 501);
    return this.#hasWorked || isTemporary ? 'refused' : 'unsupported';
  }
}
