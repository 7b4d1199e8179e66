import { readFileSync } from 'node:fs';
import { compilePattern, indexPatterns, type Needs, nativeCompiler, type PatternSet } from './compile.ts';
import type { Pattern } from './pattern.ts';
import { type Prefilter, usePrefilter } from './prefilter.ts';

/** What the build makes of the pattern files: reading it takes 1 ms, reading and checking the files takes 300 ms. */
export interface BuiltPatterns {
  readonly patterns: readonly Pattern[];
  /** What the expressions of each pattern need. */
  readonly needs: readonly Needs[];
  /** What is known of the expressions of the sources. */
  readonly prefilter: Prefilter;
}

/** Where the build puts it; before the tests of the sources it is put beside the pattern files. */
const builtFile = new URL('../../memory/patterns.json', import.meta.url);

let shipped: BuiltPatterns | null = null;
let compiled: PatternSet | null = null;

const readShipped = (): BuiltPatterns => {
  shipped ??= JSON.parse(readFileSync(builtFile, 'utf8')) as BuiltPatterns;
  return shipped;
};

/** The patterns that ship with healflow, in the order in which they are asked. */
export const readShippedPatterns = (): readonly Pattern[] => readShipped().patterns;

/** The shipped patterns, read when first asked for; each expression is compiled when first run. */
export const shippedPatterns = (): PatternSet => {
  if (compiled === null) {
    const { patterns, needs, prefilter } = readShipped();
    usePrefilter(prefilter);
    compiled = indexPatterns(patterns.map((pattern, at) => compilePattern(pattern, nativeCompiler(needs[at]))));
  }
  return compiled;
};

/** What a pattern says has happened, in words; null if it does not say. `rule` is a diagnosis's `pattern`. */
export const causeOf = (rule: string, own: readonly Pattern[] = []): string | null => {
  const status = /^http\.(\d{3})$/.exec(rule)?.[1];
  const decided = [...own, ...readShippedPatterns()].find(({ id, statuses }) =>
    status === undefined ? id === rule : statuses.includes(Number(status)),
  );
  return decided?.cause ?? null;
};
