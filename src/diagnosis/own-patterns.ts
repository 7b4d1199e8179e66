import { RE2JS } from 're2js';
import { type CompileText, compilePattern, indexPatterns, joined, type PatternSet } from './compile.ts';
import type { Pattern } from './pattern.ts';

/** Compiles with RE2, whose time is linear in the text. Throws where an expression is not valid in RE2. */
export const compileLinear: CompileText = (expressions) => {
  const regex = RE2JS.compile(joined(expressions), RE2JS.CASE_INSENSITIVE | RE2JS.MULTILINE);
  return (text) => {
    const matcher = regex.matcher(text);
    return matcher.find() ? { start: matcher.start(), end: matcher.end() } : null;
  };
};

/** Compiles patterns of the user's own. Throws where an expression is not valid. */
export const ownPatterns = (patterns: readonly Pattern[]): PatternSet =>
  indexPatterns(
    patterns.map((pattern) => compilePattern(pattern, compileLinear)),
    true,
  );
