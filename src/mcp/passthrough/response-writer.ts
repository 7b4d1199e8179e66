import { type ServerResponse, STATUS_CODES } from 'node:http';
import { type EventParts, formatEvent } from '../../http/events.ts';
import { headerIn, type Pair } from '../../http/headers.ts';
import { errorCodes, HttpError } from '../jsonrpc/errors.ts';
import { type HttpRejection, refuse, sendRejection } from '../protocol/http-errors.ts';

/** Everything before the body of a response. */
export interface Head {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly Pair[];
}

/** A head with the standard text of its status. */
export const standardHead = (status: number, headers: readonly Pair[] = []): Head => ({
  status,
  statusText: STATUS_CODES[status] ?? '',
  headers,
});

/** The head of an event stream that the proxy itself begins. */
export const eventsHead: Head = standardHead(200, [
  ['Content-Type', 'text/event-stream'],
  ['Cache-Control', 'no-cache, no-transform'],
]);

/** Writes the response to one request of a client. Writes nothing after the client has gone. */
export class ResponseWriter {
  readonly #response: ServerResponse;
  readonly #closed = new AbortController();
  #isEvents = false;
  #ended = false;
  /** Whether an event is written in part, so that no other event may come between. */
  #withinEvent = false;
  #waiting: Buffer[] = [];

  constructor(response: ServerResponse) {
    this.#response = response;
    response.on('error', () => {});
    response.once('close', () => {
      if (!this.#ended || !response.writableFinished) this.#closed.abort();
    });
  }

  /** Aborts when the client goes away before it has all of its response. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  get started(): boolean {
    return this.#response.headersSent;
  }

  get ended(): boolean {
    return this.#ended || this.#closed.signal.aborted;
  }

  /** Whether an event stream was begun. */
  get isEvents(): boolean {
    return this.#isEvents;
  }

  begin({ status, statusText, headers }: Head, isEvents = false): void {
    if (this.ended || this.started) return;
    this.#isEvents = isEvents;
    if (headerIn(headers, 'date') === undefined) this.#response.sendDate = false;
    this.#response.writeHead(status, statusText, headers.flat());
    this.#response.flushHeaders();
  }

  /** Sends a complete body. */
  send(head: Head, bytes: Buffer): void {
    const isBodiless = head.status === 204 || head.status === 304;
    const rest = head.headers.filter(([name]) => name.toLowerCase() !== 'content-length');
    this.begin({ ...head, headers: isBodiless ? rest : [...rest, ['Content-Length', String(bytes.length)]] });
    this.end(isBodiless ? undefined : bytes);
  }

  /** Rejects the request. @param rawId Its raw id, if it is known. */
  reject(rejection: HttpRejection, rawId?: string): void {
    if (this.ended || this.started) return;
    this.#ended = true;
    sendRejection(this.#response, rejection, rawId);
  }

  write(bytes: Buffer): void {
    if (!this.ended && bytes.length > 0) this.#response.write(bytes);
  }

  /** Writes an event, or a whole block as it came. */
  event(event: EventParts | Buffer): void {
    const bytes = Buffer.isBuffer(event) ? event : Buffer.from(formatEvent(event));
    if (this.#withinEvent) this.#waiting.push(bytes);
    else this.write(bytes);
  }

  /** Writes a piece of an event that is too long to buffer. */
  piece(bytes: Buffer, isLast: boolean): void {
    this.#withinEvent = !isLast;
    this.write(bytes);
    if (!isLast) return;
    for (const event of this.#waiting.splice(0)) this.write(event);
  }

  /** Resolves when the client accepts more data, or has gone. */
  async whenWritable(): Promise<void> {
    if (this.ended || !this.#response.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#response.off('drain', done);
        this.#closed.signal.removeEventListener('abort', done);
        resolve();
      };
      this.#response.once('drain', done);
      this.#closed.signal.addEventListener('abort', done, { once: true });
    });
  }

  end(bytes?: Buffer): void {
    if (this.ended) return;
    this.#ended = true;
    this.#response.end(bytes);
  }

  /** Ends the connection, so that the client sees that its response is not whole. */
  destroy(): void {
    this.#response.destroy();
  }
}

/** The rejection of a request that the server did not respond to. Names no more of its address than the host. */
export const unreachable = (error: unknown): HttpRejection => {
  if (error instanceof HttpError) return refuse(502, errorCodes.serverError, `healflow: ${error.message}`);
  const { code, message } = error as NodeJS.ErrnoException;
  const reason = code ?? message ?? 'the request failed';
  return refuse(502, errorCodes.serverError, `healflow: the MCP server gave no response: ${reason}`);
};
