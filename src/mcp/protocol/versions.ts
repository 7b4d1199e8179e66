import type { Message } from '../jsonrpc/message.ts';
import { memberAt, parseSpan } from '../jsonrpc/raw-json.ts';

const versionKey = 'io.modelcontextprotocol/protocolVersion';

/**
 * The protocol version that a message names itself, which makes it one of the stateless protocol. Undefined if it
 * belongs to a session.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http
 */
export const statelessVersionOf = ({ method, bytes, params }: Message): string | undefined => {
  if (params === undefined || method === 'initialize') return undefined;
  const meta = memberAt(bytes, params.start, '_meta');
  const version = meta && parseSpan(bytes, memberAt(bytes, meta.start, versionKey));
  return typeof version === 'string' ? version : undefined;
};
