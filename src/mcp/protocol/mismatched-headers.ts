import type { IncomingHttpHeaders } from 'node:http';
import { isRecord } from '../../text/is-record.ts';
import { errorCodes } from '../jsonrpc/errors.ts';
import { type HttpRejection, refuse } from './http-errors.ts';
import { mcpNameParams } from './named-by.ts';

/** One header without the white space around it. */
export const headerOf = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value?.trim();
};

/** @param given What the header holds; undefined if it is missing. */
export const headerMismatch = (header: string, given: string | undefined, body: string): HttpRejection =>
  refuse(
    400,
    errorCodes.headerMismatch,
    `Bad Request: the header ${header} ${given === undefined ? 'is missing' : 'does not agree with the body'}: ${body}`,
    { data: { headerMismatch: { header: given ?? '(missing)', body } } },
  );

const canonicalBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The text in a header, which is written as Base64 where it could not stand in one; undefined if that is broken. */
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

/** What is wrong with Mcp-Method and Mcp-Name, which repeat what the body says; undefined if they agree. */
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
