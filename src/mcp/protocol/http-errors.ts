import type { ServerResponse } from 'node:http';
import type { BodyTooLargeError } from '../../http/body.ts';
import type { EndpointAnswer } from '../../http/client.ts';
import type { Refusal } from '../../http/guard.ts';
import { errorCodes, HttpError } from '../jsonrpc/errors.ts';

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

/** What a status says in an error. */
export const describeStatus = ({ status, statusText }: Pick<EndpointAnswer, 'status' | 'statusText'>): string =>
  `the MCP server responded with HTTP ${status}${statusText === '' ? '' : ` ${statusText}`}`;

type RefusedRedirect = Pick<EndpointAnswer, 'status' | 'statusText' | 'headers' | 'redirect'>;

/** Why a redirect was not followed; undefined if the response is none. */
export const describeRedirect = (response: RefusedRedirect): string | undefined =>
  response.redirect &&
  `${describeStatus(response)}: it redirects to ${response.redirect.shown}, but ${response.redirect.reason}`;

/** The error of a redirect that was not followed; undefined if the response is none. */
export const redirectError = (response: RefusedRedirect): HttpError | undefined => {
  const message = describeRedirect(response);
  const { status, headers } = response;
  return message === undefined ? undefined : new HttpError(message, { status, headers, body: '' });
};
