import type { ServerResponse } from 'node:http';
import type { BodyTooLargeError } from '../../http/body.ts';
import type { Refusal } from '../../http/guard.ts';
import { errorCodes } from '../jsonrpc/errors.ts';

/** Why a request is rejected, as an HTTP status and a JSON-RPC error. */
export interface HttpRejection {
  readonly status: number;
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** @param code The JSON-RPC code. */
export const refuse = (
  status: number,
  code: number,
  message: string,
  more: Pick<HttpRejection, 'data' | 'headers'> = {},
): HttpRejection => ({ status, code, message, ...more });

export const unknownSession = refuse(404, errorCodes.sessionNotFound, 'Session not found');

/** The rejection of a request that the guard did not let in. */
export const refuseByGuard = ({ status, message, headers }: Refusal): HttpRejection =>
  refuse(status, errorCodes.serverError, message, { headers });

/** The rejection of a request whose body is too long; the rest of the body is not read. */
export const refuseBody = ({ status, message }: BodyTooLargeError): HttpRejection =>
  refuse(status, errorCodes.serverError, `${message} (proxy.maxLineBytes)`, { headers: { connection: 'close' } });

/** Sends a rejection as the response. @param rawId The raw id of the request, if it is known. */
export const sendRejection = (response: ServerResponse, rejection: HttpRejection, rawId = 'null'): void => {
  const { status, code, message, data, headers } = rejection;
  const error = JSON.stringify({ code, message, ...(data !== undefined && { data }) });
  const body = `{"jsonrpc":"2.0","error":${error},"id":${rawId}}`;
  response
    .writeHead(status, { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    .end(body);
};

/** A failed HTTP response that may mean a lost session. */
export interface SessionFailure {
  readonly status: number;
  readonly body: string;
  /** Whether the request named a session. */
  readonly hadSession: boolean;
  /** Whether the body is the JSON-RPC response to that very request, so the server has looked at it. */
  readonly isResponse: boolean;
}

/** What servers say of a request whose session they do not know; other words about a session come from a tool. */
const unknownSessionWords =
  /(?:^|[^\w\s-]\s*|\b(?:the|this|your|request|mcp)\s)(?:(?:no|no (?:valid|active|such)|unknown|bad|(?:invalid|missing|expired)(?: or (?:invalid|missing|expired|unknown))?) (?:mcp[- ])?session\b|(?:mcp[- ])?session(?:[- ]id)?(?: header)?(?: \S{8,80})? (?:(?:was |is )?not (?:found|known|valid|initialized)|does not exist|(?:has |is )?(?:expired|invalid|unknown|missing|required|terminated))\b)/i;

/** The longest body of such a response. */
const maxWords = 500;

/**
 * Whether the server no longer knows the session, and so has not looked at the request. The protocol asks for 404;
 * servers made after the examples of the official SDK send 400.
 */
export const isLostSession = ({ status, body, hadSession, isResponse }: SessionFailure): boolean =>
  hadSession &&
  !isResponse &&
  (status === 404 || (status === 400 && body.length <= maxWords && unknownSessionWords.test(body)));
