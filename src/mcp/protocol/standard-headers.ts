import type { IncomingHttpHeaders } from 'node:http';
import { headerOf } from '../../http/headers.ts';
import { isRecord } from '../../text/is-record.ts';
import { errorCodes } from '../jsonrpc/errors.ts';
import type { Message } from '../jsonrpc/message.ts';
import { memberAt, parseSpan } from '../jsonrpc/raw-json.ts';
import { type HttpRejection, refuse } from './http-errors.ts';
import { mcpNameParams } from './methods.ts';

/** Whether a text cannot be a header value as it is, or would be decoded as something else. */
const needsEncoding = (text: string): boolean =>
  text === '' || text !== text.trim() || !/^[\t\x20-\x7e]*$/.test(text) || /^=\?base64\?.*\?=$/.test(text);

/** A text as a header value: as it is if possible, else in Base64. */
export const encodeHeaderValue = (text: string): string =>
  needsEncoding(text) ? `=?base64?${Buffer.from(text).toString('base64')}?=` : text;

const canonicalBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The text in a header value; undefined if its Base64 is invalid. */
export const decodeHeaderValue = (value: string): string | undefined => {
  const [, encoded] = /^=\?base64\?(.*)\?=$/s.exec(value) ?? [];
  if (encoded === undefined) return value;
  if (!canonicalBase64.test(encoded)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(encoded, 'base64'));
  } catch {
    return undefined;
  }
};

/**
 * The headers in which a request of the stateless protocol repeats parts of its body.
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

/** @param given The value of the header; undefined if it is missing. */
export const headerMismatch = (header: string, given: string | undefined, body: string): HttpRejection =>
  refuse(
    400,
    errorCodes.headerMismatch,
    `Bad Request: the header ${header} ${given === undefined ? 'is missing' : 'does not agree with the body'}: ${body}`,
    { data: { mismatch: { header: given ?? '(missing)', body } } },
  );

/** Checks Mcp-Method and Mcp-Name, which repeat parts of the body; undefined if they agree with it. */
export const checkStandardHeaders = (
  body: Record<string, unknown>,
  method: string,
  headers: IncomingHttpHeaders,
): HttpRejection | undefined => {
  const isNotification = !('id' in body);
  const givenMethod = headerOf(headers, 'mcp-method');
  if (givenMethod === undefined ? !isNotification : givenMethod !== method) {
    return headerMismatch('mcp-method', givenMethod, `the body names the method ${method}`);
  }
  const parameter = mcpNameParams.get(method);
  if (parameter === undefined || isNotification) return undefined;
  const params = isRecord(body.params) ? body.params : {};
  const name = params[parameter];
  const givenName = headerOf(headers, 'mcp-name');
  if (typeof name !== 'string') return undefined;
  const said = `the body names ${parameter} ${JSON.stringify(name)}`;
  if (givenName === undefined) return headerMismatch('mcp-name', undefined, said);
  return decodeHeaderValue(givenName) === name ? undefined : headerMismatch('mcp-name', givenName, said);
};
