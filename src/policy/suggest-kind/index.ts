import type { ToolAnnotations } from '../../model/run.ts';
import type { ToolKind } from '../../model/terms.ts';
import { kindOf } from '../kind.ts';
import { type DescriptionReading, readDescription } from './description.ts';
import { type NameReading, readName } from './name.ts';
import { readSchema, type SchemaReading } from './schema.ts';
import { plainEffect, readOnlyLanguage } from './verbs.ts';

/** A tool as `tools/list` describes it. */
export interface DescribedTool {
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly inputSchema?: unknown;
  readonly annotations?: ToolAnnotations | undefined;
}

export interface KindSuggestion {
  /** The kind that the tool seems to have; null if nothing is certain enough. */
  readonly kind: ToolKind | null;
  readonly reason: string;
  /** Whether the server's annotation says something else, so that a person should look. */
  readonly isConflict: boolean;
}

/** Everything that a tool says about itself, as far as it is understood. */
interface Reading {
  readonly tool: DescribedTool;
  readonly name: NameReading;
  readonly told: DescriptionReading;
  readonly schema: SchemaReading;
  /** Whether it takes a query in a language that can only read. */
  readonly hasReadLanguage: boolean;
  /** Whether what it queries is a database, whose language can write too. */
  readonly isDatabase: boolean;
}

const kinds = { adds: 'additive', destroys: 'destructive', sets: null, changes: null } as const;

const database =
  /\b(?:sql|databases?|db|graphql|mongo(?:db)?|cypher|neo4j|sparql|postgres(?:ql)?|mysql|sqlite|duckdb|bigquery|snowflake|clickhouse|redshift|athena|trino|presto|influx(?:db)?|dynamodb|oracle|warehouse)\b/i;

/** Last words of names such as `build_logs`, in which a verb before them is a noun. */
const readNouns = new Set(
  'log logs status history info stats statistics details summary list results metadata schema version versions tree usage'.split(
    ' ',
  ),
);

/** Verbs of a description that do not matter if the name says that the tool reads. */
const softVerbs = /^(?:download|resolve)/;
/** Verbs of names that do not matter if the description says that the tool returns something. */
const softNames = new Set(['download', 'export', 'resolve', 'type', 'scan', 'release', 'load', 'report']);
const returning = /^(?:return|get|retrieve|list|fetch|show)/;
/** Names of tools that only look at what they are given, so that any code may be given. */
const examiners = new Set(['analyze', 'analyse', 'validate', 'check', 'verify', 'detect', 'compare', 'calculate']);

const readingOf = (tool: DescribedTool): Reading => {
  const { title = '', description = '' } = tool;
  const all = `${tool.name.replace(/[_-]/g, ' ')}. ${title}. ${description}`;
  return {
    tool,
    name: readName(tool.name),
    told: readDescription(description === '' ? title : description),
    schema: readSchema(tool.inputSchema),
    hasReadLanguage: readOnlyLanguage.test(all),
    isDatabase: database.test(all),
  };
};

/** The word of the name that says that the tool changes something, unless the rest says that it reads. */
const nameVeto = ({ name, told, hasReadLanguage }: Reading): string | undefined => {
  if (name.write === undefined) return undefined;
  const { word } = name.write;
  if (/^(?:execute|run)$/.test(word) && (hasReadLanguage || told.readOnly !== undefined)) return undefined;
  if (name.read !== undefined || plainEffect(word) !== undefined || told.read === undefined) return word;
  return readNouns.has(name.last) || (softNames.has(word) && returning.test(told.read)) ? undefined : word;
};

const descriptionVeto = ({ name, told, schema, hasReadLanguage, isDatabase }: Reading): string | undefined => {
  const { write } = told;
  if (write === undefined) return undefined;
  const runsQuery = name.queries && !isDatabase && schema.freeForm === undefined;
  const isReadQuery = hasReadLanguage || told.readOnly !== undefined || told.runsReading || runsQuery;
  if (/^(?:execut|run)/.test(write) && isReadQuery) return undefined;
  return name.read !== undefined && softVerbs.test(write) ? undefined : write;
};

