import type { ServerResponse } from 'node:http';

/** Why a request is not served, as an HTTP status and a JSON-RPC error. */
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

/** Answers with a refusal. @param rawId The raw id of the request where it is known. */
export const sendRejection = (response: ServerResponse, refused: HttpRejection, rawId = 'null'): void => {
  const { status, code, message, data, headers } = refused;
  const error = JSON.stringify({ code, message, ...(data !== undefined && { data }) });
  const body = `{"jsonrpc":"2.0","error":${error},"id":${rawId}}`;
  response
    .writeHead(status, { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    .end(body);
};
