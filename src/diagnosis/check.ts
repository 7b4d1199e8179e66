import { collectBody } from './body-facts.ts';
import { classifyBy, factsFromText, type StatedFacts } from './classify.ts';
import { type CompiledPattern, type CompileText, compilePattern, indexPatterns, normalCode } from './compile.ts';
import { ExpressionTooLarge, openGroups } from './expression-limits.ts';
import { type Facts, newFacts } from './facts.ts';
import { parseJson } from './json.ts';
import type { Pattern } from './pattern.ts';
import { scanned } from './scan.ts';
import { compileLinear } from './user-patterns.ts';

/** What is wrong with one pattern, and where in it. */
export interface PatternProblem {
  readonly patternId: string;
  /** The index of the pattern in the list that was checked. */
  readonly index: number;
  /** Where in the pattern, as in `['text']` or `['examples', 2]`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** What to do about it, if that is known. */
  readonly advice?: string;
  /** Whether the pattern works all the same. */
  readonly isWarning?: true;
  /** Where in the expression, counted in characters from 0. */
  readonly offset?: number;
}

/** The position of the parenthesis that is never closed. */
const openParenthesis = (expression: string): number => [...openGroups(expression)].at(-1)?.at(-1) ?? 0;

const lookarounds = new Set(['(?=', '(?!', '(?<']);

const describeSyntax = (error: unknown, expression: string): { message: string; offset: number } => {
  if (error instanceof ExpressionTooLarge) return { message: error.message, offset: error.offset };
  const { error: what, input } = error as { error?: unknown; input?: unknown };
  const said = typeof what === 'string' ? what : error instanceof Error ? error.message : String(error);
  const piece = typeof input === 'string' && input !== expression ? input : '';
  if (said.startsWith('missing closing )'))
    return { message: 'a parenthesis is never closed', offset: openParenthesis(expression) };
  const found = piece === '' ? -1 : expression.indexOf(piece);
  const advice = lookarounds.has(piece.slice(0, 3))
    ? '; RE2 has no look-around'
    : /^\\\d/.test(piece)
      ? '; RE2 has no back-references'
      : '';
  return { message: `${said}${piece === '' ? '' : `: ${piece}`}${advice}`, offset: Math.max(0, found) };
};

/** An example, read once for all patterns that may claim it. */
interface Example {
  readonly text: string;
  readonly facts: Facts;
  readonly told: StatedFacts;
}

const readExample = (example: string): Example => {
  const text = scanned(example);
  const facts = newFacts();
  collectBody(facts, parseJson(text));
  return { text, facts, told: factsFromText(text) };
};

const claims = (entry: CompiledPattern, { text, facts, told }: Example): boolean => {
  if (entry.find?.(text)) return true;
  if (entry.pattern.codes.length === 0 && entry.pattern.statuses.length === 0) return false;
  const codesOnly = indexPatterns([{ ...entry, find: null, forTool: () => true }]);
  return classifyBy(codesOnly, { tool: '', facts, text }, told) !== null;
};

/** Makes the function that tells which patterns may claim an example: those with words, and those with a code or status that is in it. */
const possibleClaims = (entries: readonly CompiledPattern[]) => {
  const { byCode, byStatus } = indexPatterns(entries);
  const textual = entries.filter(({ find }) => find !== null);
  return ({ facts, told }: Example): ReadonlySet<CompiledPattern> => {
    const codes = [...facts.codes, ...told.codes()].map(normalCode);
    const statuses = [facts.statuses[0], told.status()].filter((status) => status !== undefined);
    return new Set([
      ...textual,
      ...codes.flatMap((code) => byCode.get(code) ?? []),
      ...statuses.flatMap((status) => byStatus.get(status) ?? []),
    ]);
  };
};

const quoted = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 59)}…` : text);

const brokenExpressions = (
  pattern: Pattern,
  compileText: CompileText,
): Pick<PatternProblem, 'path' | 'message' | 'offset'>[] => {
  const expressions = pattern.text ?? [];
  return expressions.flatMap((expression, at) => {
    try {
      // Given as it is, so that it is not compiled a second time.
      compileText(expressions.length === 1 ? expressions : [expression]);
      return [];
    } catch (error) {
      const { message, offset } = describeSyntax(error, expression);
      return [
        {
          path: expressions.length === 1 ? ['text'] : ['text', at],
          message: `not a valid expression: ${message}`,
          offset,
        },
      ];
    }
  });
};

/**
 * Checks patterns: expressions compile, examples match, counterexamples do not, ids are unique, and no two
 * patterns that are tried at the same time claim the same example. Pure.
 */
export const checkPatterns = (
  patterns: readonly Pattern[],
  compileText: CompileText = compileLinear,
): PatternProblem[] => {
  const problems: PatternProblem[] = [];
  const compiled = patterns.map((pattern, index) => {
    const broken = brokenExpressions(pattern, compileText);
    problems.push(...broken.map((problem) => ({ patternId: pattern.id, index, ...problem })));
    return broken.length === 0 ? compilePattern(pattern, compileText) : null;
  });
  const claimants = possibleClaims(compiled.filter((entry) => entry !== null));
  for (const [index, pattern] of patterns.entries()) {
    const say = (path: PatternProblem['path'], message: string): void => {
      problems.push({ patternId: pattern.id, index, path, message });
    };
    const first = patterns.findIndex(({ id }) => id === pattern.id);
    if (first !== index) say(['id'], `the id ${quoted(pattern.id)} is already taken by pattern ${first + 1}`);
    const entry = compiled[index];
    if (!entry) continue;
    for (const [at, example] of pattern.examples.entries()) {
      const read = readExample(example);
      if (!claims(entry, read)) {
        say(['examples', at], `the pattern does not match its own example ${quoted(example)}`);
        continue;
      }
      const possible = claimants(read);
      const rival = compiled.find(
        (other) =>
          other &&
          other !== entry &&
          other.pattern.order === pattern.order &&
          possible.has(other) &&
          claims(other, read),
      );
      if (rival) {
        problems.push({
          patternId: pattern.id,
          index,
          path: ['examples', at],
          message: `the patterns ${quoted(pattern.id)} and ${quoted(rival.pattern.id)} both claim ${quoted(example)}`,
          advice: 'make one of them narrower, or let one be tried earlier or later with `order`',
          isWarning: true,
        });
      }
    }
    for (const [at, example] of pattern.counterexamples.entries()) {
      if (claims(entry, readExample(example)))
        say(['counterexamples', at], `the pattern matches its counterexample ${quoted(example)}`);
    }
  }
  return problems;
};
