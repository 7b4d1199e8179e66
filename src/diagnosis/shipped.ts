import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { packageFile } from '../package-root.ts';
import { compileNative, compilePattern, indexPatterns, type PatternSet } from './compile.ts';
import { type Pattern, patternSchema } from './pattern.ts';

const fileSchema = z.strictObject({ patterns: z.array(patternSchema) });

/** Among equals the classes are asked in this order: what no fix may touch comes first. */
const fileOrder = ['usage', 'resource', 'rate', 'auth', 'network', 'server'];

const rankOf = (file: string): number => {
  const rank = fileOrder.indexOf(file.replace(/\.yaml$/, ''));
  return rank === -1 ? fileOrder.length : rank;
};

/** Reads the patterns that ship with healflow, one file per class. */
export const readShippedPatterns = (): readonly Pattern[] => {
  const folder = packageFile('memory/patterns');
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  files.sort((a, b) => rankOf(a) - rankOf(b));
  return files.flatMap((file) => fileSchema.parse(parse(readFileSync(join(folder, file), 'utf8'))).patterns);
};

let compiled: PatternSet | null = null;

/** The shipped patterns, read and compiled when first asked for. */
export const shippedPatterns = (): PatternSet => {
  compiled ??= indexPatterns(readShippedPatterns().map((pattern) => compilePattern(pattern, compileNative)));
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
