import { Readable } from 'node:stream';
import type { ServerEvent } from '../../http/events.ts';
import type { HttpForm } from '../healing/call-healing.ts';
import type { ToolCall } from '../healing/tool-call.ts';
import { HttpError } from '../jsonrpc/errors.ts';
import { type Message, readMessage } from '../jsonrpc/message.ts';
import { splice } from '../jsonrpc/raw-json.ts';
import { type Peeked, readUpTo, type UpstreamResponse } from './response.ts';

/** Maximum length of a body that the diagnosis reads. */
const scannedBytes = 65_536;

/** A response with an error status, in the form that the diagnosis reads. */
export class HttpFailure extends HttpError {
  readonly #whole: UpstreamResponse;
  readonly #bytes: Buffer | undefined;

  constructor(response: UpstreamResponse, bytes: Buffer, isWhole: boolean) {
    const { status, statusText, headers } = response;
    const text = `the MCP server responded with HTTP ${status}${statusText === '' ? '' : ` ${statusText}`}`;
    super(text, { status, headers, body: bytes.toString('utf8', 0, scannedBytes) });
    this.#whole = response;
    this.#bytes = isWhole ? bytes : undefined;
  }

  /** The response as it came. */
  get response(): UpstreamResponse {
    return this.#whole;
  }

  /** Its body; undefined if that is too long to be held. */
  get bytes(): Buffer | undefined {
    return this.#bytes;
  }
}

/** How an error response travels through a client, and becomes the response to the request that the client comes back with. */
export const httpFormOf = ({ rawId }: Pick<ToolCall, 'rawId'>): HttpForm => ({
  store: (outcome) => {
    if (!(outcome instanceof HttpFailure) || outcome.bytes === undefined) return undefined;
    const { status, statusText, headers, rawHeaders } = outcome.response;
    return { status, statusText, headers, rawHeaders, body: outcome.bytes.toString('base64') };
  },
  restore: (stored) => {
    const { body, ...head } = stored as unknown as Pick<
      UpstreamResponse,
      'status' | 'statusText' | 'headers' | 'rawHeaders'
    > & {
      readonly body: string;
    };
    const given = Buffer.from(body, 'base64');
    const { kind, id } = readMessage(given);
    const bytes = kind === 'response' && id !== undefined ? splice(given, [{ ...id, bytes: rawId }]) : given;
    return new HttpFailure({ ...head, body: Readable.from([bytes]) }, bytes, true);
  },
});

/** Whether a status is an error. */
export const isFailure = ({ status }: UpstreamResponse): boolean => status >= 400;

/** Reads the body of an error response. */
export const readFailure = async (response: UpstreamResponse, maxBytes: number): Promise<HttpFailure> => {
  const peeked = await readUpTo(response, maxBytes);
  return new HttpFailure(peeked.response, peeked.bytes, peeked.isWhole);
};

/** Reads the body of a response. @throws TruncatedResponseError if it breaks off */
export const readWhole = (response: UpstreamResponse, maxBytes: number): Promise<Peeked> =>
  readUpTo(response, maxBytes).catch((cause: unknown) => {
    throw new TruncatedResponseError('the response of the MCP server broke off', { cause });
  });

export const asError = (error: unknown): Error => (error instanceof Error ? error : new Error('the request failed'));

/** A response that ended too early, after the request was sent. */
export class TruncatedResponseError extends Error {
  /** Used by the diagnosis: the connection ended after the request was sent. */
  readonly code = 'ECONNRESET';
}

/** Makes a check of the messages of a stream, one after the other: it throws if the first may refuse the request. */
export const refusalCheck = (mayRefuse: (message: Message) => boolean) => {
  let isFirst = true;
  return (message: Message, event: ServerEvent): void => {
    if (isFirst && mayRefuse(message)) throw new StreamRefusal(message, event);
    isFirst &&= message.kind === 'other';
  };
};

/** A stream of events whose first message may refuse the request because of its session. The rest is not read. */
export class StreamRefusal extends Error {
  readonly refusal: Message;
  readonly event: ServerEvent;

  constructor(refusal: Message, event: ServerEvent) {
    super('the MCP server may not know the session');
    this.refusal = refusal;
    this.event = event;
  }
}
