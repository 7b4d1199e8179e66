import type { Endpoint } from '../../../http/client.ts';
import type { Clock } from '../../../model/clock.ts';
import { sleep } from '../../../platform/wait.ts';
import { type AnswerEvents, mediaTypeOf, readEvents } from './answer-reader.ts';
import type { Backpressure } from './backpressure.ts';
import { isRetryableStatus, reconnectDelayMs } from './reconnect.ts';
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

/**
 * The stream of a session on which the server sends messages of its own. It is opened again when it ends, and resumes where
 * it was; a server without such a stream is not asked again.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#listening-for-messages-from-the-server
 */
export class ServerStream {
  readonly #ports: ServerStreamPorts;
  #control = new AbortController();
  #lastId: string | undefined;
  #retryMs: number | undefined;

  constructor(ports: ServerStreamPorts) {
    this.#ports = ports;
  }

  /** Opens it for a new session. */
  open(): void {
    this.close();
    this.#control = new AbortController();
    this.#lastId = undefined;
    this.#retryMs = undefined;
    void this.#run(this.#control.signal);
  }

  close(): void {
    this.#control.abort();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    for (let failures = 0; !signal.aborted; failures += 1) {
      const end = await this.#once(signal);
      if (end === 'unsupported') return;
      if (end === 'received') failures = 0;
      await sleep(clock, this.#retryMs ?? reconnectDelayMs(failures), signal);
    }
  }

  /** `received`: at least one event · `empty`: none · `unsupported`: the server has no such stream. */
  async #once(signal: AbortSignal): Promise<'received' | 'empty' | 'unsupported'> {
    const { endpoint, session, backpressure, maxBytes, events, onLost } = this.#ports;
    const { id } = session;
    try {
      const headers = {
        Accept: 'text/event-stream',
        ...session.headers,
        ...(this.#lastId !== undefined && { 'Last-Event-ID': this.#lastId }),
      };
      const { status, body } = await endpoint.send({ method: 'GET', headers, signal });
      if (status !== 200 || mediaTypeOf(body) !== 'text/event-stream') {
        body.resume().on('error', () => {});
        if (status === 404 && id !== undefined && !signal.aborted) onLost(id);
        return status >= 400 && isRetryableStatus(status) && status !== 501 ? 'empty' : 'unsupported';
      }
      let hasReceived = false;
      backpressure.add(body);
      await readEvents(body, maxBytes, {
        message: (bytes) => !signal.aborted && events.message(bytes),
        oversize: events.oversize,
        event: (event) => {
          hasReceived = true;
          this.#lastId = event.id ?? this.#lastId;
          this.#retryMs = event.retry ?? this.#retryMs;
        },
      });
      return hasReceived ? 'received' : 'empty';
    } catch {
      return 'empty';
    }
  }
}
