import { wordsOf } from './name.ts';
import { plainEffect, possibleEffect } from './verbs.ts';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What the parameters of a tool say. */
export interface SchemaReading {
  /** A parameter that may hold any statement or program. */
  readonly freeForm: string | undefined;
  /** A parameter that holds a query. */
  readonly query: string | undefined;
  /** A parameter that chooses or asks for a change. */
  readonly write: string | undefined;
}

/** Parameters that hold a program, a statement or a whole request. */
const freeForm = new Set([
  ...[
    'sql',
    'command',
    'cmd',
    'commands',
    'code',
    'script',
    'statement',
    'statements',
    'payload',
    'body',
    'shell',
    'argv',
  ],
  ...['sqlquery', 'rawsql', 'clicommand', 'javascript', 'js', 'python', 'mutation', 'graphql', 'pipeline', 'soql'],
]);
const outputs =
  /^(?:save|output|download|dest|destination|local|export|out)_?(?:path|dir|directory|file|filename|folder|to)$/i;
const choosers = new Set(['action', 'operation', 'method', 'op', 'mode', 'command', 'verb']);

/** The values that a parameter may have, if the schema lists them. */
const valuesOf = (schema: unknown): readonly string[] => {
  if (!isRecord(schema)) return [];
  const own = Array.isArray(schema.enum) ? schema.enum : [schema.const];
  const inner = [schema.anyOf, schema.oneOf].flatMap((list) => (Array.isArray(list) ? list.flatMap(valuesOf) : []));
  return [...own.filter((value) => typeof value === 'string'), ...inner];
};

const readMethods = new Set(['get', 'head', 'options', 'download']);

const choosesWrite = (name: string, schema: unknown): boolean =>
  choosers.has(name.toLowerCase()) &&
  valuesOf(schema).some((value) => {
    const [first = ''] = wordsOf(value);
    return !readMethods.has(first) && possibleEffect(first) !== undefined;
  });

const isSwitch = (name: string, schema: unknown): boolean => {
  const [first = ''] = wordsOf(name);
  return isRecord(schema) && schema.type === 'boolean' && (plainEffect(first) !== undefined || first === 'mark');
};

/** Reads the input schema of a tool. */
export const readSchema = (inputSchema: unknown): SchemaReading => {
  const properties = isRecord(inputSchema) && isRecord(inputSchema.properties) ? inputSchema.properties : {};
  const entries = Object.entries(properties);
  const names = entries.map(([name]) => name);
  const lower = new Set(names.map((name) => name.toLowerCase()));
  const hasMethod = lower.has('method') && (lower.has('url') || lower.has('path') || lower.has('endpoint'));
  const free = names.find((name) => freeForm.has(name.toLowerCase().replace(/[_-]/g, '')));
  const listed = free === undefined ? [] : valuesOf(properties[free]);
  return {
    freeForm: listed.length > 0 ? undefined : (free ?? (hasMethod ? 'method' : undefined)),
    query: names.find((name) => /^(?:raw_?)?query$/i.test(name)),
    write: entries.find(
      ([name, schema]) => outputs.test(name) || choosesWrite(name, schema) || isSwitch(name, schema),
    )?.[0],
  };
};
