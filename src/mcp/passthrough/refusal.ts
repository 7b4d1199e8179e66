import { errorCodes } from '../jsonrpc/errors.ts';
import { type ResponseWriter, standardHead } from './response-writer.ts';

/** Refuses a request with a JSON-RPC error. @param rawId The raw id of the request where it is known. */
export const refuse = (
  reply: ResponseWriter,
  status: number,
  error: { readonly code: number; readonly message: string },
  rawId = 'null',
  headers: Readonly<Record<string, string>> = {},
): void => {
  const body = `{"jsonrpc":"2.0","error":${JSON.stringify(error)},"id":${rawId}}`;
  reply.send(
    standardHead(status, [...Object.entries(headers), ['Content-Type', 'application/json']]),
    Buffer.from(body),
  );
};

/** Why the server gave no answer, in words that name no more of its address than the host. */
export const unreachable = (error: unknown): { readonly code: number; readonly message: string } => {
  const { code, message } = error as NodeJS.ErrnoException;
  return {
    code: errorCodes.serverError,
    message: `healflow: the MCP server gave no answer: ${code ?? message ?? 'the request failed'}`,
  };
};
