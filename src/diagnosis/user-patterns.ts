import { RE2JS } from 're2js';
import { type CompileText, compilePattern, type Finder, indexPatterns, type PatternSet } from './compile.ts';
import { assertSmall } from './expression-limits.ts';
import type { Pattern } from './pattern.ts';

const flags = RE2JS.CASE_INSENSITIVE | RE2JS.MULTILINE;

/** One expression that matches where any of them does. */
const joined = (expressions: readonly string[]): string => expressions.map((one) => `(?:${one})`).join('|');

/** By the list itself: a pattern is compiled when it is checked, and again when it is put to use. */
const known = new WeakMap<readonly string[], Finder>();

/** Compiles with RE2, whose time is linear in the text. Throws if an expression is not valid in RE2, or too large. */
export const compileLinear: CompileText = (expressions) => {
  const compiled = known.get(expressions);
  if (compiled !== undefined) return compiled;
  for (const expression of expressions) assertSmall(expression);
  const regex = RE2JS.compile(joined(expressions), flags);
  const find: Finder = (text) => {
    // For a short text, finding whether there is a match takes 0.5 us, and finding its place 2.3 us.
    if (!regex.test(text)) return null;
    const matcher = regex.matcher(text);
    return matcher.find() ? { start: matcher.start(), end: matcher.end() } : null;
  };
  known.set(expressions, find);
  return find;
};

/** Compiles patterns of the user's own. Throws if an expression is not valid. */
export const ownPatterns = (patterns: readonly Pattern[]): PatternSet =>
  indexPatterns(
    patterns.map((pattern) => compilePattern(pattern, compileLinear)),
    true,
  );
