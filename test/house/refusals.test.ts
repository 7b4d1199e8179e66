import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { healErrorCodes } from '../../src/errors.ts';
import { refusalCodes } from '../../src/model/refusal.ts';
import { root } from './sources.ts';

const page = readFileSync(join(root, 'docs/refusals.md'), 'utf8');

/** The rows of the table under a heading, as cells. */
const rowsUnder = (heading: string): string[][] => {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const [, , ...rows] = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
};

describe.each([
  ['Codes of refusals', refusalCodes],
  ['Codes of errors', healErrorCodes],
])('the table "%s" of docs/refusals.md', (heading, codes) => {
  const rows = rowsUnder(heading);

  it('lists every code, in the order of the source', () => {
    expect(rows.map(([code]) => code)).toEqual(codes.map((code) => `\`${code}\``));
  });

  it('says of each what it means and what to do, in sentences', () => {
    expect(rows.filter((cells) => cells.length !== 3)).toEqual([]);
    expect(rows.flat().filter((cell) => !/^`[A-Z_]+`$|^[A-Z`].*\.$/.test(cell))).toEqual([]);
  });
});
