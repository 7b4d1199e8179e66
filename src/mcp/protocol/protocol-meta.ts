import { isRecord } from '../../text/is-record.ts';
import type { Message } from '../jsonrpc/message.ts';
import { memberAt, parseSpan } from '../jsonrpc/raw-json.ts';

/**
 * The facts that a client of the stateless protocol (2026-07-28) puts into the `_meta` of its every request; a request
 * of healflow's own carries them on. Undefined if a request has none.
 */
export const protocolMeta = ({ bytes, params }: Message): Record<string, unknown> | undefined => {
  if (params === undefined) return undefined;
  const meta = parseSpan(bytes, memberAt(bytes, params.start, '_meta'));
  if (!isRecord(meta)) return undefined;
  const facts = Object.entries(meta).filter(([name]) => name.startsWith('io.modelcontextprotocol/'));
  return facts.length === 0 ? undefined : Object.fromEntries(facts);
};
