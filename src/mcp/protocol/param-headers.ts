import type { IncomingHttpHeaders } from 'node:http';
import { headerOf } from '../../http/headers.ts';
import { isRecord } from '../../text/is-record.ts';
import type { HttpRejection } from './http-errors.ts';
import { decodeHeaderValue, headerMismatch } from './standard-headers.ts';

/** An argument of a tool that a call repeats in a header. */
export interface ParamHeader {
  readonly path: readonly string[];
  readonly header: string;
  readonly isNumber: boolean;
}

/** The headers that an input schema declares with `x-mcp-header`. */
export interface ParamHeaderScan {
  /** The headers that a server checks; none if it cannot know which argument a declaration is about. */
  readonly headers: readonly ParamHeader[];
  /** Why a client must not offer the tool; undefined if it may. */
  readonly fault: string | undefined;
}

const marker = 'x-mcp-header';
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const clientTypes: readonly unknown[] = ['string', 'integer', 'boolean'];

/** Keywords with schemas that do not describe one certain argument, so a declaration in them has no meaning. */
const unreachableKeywords =
  'items prefixItems contains additionalProperties unevaluatedItems unevaluatedProperties propertyNames oneOf anyOf allOf not if then else'.split(
    ' ',
  );
const unreachableByName = ['patternProperties', 'dependentSchemas', '$defs', 'definitions'];

/** Scans an input schema. */
class Scan {
  readonly headers = new Map<string, ParamHeader>();
  fault: string | undefined;
  isAmbiguous = false;

  visit(schema: unknown, path: readonly string[], isReachable: boolean): void {
    if (!isRecord(schema)) return;
    const fault = marker in schema ? this.#declare(schema, path, isReachable) : undefined;
    if (fault !== undefined) {
      this.fault ??= fault;
      this.isAmbiguous = true;
    }
    for (const [name, part] of Object.entries(isRecord(schema.properties) ? schema.properties : {})) {
      this.visit(part, [...path, name], isReachable);
    }
    for (const part of unreachableParts(schema)) this.visit(part, path, false);
  }

  /** Returns the fault that leaves open which argument is meant, or how it is written. */
  #declare(schema: Record<string, unknown>, path: readonly string[], isReachable: boolean): string | undefined {
    const { [marker]: mark, type } = schema;
    const place = path.join('.') || 'the schema';
    if (!isReachable || path.length === 0) return `${place} has no fixed place among the arguments`;
    if (typeof mark !== 'string' || !token.test(mark))
      return `the header of ${place} has no name that a header can have`;
    if (!clientTypes.includes(type)) {
      const words = `${place} is neither a string nor an integer nor a boolean`;
      if (type !== 'number') return words;
      // A client must not send it, but some do; a server can still check it.
      this.fault ??= words;
    }
    const key = mark.toLowerCase();
    if (this.headers.has(key)) return `two arguments share the header ${mark}`;
    this.headers.set(key, { path, header: `Mcp-Param-${mark}`, isNumber: type === 'integer' || type === 'number' });
    return undefined;
  }
}

const unreachableParts = (schema: Record<string, unknown>): unknown[] => [
  ...unreachableKeywords.flatMap((keyword) => schema[keyword] ?? []),
  ...unreachableByName.flatMap((keyword) => (isRecord(schema[keyword]) ? Object.values(schema[keyword]) : [])),
];

/**
 * Reads the declarations in the input schema of a tool, for a client and for a server alike.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http
 */
export const scanParamHeaders = (inputSchema: unknown): ParamHeaderScan => {
  const scan = new Scan();
  scan.visit(inputSchema, [], true);
  return { headers: scan.isAmbiguous ? [] : [...scan.headers.values()], fault: scan.fault };
};

/** The argument that a header repeats, as text; undefined if it is not repeated. */
export const paramHeaderText = (args: unknown, { path }: ParamHeader): string | undefined => {
  const value = path.reduce<unknown>((at, name) => (isRecord(at) ? at[name] : undefined), args);
  if (typeof value === 'string' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'number' || (Number.isInteger(value) && !Number.isSafeInteger(value))) return undefined;
  return String(value);
};

const decimal = /^-?\d+(\.\d+)?$/;

/** Checks the Mcp-Param headers of a call; undefined if they agree with its arguments. */
export const checkParamHeaders = (
  declared: readonly ParamHeader[],
  args: unknown,
  headers: IncomingHttpHeaders,
): HttpRejection | undefined => {
  for (const param of declared) {
    const text = paramHeaderText(args, param);
    if (text === undefined) continue;
    const name = param.header.toLowerCase();
    const given = headerOf(headers, name);
    const words = `the argument ${param.path.join('.')} is ${JSON.stringify(text)}`;
    if (given === undefined) return headerMismatch(name, undefined, words);
    const decoded = decodeHeaderValue(given);
    const isEqual =
      decoded === text ||
      (param.isNumber && decoded !== undefined && decimal.test(decoded) && Number(decoded) === Number(text));
    if (!isEqual) return headerMismatch(name, given, words);
  }
  return undefined;
};
