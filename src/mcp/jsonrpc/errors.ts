import { isRecord } from '../../text/is-record.ts';
import type { Message } from './message.ts';

/** A JSON-RPC error that a server answered with, as the diagnosis reads it. */
export class JsonRpcError extends Error {
  override readonly name = 'JsonRpcError';
  readonly code: unknown;
  readonly data: unknown;

  constructor(error: unknown) {
    const parts = isRecord(error) ? error : {};
    super(typeof parts.message === 'string' ? parts.message : '');
    this.code = parts.code;
    this.data = parts.data;
  }
}

/** `UPSTREAM_DIED_UNSENT`: certainly before the request was written · `UPSTREAM_DIED`: it may have been read. */
export type UpstreamDiedCode = 'UPSTREAM_DIED' | 'UPSTREAM_DIED_UNSENT';

/** The server ended before it answered a request. Its name says nothing: the diagnosis goes by the code alone. */
export class UpstreamDiedError extends Error {
  readonly code: UpstreamDiedCode;

  constructor(code: UpstreamDiedCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** An HTTP answer that is no answer to the request, as the diagnosis reads it. Its name says nothing. */
export class HttpError extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
  /** The JSON-RPC error that came with it, with the request's own id. */
  readonly answer: Message | undefined;

  constructor(
    message: string,
    parts: {
      readonly status: number;
      readonly headers: Readonly<Record<string, unknown>>;
      readonly body: string;
      readonly answer?: Message | undefined;
    },
  ) {
    super(message);
    this.status = parts.status;
    this.headers = parts.headers;
    this.body = parts.body;
    this.answer = parts.answer;
  }
}
