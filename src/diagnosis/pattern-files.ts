import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { packageFile } from '../package-root.ts';
import type { Needs } from './compile.ts';
import { filteredLists } from './filtered-lists.ts';
import { languageTexts, type PhraseKind } from './languages/expressions.ts';
import { type Pattern, patternSchema } from './pattern.ts';
import { neededPieces } from './pieces.ts';
import type { Prefilter } from './prefilter.ts';
import type { BuiltPatterns } from './shipped.ts';

const fileSchema = z.strictObject({ patterns: z.array(patternSchema) });

/** Among equals the classes are asked in this order: what no fix may touch comes first. */
const fileOrder = ['usage', 'resource', 'rate', 'auth', 'network', 'server'];

const rankOf = (file: string): number => {
  const rank = fileOrder.indexOf(file.replace(/\.yaml$/, ''));
  return rank === -1 ? fileOrder.length : rank;
};

const languageText = /^languages: (\w+)$/;

/** The expressions of a pattern; `languages: refused` stands for what that is called in other languages. */
const spelledOut = (pattern: Pattern): Pattern =>
  pattern.text === undefined
    ? pattern
    : {
        ...pattern,
        text: pattern.text.flatMap((one) => {
          const kind = languageText.exec(one)?.[1];
          return kind === undefined ? [one] : languageTexts(kind as PhraseKind);
        }),
      };

/** Reads the pattern files under `memory/patterns`, one per class. Takes some 100 ms of processor time. */
export const readPatternFiles = (): readonly Pattern[] => {
  const folder = packageFile('memory/patterns');
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  files.sort((a, b) => rankOf(a) - rankOf(b));
  return files
    .flatMap((file) => fileSchema.parse(parse(readFileSync(join(folder, file), 'utf8'))).patterns)
    .map(spelledOut);
};

/** What the build makes of the pattern files: reading it takes 1 ms, reading and checking them takes 300 ms. */
export const buildPatterns = (): BuiltPatterns => {
  const patterns = readPatternFiles();
  const needs = patterns.map(({ text = [] }): Needs => text.map((one) => neededPieces(new RegExp(one))));
  const lists = Object.entries(filteredLists()).map(([name, list]) => [name, list.map(neededPieces)]);
  return { patterns, needs, prefilter: Object.fromEntries(lists) as Prefilter };
};
