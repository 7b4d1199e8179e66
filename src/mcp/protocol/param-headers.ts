import { isRecord } from '../../text/is-record.ts';

/** An argument of a tool that is to be repeated in a header. */
export interface ParamHeader {
  readonly path: readonly string[];
  readonly header: string;
}

const marker = 'x-mcp-header';
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const types: readonly unknown[] = ['string', 'integer', 'boolean'];

/** Where schemas lie in a schema beside `properties`. An argument there is not always the same one, so no mark may stand there. */
const unreachableKeywords =
  'items prefixItems contains additionalProperties unevaluatedItems unevaluatedProperties propertyNames oneOf anyOf allOf not if then else'.split(
    ' ',
  );
const elsewhereByName = ['patternProperties', 'dependentSchemas', '$defs', 'definitions'];

/**
 * The marks in the input schema of a tool, or what is wrong with them: clients that use HTTP do not offer such a tool.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http
 */
export const scanParamHeaders = (inputSchema: unknown): readonly ParamHeader[] | string => {
  const marks = new Map<string, ParamHeader>();
  const problem = collect(inputSchema, [], true, marks);
  return problem ?? [...marks.values()];
};

/** Returns what is wrong. */
const collect = (
  schema: unknown,
  path: readonly string[],
  isFixed: boolean,
  marks: Map<string, ParamHeader>,
): string | undefined => {
  if (!isRecord(schema)) return undefined;
  if (marker in schema) {
    const mark = schema[marker];
    const place = path.join('.') || 'the schema';
    if (!isFixed || path.length === 0) return `${place} has no fixed place among the arguments`;
    if (typeof mark !== 'string' || !token.test(mark))
      return `the header of ${place} has no name that a header can have`;
    if (!types.includes(schema.type)) return `${place} is neither a string nor an integer nor a boolean`;
    const key = mark.toLowerCase();
    if (marks.has(key)) return `two arguments share the header ${mark}`;
    marks.set(key, { path, header: `Mcp-Param-${mark}` });
  }
  for (const [name, part] of Object.entries(isRecord(schema.properties) ? schema.properties : {})) {
    const problem = collect(part, [...path, name], isFixed, marks);
    if (problem !== undefined) return problem;
  }
  for (const part of partsElsewhere(schema)) {
    const problem = collect(part, path, false, marks);
    if (problem !== undefined) return problem;
  }
  return undefined;
};

const partsElsewhere = (schema: Record<string, unknown>): unknown[] => [
  ...unreachableKeywords.flatMap((keyword) => schema[keyword] ?? []),
  ...elsewhereByName.flatMap((keyword) => (isRecord(schema[keyword]) ? Object.values(schema[keyword]) : [])),
];
