import { isRecord } from '../../../text/is-record.ts';
import { errorCodes } from '../../jsonrpc/errors.ts';
import { withoutLineEnd } from '../../jsonrpc/lines.ts';
import type { Message } from '../../jsonrpc/message.ts';
import { parseSpan } from '../../jsonrpc/raw-json.ts';
import type { ResponseSink } from './multiplexer.ts';
import type { SseResponse } from './sse-response.ts';
import { formatMessage } from './sse-response.ts';

/** HTTP statuses of the JSON-RPC errors that are about the request as such. */
const statuses: ReadonlyMap<unknown, number> = new Map([
  [errorCodes.parseError, 400],
  [errorCodes.invalidRequest, 400],
  [errorCodes.methodNotFound, 404],
  [errorCodes.headerMismatch, 400],
  [errorCodes.missingClientCapability, 400],
  [errorCodes.unsupportedProtocolVersion, 400],
]);

export interface StatelessReplyParts {
  readonly sse: SseResponse;
  readonly takesStream: boolean;
  readonly takesJson: boolean;
  /** Reads a message; only its error is used. */
  readonly read: (bytes: Buffer) => Message;
}

/** Responds to one request of the stateless protocol: with JSON if the response comes first, else with an event stream. */
export class StatelessReply implements ResponseSink {
  readonly #parts: StatelessReplyParts;

  constructor(parts: StatelessReplyParts) {
    this.#parts = parts;
  }

  onNotification(bytes: Buffer): void {
    const { sse, takesStream } = this.#parts;
    // A client that accepts only JSON cannot receive it.
    if (!takesStream) return;
    sse.begin();
    sse.write(formatMessage(bytes));
  }

  onResponse(bytes: Buffer): void {
    const { sse, takesJson, read } = this.#parts;
    if (sse.isStream || !takesJson) {
      this.onNotification(bytes);
      sse.frameEnd();
      return;
    }
    const { error } = read(bytes);
    const value = error && parseSpan(bytes, error);
    const status = (isRecord(value) ? statuses.get(value.code) : undefined) ?? 200;
    sse.send(status, { 'content-type': 'application/json' }, withoutLineEnd(bytes));
  }

  /** The response takes long: a stream can be kept alive. */
  onLate(): void {
    const { sse, takesStream } = this.#parts;
    if (takesStream) sse.begin();
  }
}
