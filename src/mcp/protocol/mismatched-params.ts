import type { IncomingHttpHeaders } from 'node:http';
import { headerOf } from '../../http/headers.ts';
import { isRecord } from '../../text/is-record.ts';
import type { HttpRejection } from './http-errors.ts';
import { decodeHeaderValue, headerMismatch } from './standard-headers.ts';

/** An argument of a tool that its callers repeat in a header of its own. */
export interface ParamHeader {
  readonly path: readonly string[];
  /** Lowercase, as it arrives. */
  readonly header: string;
  readonly isNumber: boolean;
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const types = ['string', 'integer', 'boolean', 'number'];
const decimal = /^-?\d+(\.\d+)?$/;

/**
 * The arguments that a tool's input schema marks with `x-mcp-header`. None where two share a header, or one is no header: such a
 * tool is wrong, and clients call it without.
 */
export const scanServerParamHeaders = (inputSchema: unknown): readonly ParamHeader[] => {
  const found: ParamHeader[] = [];
  const isSound = collect(inputSchema, [], found);
  const names = new Set(found.map(({ header }) => header));
  return isSound && names.size === found.length ? found : [];
};

/** Returns false if a mark is wrong. */
const collect = (schema: unknown, path: readonly string[], found: ParamHeader[]): boolean => {
  if (!isRecord(schema)) return true;
  const mark = schema['x-mcp-header'];
  if (mark !== undefined) {
    const type = String(schema.type);
    if (path.length === 0 || typeof mark !== 'string' || !token.test(mark) || !types.includes(type)) return false;
    const isNumber = type === 'integer' || type === 'number';
    found.push({ path, header: `mcp-param-${mark.toLowerCase()}`, isNumber });
  }
  if (!isRecord(schema.properties)) return true;
  return Object.entries(schema.properties).every(([name, part]) => collect(part, [...path, name], found));
};

/** What is wrong with the Mcp-Param headers of a call; undefined if they agree with its arguments. */
export const checkParamHeaders = (
  declared: readonly ParamHeader[],
  args: unknown,
  headers: IncomingHttpHeaders,
): HttpRejection | undefined => {
  for (const { path, header, isNumber } of declared) {
    const value = path.reduce<unknown>((at, name) => (isRecord(at) ? at[name] : undefined), args);
    if (typeof value !== 'string' && typeof value !== 'boolean' && typeof value !== 'number') continue;
    if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) continue;
    const given = headerOf(headers, header);
    const said = `the argument ${path.join('.')} is ${JSON.stringify(value)}`;
    if (given === undefined) return headerMismatch(header, undefined, said);
    const decoded = decodeHeaderValue(given);
    const isEqual =
      isNumber && typeof value === 'number' && decoded !== undefined && decimal.test(decoded)
        ? Number(decoded) === value
        : decoded === String(value);
    if (!isEqual) return headerMismatch(header, given, said);
  }
  return undefined;
};
