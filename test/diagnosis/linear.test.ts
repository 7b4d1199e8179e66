import { describe, expect, it } from 'vitest';
import { noise, openings, softOpenings } from '../../src/diagnosis/report.ts';
import { readShippedPatterns } from '../../src/diagnosis/shipped.ts';
import { codePlaces, statusPlaces } from '../../src/diagnosis/text-facts.ts';
import { processorMs } from './support.ts';

const shipped = readShippedPatterns().flatMap(({ id, text = [] }) =>
  text.map((source) => [id, new RegExp(source, 'im')] as const),
);
const ours = [...statusPlaces, ...codePlaces, ...openings, ...softOpenings, ...noise].map(
  (regex) => [regex.source.slice(0, 60), regex] as const,
);
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

const timeOf = (regex: RegExp, text: string, goes = 5): number => {
  let best = Number.POSITIVE_INFINITY;
  for (let go = 0; go < goes; go++) {
    regex.lastIndex = 0;
    const begin = processorMs();
    regex.test(text);
    best = Math.min(best, processorMs() - begin);
  }
  return best;
};

// What a diagnosis scans is capped at 8,000 characters. Backtracking that is quadratic without a bound would take
// tens of ms there, and exponential backtracking would never end.
const scannedSize = 8_000;
const worstMs = 6;

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

  it('take linear time on the texts that are hardest for them', { timeout: 120_000 }, () => {
    const slow: string[] = [];
    for (const [id, regex] of expressions) {
      for (const pump of pumpsOf(regex)) {
        const text = pump(scannedSize);
        if (timeOf(regex, text, 1) > worstMs && timeOf(regex, text) > worstMs) {
          slow.push(`${id} /${regex.source}/ on ${JSON.stringify(text.slice(0, 40))}`);
        }
      }
    }
    expect(slow).toEqual([]);
  });
});
