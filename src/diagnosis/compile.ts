import { anyGlobTest } from '../policy/glob.ts';
import type { Pattern } from './pattern.ts';
import { meets, type Need } from './pieces.ts';

/** Where an expression matched. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Finds the first match of one expression in a text. */
export type Finder = (text: string) => Span | null;

/** The engine that runs the expressions of a pattern: shipped ones are checked beforehand, users' own run in linear time. */
export type CompileText = (expressions: readonly string[]) => Finder;

/** An expression that is compiled when it is first run, on a text that holds what it needs. */
const lazyFinder = (expression: string, need: Need | null): Finder => {
  let regex: RegExp | null = null;
  return (text) => {
    if (need !== null && !meets(text, need)) return null;
    regex ??= new RegExp(expression, 'im');
    const match = regex.exec(text);
    return match === null ? null : { start: match.index, end: match.index + match[0].length };
  };
};

/** Of two matches at one place the longer one says more. */
const isEarlier = (one: Span, other: Span): boolean =>
  one.start < other.start || (one.start === other.start && one.end > other.end);

/** What a text has to hold so that the expressions of a pattern may match it, one by one; null if that is not certain. */
export type Needs = readonly (Need | null)[];

/**
 * Compiles with the JavaScript engine; for shipped expressions only. An expression is compiled and run only if a text
 * holds what it needs; without `needs` every expression is.
 */
export const nativeCompiler =
  (needs: Needs = []): CompileText =>
  (expressions) => {
    let finders: readonly Finder[] | null = null;
    return (text) => {
      finders ??= expressions.map((one, at) => lazyFinder(one, needs[at] ?? null));
      let first: Span | null = null;
      for (const find of finders) {
        const span = find(text);
        if (span !== null && (first === null || isEarlier(span, first))) first = span;
      }
      return first;
    };
  };

export const compileNative: CompileText = nativeCompiler();

export interface CompiledPattern {
  readonly pattern: Pattern;
  /** Absent if only codes or statuses decide. */
  readonly find: Finder | null;
  readonly forTool: (tool: string) => boolean;
}

const everyTool = (): boolean => true;

/** Compiles one pattern. Throws what the engine throws. */
export const compilePattern = (pattern: Pattern, compileText: CompileText): CompiledPattern => ({
  pattern,
  find: pattern.text === undefined ? null : compileText(pattern.text),
  forTool: pattern.tools.includes('*') ? everyTool : anyGlobTest(pattern.tools),
});

/** Each may keep the text alive that it was found in. */
const maxKnownCodes = 200;
const knownCodes = new Map<string, string>();

const normalised = (code: string): string => {
  if (/^-?\d+$/.test(code)) return code;
  const plain = code.toLowerCase().replace(/[^a-z0-9]+/g, '');
  const shorter = plain.replace(/(?:exception|error|fault)+$/, '');
  return shorter === '' ? plain : shorter;
};

/**
 * One spelling for all spellings of a code: `RateLimitError`, `rate_limit_error` and `RATE-LIMIT` are the same. The answers are
 * kept, since the same few codes come again and again.
 */
export const normalCode = (code: string): string => {
  const known = knownCodes.get(code);
  if (known !== undefined) return known;
  const normal = normalised(code);
  if (knownCodes.size >= maxKnownCodes) knownCodes.clear();
  knownCodes.set(code, normal);
  return normal;
};

/** All patterns of one origin, ready to be looked up by code, by status and by text. */
export interface PatternSet {
  /** The user's own: their words count whatever status is beside them. */
  readonly own: boolean;
  readonly byCode: ReadonlyMap<string, readonly CompiledPattern[]>;
  readonly byStatus: ReadonlyMap<number, readonly CompiledPattern[]>;
  readonly byTextEarly: readonly CompiledPattern[];
  readonly byText: readonly CompiledPattern[];
  readonly byTextLate: readonly CompiledPattern[];
  /** Those whose match at the beginning makes a text an error report. */
  readonly reports: readonly CompiledPattern[];
}

const ranks = { early: 0, normal: 1, late: 2 } as const;

const append = <K>(map: Map<K, CompiledPattern[]>, key: K, entry: CompiledPattern): void => {
  const entries = map.get(key);
  if (entries === undefined) map.set(key, [entry]);
  else entries.push(entry);
};

/** Indexes compiled patterns; among equals the order of the input counts. */
export const indexPatterns = (patterns: readonly CompiledPattern[], own = false): PatternSet => {
  const byCode = new Map<string, CompiledPattern[]>();
  const byStatus = new Map<number, CompiledPattern[]>();
  const sorted = [...patterns].sort((a, b) => ranks[a.pattern.order] - ranks[b.pattern.order]);
  for (const entry of sorted) {
    for (const code of entry.pattern.codes) append(byCode, normalCode(code), entry);
    for (const status of entry.pattern.statuses) append(byStatus, status, entry);
  }
  const textual = sorted.filter((entry) => entry.find !== null);
  const those = (isOne: (pattern: Pattern) => boolean): readonly CompiledPattern[] =>
    textual.filter(({ pattern }) => isOne(pattern));
  return {
    own,
    byCode,
    byStatus,
    byTextEarly: those(({ order }) => order === 'early'),
    byText: those(({ order }) => order === 'normal'),
    byTextLate: those(({ order }) => order === 'late'),
    reports: those(({ report }) => report),
  };
};
