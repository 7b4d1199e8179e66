import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { packageFile } from '../package-root.ts';
import {
  type CompileText,
  compileNative,
  compilePattern,
  indexPatterns,
  nativeCompiler,
  type PatternSet,
} from './compile.ts';
import { neededWords } from './needed-words.ts';
import { type Pattern, patternSchema } from './pattern.ts';

const fileSchema = z.strictObject({ patterns: z.array(patternSchema) });

/** Among equals the classes are asked in this order: what no fix may touch comes first. */
const fileOrder = ['usage', 'resource', 'rate', 'auth', 'network', 'server'];

const rankOf = (file: string): number => {
  const rank = fileOrder.indexOf(file.replace(/\.yaml$/, ''));
  return rank === -1 ? fileOrder.length : rank;
};

/** Reads the pattern files under `memory/patterns`, one per class. Takes some 100 ms of processor time. */
export const readPatternFiles = (): readonly Pattern[] => {
  const folder = packageFile('memory/patterns');
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  files.sort((a, b) => rankOf(a) - rankOf(b));
  return files.flatMap((file) => fileSchema.parse(parse(readFileSync(join(folder, file), 'utf8'))).patterns);
};

interface Built {
  readonly patterns: readonly Pattern[];
  /** The words that each expression needs. */
  readonly needs: Readonly<Record<string, readonly string[] | null>>;
}

/** What the build makes of the pattern files: reading it takes 1 ms, reading and checking them takes 300 ms. */
export const buildPatterns = (): Built => {
  const patterns = readPatternFiles();
  const expressions = patterns.flatMap(({ text = [] }) => text);
  return { patterns, needs: Object.fromEntries(expressions.map((one) => [one, neededWords(one)])) };
};

/** Where the build puts it, in the compiled tree only. */
const builtFile = new URL('../../memory/patterns.json', import.meta.url);

const readBuilt = (): Built | null => {
  try {
    return JSON.parse(readFileSync(builtFile, 'utf8')) as Built;
  } catch {
    return null;
  }
};

interface Shipped {
  readonly patterns: readonly Pattern[];
  readonly compileText: CompileText;
}

const readShipped = (): Shipped => {
  const built = readBuilt();
  return built === null
    ? { patterns: readPatternFiles(), compileText: compileNative }
    : { patterns: built.patterns, compileText: nativeCompiler((one) => built.needs[one] ?? null) };
};

let shipped: Shipped | null = null;
let compiled: PatternSet | null = null;

/** The patterns that ship with healflow, in the order in which they are asked. */
export const readShippedPatterns = (): readonly Pattern[] => {
  shipped ??= readShipped();
  return shipped.patterns;
};

/** The shipped patterns, read when first asked for; each expression is compiled when first run. */
export const shippedPatterns = (): PatternSet => {
  shipped ??= readShipped();
  const { patterns, compileText } = shipped;
  compiled ??= indexPatterns(patterns.map((pattern) => compilePattern(pattern, compileText)));
  return compiled;
};

/** What a pattern says has happened, in words; null where it does not say. `rule` is a diagnosis's `pattern`. */
export const causeOf = (rule: string, own: readonly Pattern[] = []): string | null => {
  const status = /^http\.(\d{3})$/.exec(rule)?.[1];
  const decided = [...own, ...readShippedPatterns()].find(({ id, statuses }) =>
    status === undefined ? id === rule : statuses.includes(Number(status)),
  );
  return decided?.cause ?? null;
};
