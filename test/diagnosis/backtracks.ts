import { setFlagsFromString } from 'node:v8';

type Make = (source: string, flags: string, limit: number) => RegExp;

/** V8's own kind of expression that gives up, as if nothing matched, once it has backtracked more often than the limit. */
const makeLimited = ((): Make => {
  setFlagsFromString('--allow-natives-syntax');
  try {
    return new Function(
      'source',
      'flags',
      'limit',
      'return %NewRegExpWithBacktrackLimit(source, flags, limit)',
    ) as Make;
  } finally {
    setFlagsFromString('--no-allow-natives-syntax');
  }
})();

/** The pieces of an expression: an escape, a class, the opening of a group, a quantifier with numbers, or one character. */
const pieces =
  /\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[\da-f]{4}|x[\da-f]{2}|.)|\[(?:\\.|[^\]\\])*\]|\((?:\?(?:<?[:=!]|<\w+>|:))?|\{\d+(?:,\d*)?\}|./gis;
const oneCharacter = /^(?:\[|\\[^bB]|[^()|?*+^$\\]$)/;
const quantifier = /^(?:[?*+]|\{\d+(?:,\d*)?\})/;

/** Puts each character that is repeated into a group, because V8 does not count the steps of a loop over a single character. */
const grouped = (source: string): string =>
  source.replace(pieces, (piece, at: number) =>
    oneCharacter.test(piece) && quantifier.test(source.slice(at + piece.length)) ? `(${piece})` : piece,
  );

/** Ends each text, and is matched if nothing else is: no match at all means that the expression gave up. */
const end = '\u0002';

/**
 * Makes the test whether an expression decides about a text before it has backtracked more often than the limit. Every machine
 * counts the same steps.
 */
export const decidesWithin = ({ source, flags }: RegExp, limit: number): ((text: string) => boolean) => {
  const regex = makeLimited(`(?:${grouped(source)})|${end}`, flags.replace(/[gy]/g, ''), limit);
  return (text) => regex.exec(text + end) !== null;
};