/** Why a tool that seems to read is not suggested as read-only; undefined if nothing speaks against it. */
const vetoOf = (reading: Reading): string | undefined => {
  const { tool, name, told, schema, hasReadLanguage, isDatabase } = reading;
  const inName = nameVeto(reading);
  if (inName !== undefined) return `its name says "${inName}"`;
  const inDescription = descriptionVeto(reading);
  if (inDescription !== undefined) return `its description says "${inDescription}"`;
  if (schema.write !== undefined) return `its parameter "${schema.write}" can ask for a change`;
  const free = schema.freeForm ?? (isDatabase ? schema.query : undefined);
  const isSafe = hasReadLanguage || told.readOnly !== undefined || examiners.has(name.read ?? '');
  if (free !== undefined && !isSafe) return `its parameter "${free}" can hold anything`;
  if (/\bwaits? for (?:the )?\w+ to (?:complete|finish)/i.test(tool.description ?? '') && !hasReadLanguage) {
    return 'it starts something and waits for it';
  }
  if (tool.annotations?.readOnlyHint === false) return 'the server says readOnlyHint: false';
  return undefined;
};

/** What says that the tool reads, in words; undefined if nothing does. */
const readReason = ({ name, told, schema, hasReadLanguage, isDatabase }: Reading): string | undefined => {
  if (name.read !== undefined) return `its name says "${name.read}"`;
  if (told.read !== undefined) return `its description begins with "${told.read}"`;
  if (hasReadLanguage && (name.queries || told.queries)) return 'it runs a query in a language that can only read';
  if (told.readOnly !== undefined && (name.queries || told.queries)) return 'it runs a query';
  return name.queries && !isDatabase && schema.freeForm === undefined ? 'its name says "query"' : undefined;
};

/** Suggests the kind of a tool from its name, description, parameters and annotations. Pure. */
export const suggestKind = (tool: DescribedTool): KindSuggestion => {
  const reading = readingOf(tool);
  const { annotations } = tool;
  if (annotations?.readOnlyHint === true) return forReadOnly(reading);
  const inForce = kindOf(annotations);
  if (annotations?.destructiveHint === true) return none('the server says destructiveHint: true');
  const veto = vetoOf(reading);
  const reason = readReason(reading);
  if (veto === undefined && reason !== undefined) {
    const { readOnly } = reading.told;
    const more = readOnly === undefined ? '' : `; its description says "${readOnly}"`;
    return { kind: 'read-only', reason: `${reason}${more}`, isConflict: false };
  }
  if (inForce !== 'unannotated') return none(`the server's annotations say ${inForce}`);
  return forWriting(reading, veto);
};

const none = (reason: string): KindSuggestion => ({ kind: null, reason, isConflict: false });

const forReadOnly = (reading: Reading): KindSuggestion => {
  const stated = 'the server says readOnlyHint: true';
  const { write } = reading.name;
  const word = nameVeto(reading);
  if (write === undefined || word === undefined) return { kind: 'read-only', reason: stated, isConflict: false };
  return { kind: kinds[write.effect], reason: `${stated}, but its name says "${word}": check it`, isConflict: true };
};

const forWriting = ({ tool, name }: Reading, veto: string | undefined): KindSuggestion => {
  const { description = '' } = tool;
  if (/\bidempotent\b/i.test(description) && !/\b(?:not|non)[- ]?idempotent\b/i.test(description)) {
    return { kind: 'idempotent', reason: 'its description says "idempotent"', isConflict: false };
  }
  const kind = name.write === undefined ? null : kinds[name.write.effect];
  if (kind !== null && veto?.startsWith('its name') === true) return { kind, reason: veto, isConflict: false };
  return none(veto ?? 'neither its name nor its description says what it does');
};
