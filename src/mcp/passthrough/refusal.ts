import { errorCodes } from '../jsonrpc/errors.ts';
import type { Reply } from './response-writer.ts';

/** Refuses a request with a JSON-RPC error. @param rawId The raw id of the request where it is known. */
export const refuse = (
  reply: Reply,
  status: number,
  error: { readonly code: number; readonly message: string },
  rawId = 'null',
  headers: Readonly<Record<string, string>> = {},
): void => {
  const body = `{"jsonrpc":"2.0","error":${JSON.stringify(error)},"id":${rawId}}`;
  const head = { status, statusText: phrases[status] ?? '' };
  reply.whole(
    { ...head, headers: [...Object.entries(headers), ['Content-Type', 'application/json']] },
    Buffer.from(body),
  );
};

const phrases: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Content Too Large',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};

/** Why the server gave no answer, in words that name no more of its address than the host. */
export const unreachable = (error: unknown): { readonly code: number; readonly message: string } => {
  const { code, message } = error as NodeJS.ErrnoException;
  return {
    code: errorCodes.serverError,
    message: `healflow: the MCP server gave no answer: ${code ?? message ?? 'the request failed'}`,
  };
};
