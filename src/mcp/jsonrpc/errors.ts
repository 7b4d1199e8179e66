import { isRecord } from '../../text/is-record.ts';
import { type Message, rawIdOf } from './message.ts';
import { parseSpan } from './raw-json.ts';

/** The error codes of JSON-RPC and MCP that healflow sends or reads. */
export const errorCodes = {
  parseError: -32_700,
  invalidRequest: -32_600,
  methodNotFound: -32_601,
  invalidParams: -32_602,
  internalError: -32_603,
  /** Any error of the server or the proxy that has no code of its own. */
  serverError: -32_000,
  sessionNotFound: -32_001,
  headerMismatch: -32_020,
  missingClientCapability: -32_021,
  unsupportedProtocolVersion: -32_022,
} as const;

/** The error response for the request with this raw id, as one line. */
export const errorResponse = (rawId: string, code: number, message: string): Buffer =>
  Buffer.from(`{"jsonrpc":"2.0","id":${rawId},"error":${JSON.stringify({ code, message })}}\n`);

/** The error response to a request of the server under an id that healflow uses: the client's response would be taken for ours. */
export const ownIdError = (request: Message): Buffer =>
  errorResponse(
    rawIdOf(request),
    errorCodes.invalidRequest,
    'this is an id of healflow: use another id for the request',
  );

/** A JSON-RPC error that a server responded with, as the diagnosis reads it. */
export class JsonRpcError extends Error {
  override readonly name = 'JsonRpcError';
  readonly code: unknown;
  readonly data: unknown;

  constructor(error: unknown) {
    const { message, code, data, ...others } = isRecord(error) ? error : {};
    super(typeof message === 'string' ? message : '');
    this.code = code;
    // The diagnosis reads members that JSON-RPC does not know, too.
    this.data = Object.keys(others).length === 0 ? data : { ...(data === undefined ? {} : { data }), ...others };
  }
}

/** The result in a response. @throws JsonRpcError the server's error, if it is one */
export const resultOf = ({ bytes, error, result }: Message): unknown => {
  if (error !== undefined) throw new JsonRpcError(parseSpan(bytes, error));
  return parseSpan(bytes, result);
};

/** `UPSTREAM_DIED_UNSENT`: the request was certainly not written · `UPSTREAM_DIED`: it may have been read. */
export type UpstreamDiedCode = 'UPSTREAM_DIED' | 'UPSTREAM_DIED_UNSENT';

/** The server ended before it responded to a request. It keeps the name `Error`: the diagnosis uses only the code. */
export class UpstreamDiedError extends Error {
  readonly code: UpstreamDiedCode;

  constructor(code: UpstreamDiedCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** An HTTP response that is not the JSON-RPC response to the request, as the diagnosis reads it. It keeps the name `Error`. */
export class HttpError extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
  /** The JSON-RPC error in its body, with the id of the request. */
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
