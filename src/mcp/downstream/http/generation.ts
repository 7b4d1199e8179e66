import type { IncomingHttpHeaders } from 'node:http';
import { headerOf } from '../../../http/headers.ts';
import { isRecord } from '../../../text/is-record.ts';
import { errorCodes } from '../../jsonrpc/errors.ts';
import { type HttpRejection, refuse } from '../../protocol/http-errors.ts';
import { checkStandardHeaders, headerMismatch } from '../../protocol/standard-headers.ts';
import { firstStatelessVersion, isStatelessVersion, metaKeys, metaOf } from '../../protocol/versions.ts';

/** Which generation of the protocol a POST belongs to: with sessions (up to 2025-11-25), or without (from 2026-07-28). */
export type ProtocolGeneration = 'session' | 'stateless';

const { protocolVersion: versionKey, clientCapabilities: capabilitiesKey } = metaKeys;

/**
 * The generation of a POST, according to its message; the headers only have to agree.
 *
 * @param body The parsed body.
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http
 */
export const generationOf = (body: unknown, headers: IncomingHttpHeaders): ProtocolGeneration | HttpRejection => {
  if (Array.isArray(body)) {
    const isMixed = body.some((part) => versionKey in (metaOf(part) ?? {}));
    return isMixed
      ? refuse(400, errorCodes.invalidRequest, 'Invalid Request: the stateless protocol has no batches')
      : 'session';
  }
  if (!isRecord(body) || typeof body.method !== 'string') return 'session';
  const named = headerOf(headers, 'mcp-protocol-version');
  const meta = metaOf(body);
  if (meta !== undefined && versionKey in meta) return checkEnvelope(body, body.method, meta, headers);
  if (named === undefined || !isStatelessVersion(named)) return 'session';
  if (body.method === 'initialize') {
    return headerMismatch('mcp-protocol-version', named, 'an initialize request belongs to the protocol with sessions');
  }
  if (!('id' in body)) return checkStandardHeaders(body, body.method, headers) ?? 'stateless';
  const missing = meta === undefined ? ['_meta'] : [versionKey, capabilitiesKey].filter((key) => !(key in meta));
  return refuse(
    400,
    errorCodes.invalidParams,
    `Invalid params: protocol version ${named} asks for ${missing.join(' and ')} in the request`,
    {
      data: { envelope: { missing } },
    },
  );
};

/** Checks what a request of the stateless protocol says about its client. */
const checkEnvelope = (
  body: Record<string, unknown>,
  method: string,
  meta: Record<string, unknown>,
  headers: IncomingHttpHeaders,
): ProtocolGeneration | HttpRejection => {
  const version = meta[versionKey];
  const isNotification = !('id' in body);
  if (typeof version !== 'string') return invalidEnvelope(versionKey, 'expected a text');
  // A client may name a later version that it prefers in its handshake.
  if (method === 'initialize' && !isStatelessVersion(version)) return 'session';
  if (!isNotification) {
    if (!(capabilitiesKey in meta)) return invalidEnvelope(capabilitiesKey, 'missing');
    if (!isRecord(meta[capabilitiesKey])) return invalidEnvelope(capabilitiesKey, 'expected an object');
  }
  const named = headerOf(headers, 'mcp-protocol-version');
  if (named !== undefined && named !== version) {
    return headerMismatch('mcp-protocol-version', named, `the body names protocol version ${version}`);
  }
  if (named === undefined && !isNotification) {
    return headerMismatch('mcp-protocol-version', undefined, `the body names protocol version ${version}`);
  }
  // The rules of other versions are unknown; the server decides whether it supports them.
  return (version === firstStatelessVersion ? checkStandardHeaders(body, method, headers) : undefined) ?? 'stateless';
};

const invalidEnvelope = (key: string, problem: string): HttpRejection =>
  refuse(400, errorCodes.invalidParams, `Invalid params: _meta: ${key}: ${problem}`, {
    data: { envelope: { key, problem } },
  });
