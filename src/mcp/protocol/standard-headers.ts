import type { Message } from '../jsonrpc/message.ts';
import { memberAt, parseSpan } from '../jsonrpc/raw-json.ts';
import { mcpNameParams } from './named-by.ts';

/** Whether a text could not stand in a header as it is, or would be read as something else there. */
const needsEncoding = (text: string): boolean =>
  text === '' || text !== text.trim() || !/^[\t\x20-\x7e]*$/.test(text) || /^=\?base64\?.*\?=$/.test(text);

/** A text as the value of a header: as it is, or in Base64 where it cannot stand so. */
export const encodeHeaderValue = (text: string): string =>
  needsEncoding(text) ? `=?base64?${Buffer.from(text).toString('base64')}?=` : text;

/**
 * The headers in which a request of the stateless protocol repeats what its body says.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http
 */
export const standardHeaders = ({ method, bytes, params }: Message): Record<string, string> => {
  const parameter = mcpNameParams.get(method);
  const name = parameter && params && parseSpan(bytes, memberAt(bytes, params.start, parameter));
  return {
    'Mcp-Method': encodeHeaderValue(method),
    ...(typeof name === 'string' && { 'Mcp-Name': encodeHeaderValue(name) }),
  };
};
