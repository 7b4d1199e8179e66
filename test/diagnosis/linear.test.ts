import { describe, expect, it } from 'vitest';
import { noise, progress } from '../../src/diagnosis/chatter.ts';
import { allStatements, errorOpening } from '../../src/diagnosis/languages/expressions.ts';
import { looseExpressions } from '../../src/diagnosis/loose-facts.ts';
import { prefixes, program } from '../../src/diagnosis/prefixes.ts';
import { productPlaces } from '../../src/diagnosis/product-codes.ts';
import { openings, softOpenings } from '../../src/diagnosis/report.ts';
import { readShippedPatterns } from '../../src/diagnosis/shipped.ts';
import { codePlaces, statusPlaces } from '../../src/diagnosis/text-facts.ts';
import { asks, asksAfter, denies, deniesAfter, weak } from '../../src/diagnosis/waits/cues.ts';
import { blanks, exceptionClass, headerLine, sourceLine, stackLine } from '../../src/diagnosis/whole-story/blanks.ts';
import { clientFrames, envelopes } from '../../src/diagnosis/whole-story/clients.ts';
import { frames } from '../../src/diagnosis/whole-story/frames.ts';
import { address, grpcHeaders, memberName, nothings, typeName } from '../../src/diagnosis/whole-story/structs.ts';
import { failurePhrases } from '../../src/diagnosis/whole-story/vocabulary.ts';
import { labelsOfWay, wayClause, wayPhrases, wayStatements } from '../../src/diagnosis/whole-story/way.ts';
import { holeIn } from '../../src/learning/holes.ts';
import { wordShapes } from '../../src/learning/mask-word.ts';
import { lineShapes } from '../../src/learning/signature.ts';
import { decidesWithin } from './backtracks.ts';

const shipped = readShippedPatterns().flatMap(({ id, text = [] }) =>
  text.map((source) => [id, new RegExp(source, 'im')] as const),
);
const wholeStory = [
  ...blanks,
  ...frames,
  ...clientFrames,
  ...envelopes,
  ...failurePhrases,
  exceptionClass,
  headerLine,
  sourceLine,
  stackLine,
  typeName,
  memberName,
  nothings,
  address,
  grpcHeaders,
  ...labelsOfWay,
  ...wayPhrases,
  ...wayStatements,
  wayClause,
];
const waits = [asks, weak, denies, asksAfter, deniesAfter];
const ours = [
  ...statusPlaces,
  ...codePlaces,
  ...openings,
  ...softOpenings,
  ...noise,
  ...progress,
  ...prefixes,
  program,
  ...wholeStory,
  ...allStatements(),
  errorOpening,
  ...waits,
  ...looseExpressions,
  holeIn,
  ...wordShapes,
  ...lineShapes,
  ...productPlaces.map(([place]) => place),
].map((regex) => [regex.source.slice(0, 60), regex] as const);
const expressions = [...shipped, ...ours];

/** Splits an expression into the literal pieces that a hostile text would be made of. */
const piecesOf = ({ source }: RegExp): string[] => {
  const words = source
    .replace(
      /\\[bBdDsSwWnAz]|\(\?[:=!<]+|\[[^\]]*\]|\{[\d,]+\}|\\(.)/g,
      (_, literal: string | undefined) => literal ?? '\n',
    )
    .split(/[()|?*+^$\n]+/)
    .filter((word) => word.trim() !== '');
  return [...new Set(words)].slice(0, 12);
};

/** Texts that make an expression with nested or adjacent repetitions try all ways: runs of what it repeats, cut off before the end. */
const pumpsOf = (regex: RegExp): ((size: number) => string)[] => {
  const units = [
    ' ',
    'a',
    '4',
    'a ',
    '.',
    '"',
    '/',
    "a'",
    '\n',
    ': ',
    'a:',
    '-',
    ...piecesOf(regex).flatMap((piece) => [piece, `${piece} `]),
  ];
  return units.flatMap((unit) => {
    const run = (size: number): string => unit.repeat(Math.ceil(size / unit.length)).slice(0, size);
    const first = piecesOf(regex)[0] ?? '';
    return [(size: number) => `${run(size)}\u0001`, (size: number) => `${first}${run(size)}\u0001`];
  });
};

// What a diagnosis scans is capped at 8,000 characters. There, a quadratic expression backtracks 32 million times, and an
// exponential one would never end. Steps are counted and not time, so that the load of the machine does not matter.
const scannedSize = 8_000;
const mostSteps = 1_000_000;

/** The texts for which an expression backtracks too often. */
const slowFor = (regex: RegExp): string[] => {
  const decides = decidesWithin(regex, mostSteps);
  return pumpsOf(regex)
    .map((pump) => pump(scannedSize))
    .filter((text) => !decides(text))
    .map((text) => JSON.stringify(text.slice(0, 40)));
};

describe('the expressions that healflow ships', () => {
  it('are many', () => {
    expect(expressions.length).toBeGreaterThan(300);
  });

  it('have no repetition inside an unbounded repetition of the same characters', () => {
    // `(a+)+`, `(a*)*`, `(\w+\s*)*`: the shape that backtracks exponentially.
    const nested = /\((?:\?:)?[^()]*[^\\()](?:[+*]|\{\d+,\})[^()]*\)(?:[+*]|\{\d+,\})/;
    expect(
      expressions.filter(([, { source }]) => nested.test(source)).map(([id, { source }]) => `${id}: ${source}`),
    ).toEqual([]);
  });

  it('backtrack at most 1,000,000 times on the texts that are hardest for them', { timeout: 120_000 }, () => {
    const slow = expressions.flatMap(([id, regex]) =>
      slowFor(regex).map((text) => `${id} /${regex.source}/ on ${text}`),
    );
    expect(slow).toEqual([]);
  });

  it.each([
    ['is quadratic', /a+b/],
    ['is quadratic in spaces', /\s*x/],
    ['is quadratic in two loops', /\d+\w*:/],
    ['is quadratic in a class', /[\w.]+@/],
    ['is cubic', /a+a+b/],
    ['is exponential', /(?:a+)+b/],
    ['is exponential in alternatives', /(?:a|a)+b/],
  ])('would not pass if one of them %s: %s', (_, regex) => {
    expect(slowFor(regex)).not.toEqual([]);
  });

  it.each([/a{1,40}b/, /\bfoo bar\b/, /^\s*x/])('would pass if one of them is linear: %s', (regex) => {
    expect(slowFor(regex)).toEqual([]);
  });
});
