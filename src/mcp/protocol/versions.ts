import { isRecord } from '../../text/is-record.ts';
import type { Message } from '../jsonrpc/message.ts';
import { memberAt, parseSpan } from '../jsonrpc/raw-json.ts';

/** The versions of the protocol with sessions. */
export const sessionVersions: readonly string[] = [
  '2025-11-25',
  '2025-06-18',
  '2025-03-26',
  '2024-11-05',
  '2024-10-07',
];

/** The only version with batches over HTTP. */
export const batchVersion = '2025-03-26';

/** The first version whose clients accept an event without data. */
export const primingVersion = '2025-11-25';

/** The first version of the protocol without sessions; there is no later one yet. */
export const firstStatelessVersion = '2026-07-28';

/** Whether a version has no sessions. Versions are dates, so they compare as texts. */
export const isStatelessVersion = (version: string): boolean => version >= firstStatelessVersion;

const metaPrefix = 'io.modelcontextprotocol/';

/** The names that the protocol defines in `_meta`. */
export const metaKeys = {
  protocolVersion: `${metaPrefix}protocolVersion`,
  clientCapabilities: `${metaPrefix}clientCapabilities`,
  logLevel: `${metaPrefix}logLevel`,
  subscriptionId: `${metaPrefix}subscriptionId`,
} as const;

/** The `_meta` of a parsed message; undefined if it has none. */
export const metaOf = (message: unknown): Record<string, unknown> | undefined => {
  const params = isRecord(message) ? message.params : undefined;
  return isRecord(params) && isRecord(params._meta) ? params._meta : undefined;
};

/**
 * The members of `_meta` that a client of the stateless protocol sends with every request. healflow's own requests
 * repeat them. Undefined if a request has none.
 */
export const protocolMeta = ({ bytes, params }: Message): Record<string, unknown> | undefined => {
  if (params === undefined) return undefined;
  const meta = parseSpan(bytes, memberAt(bytes, params.start, '_meta'));
  if (!isRecord(meta)) return undefined;
  const members = Object.entries(meta).filter(([name]) => name.startsWith(metaPrefix));
  return members.length === 0 ? undefined : Object.fromEntries(members);
};

/**
 * The protocol version in the `_meta` of a message, which makes it a message of the stateless protocol. Undefined if the
 * message belongs to a session.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http
 */
export const statelessVersionOf = ({ method, bytes, params }: Message): string | undefined => {
  if (params === undefined || method === 'initialize') return undefined;
  const meta = memberAt(bytes, params.start, '_meta');
  const version = meta && parseSpan(bytes, memberAt(bytes, meta.start, metaKeys.protocolVersion));
  return typeof version === 'string' ? version : undefined;
};

/** The protocol version in the response to `initialize`. */
export const versionIn = ({ bytes, result }: Message): string | undefined => {
  const version = result && parseSpan(bytes, memberAt(bytes, result.start, 'protocolVersion'));
  return typeof version === 'string' ? version : undefined;
};
