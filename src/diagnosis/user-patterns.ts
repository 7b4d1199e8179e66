import { RE2JS, RE2Set } from 're2js';
import {
  type CompiledPattern,
  type CompileText,
  compilePattern,
  type Finder,
  indexPatterns,
  joined,
  type Narrow,
  type PatternSet,
} from './compile.ts';
import { type NeededPieces, neededPieces } from './needed-pieces.ts';
import type { Pattern } from './pattern.ts';
import { PieceIndex } from './piece-index.ts';

const flags = RE2JS.CASE_INSENSITIVE | RE2JS.MULTILINE;

/** By the list itself: a pattern is compiled when it is checked, and again when it is put to use. */
const known = new WeakMap<readonly string[], Finder>();

/** Compiles with RE2, whose time is linear in the text. Throws where an expression is not valid in RE2. */
export const compileLinear: CompileText = (expressions) => {
  const compiled = known.get(expressions);
  if (compiled !== undefined) return compiled;
  const regex = RE2JS.compile(joined(expressions), flags);
  const find: Finder = (text) => {
    // Whether there is a match is told in a fraction of the time that it takes to tell where.
    if (!regex.test(text)) return null;
    const matcher = regex.matcher(text);
    return matcher.find() ? { start: matcher.start(), end: matcher.end() } : null;
  };
  known.set(expressions, find);
  return find;
};

/** In small letters, as RE2 counts them: a long s is an s. */
const inSmallLetters = (text: string): string => text.toLowerCase().replaceAll('\u017f', 's');

const piecesOf = (expressions: readonly string[]): NeededPieces | null => {
  const all = expressions.map(neededPieces);
  return all.every((ways) => ways !== null) ? all.flat() : null;
};

/** Whether one of many patterns matches, in one pass over a text and one machine for them all; made when it is first asked. */
const matcherOf = (patterns: readonly Pattern[]): ((text: string) => readonly number[]) => {
  let set: RE2Set | null = null;
  return (text) => {
    if (set === null) {
      set = new RE2Set(RE2Set.UNANCHORED, flags);
      for (const { text: expressions = [] } of patterns) set.add(joined(expressions));
    }
    return set.match(text);
  };
};

/** Makes the two passes over a text that tell which entries it may match, by their numbers. */
const passesOver = (entries: readonly CompiledPattern[]): ((text: string) => readonly number[]) => {
  const needs = entries.map(({ pattern: { text = [] } }) => piecesOf(text));
  const index = new PieceIndex(new Map(needs.flatMap((ways, at) => (ways === null ? [] : [[at, ways]]))));
  const open = entries.map((_, at) => at).filter((at) => needs[at] === null);
  const matchOpen = matcherOf(open.flatMap((at) => entries[at]?.pattern ?? []));
  return (text) => {
    const items = index.itemsIn(inSmallLetters(text));
    if (open.length > 0) for (const at of matchOpen(text)) items.add(open[at] as number);
    return [...items].sort((a, b) => a - b);
  };
};

/**
 * Narrows many patterns of the user's own down to the few that may match a text, in two passes over it whatever their number:
 * one for the pieces that most patterns need, and one for all patterns that need none. Made ready when first asked.
 */
export const narrowLinear: Narrow = (entries) => {
  let pass: ((text: string) => readonly number[]) | null = null;
  let lastText: string | undefined;
  let last: readonly CompiledPattern[] = [];
  return (text) => {
    if (text === lastText) return last;
    pass ??= passesOver(entries);
    last = pass(text).flatMap((at) => entries[at] ?? []);
    lastText = text;
    return last;
  };
};

/** Compiles patterns of the user's own. Throws where an expression is not valid. */
export const ownPatterns = (patterns: readonly Pattern[]): PatternSet =>
  indexPatterns(
    patterns.map((pattern) => compilePattern(pattern, compileLinear)),
    true,
    narrowLinear,
  );
