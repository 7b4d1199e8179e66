import { HttpError } from '../jsonrpc/errors.ts';
import { readUpTo, type UpstreamResponse } from './response.ts';

/** So much of a body is looked at for what went wrong. */
const scannedBytes = 65_536;

/** An answer whose status says that the request has failed, in the form that the diagnosis reads. */
export class HttpFailure extends HttpError {
  readonly #whole: UpstreamResponse;
  readonly #bytes: Buffer | undefined;

  constructor(answer: UpstreamResponse, bytes: Buffer, isWhole: boolean) {
    const { status, statusText, headers } = answer;
    const words = `the MCP server responded with HTTP ${status}${statusText === '' ? '' : ` ${statusText}`}`;
    super(words, { status, headers, body: bytes.toString('utf8', 0, scannedBytes) });
    this.#whole = answer;
    this.#bytes = isWhole ? bytes : undefined;
  }

  /** The answer as it came. */
  get response(): UpstreamResponse {
    return this.#whole;
  }

  /** Its body; undefined if that is too long to be held. */
  get bytes(): Buffer | undefined {
    return this.#bytes;
  }
}

/** Whether a status says that the request has failed. */
export const isFailure = ({ status }: UpstreamResponse): boolean => status >= 400;

/** Reads what a server has said with a failure. */
export const readFailure = async (answer: UpstreamResponse, maxBytes: number): Promise<HttpFailure> => {
  const peeked = await readUpTo(answer, maxBytes);
  return new HttpFailure(peeked.answer, peeked.bytes, peeked.isWhole);
};

/** An answer that ended before what it was to hold had come; the request itself had been sent. */
export class TruncatedResponseError extends Error {
  /** What the diagnosis goes by: the connection ended after the request was sent. */
  readonly code = 'ECONNRESET';
}
