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
  readonly flow: Backpressure;
  readonly maxBytes: number;
  readonly events: AnswerEvents;
  /** The server no longer knows the session of this id. */
  readonly onLost: (sessionId: string) => void;
}

/**
 * What a server says of its own accord in a session. The stream is made again when it ends, and goes on where it was; a
 * server that has none is not asked again.
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
      if (end === 'none') return;
      if (end === 'news') failures = 0;
      await sleep(clock, this.#retryMs ?? reconnectDelayMs(failures), signal);
    }
  }

  /** `none`: the server has no such stream. */
  async #once(signal: AbortSignal): Promise<'news' | 'nothing' | 'none'> {
    const { endpoint, session, flow, maxBytes, events, onLost } = this.#ports;
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
        return status >= 400 && isRetryableStatus(status) && status !== 501 ? 'nothing' : 'none';
      }
      let hasNews = false;
      flow.add(body);
      await readEvents(body, maxBytes, {
        message: (bytes) => !signal.aborted && events.message(bytes),
        oversize: events.oversize,
        event: (event) => {
          hasNews = true;
          this.#lastId = event.id ?? this.#lastId;
          this.#retryMs = event.retry ?? this.#retryMs;
        },
      });
      return hasNews ? 'news' : 'nothing';
    } catch {
      return 'nothing';
    }
  }
}
