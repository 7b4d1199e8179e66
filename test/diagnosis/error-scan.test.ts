import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayReportError } from '../../src/diagnosis/error-scan.ts';

fc.configureGlobal({ seed: 20_260_204 });

/** The same question, asked of each short piece of the text. */
const hintedInWindows = (text: string): boolean => {
  for (let at = 0; at === 0 || at + 10 <= text.length; at++) {
    if (mayReportError(text, at, Math.min(text.length, at + 15))) return true;
  }
  return false;
};

const word = fc.constantFrom(
  'refused',
  'Error',
  'unauthorized',
  "can't",
  'no such',
  '404',
  'enoent',
  '503',
  'expired',
  'EOF',
  'bad ',
);
const filler = fc.string({ unit: fc.constantFrom(...'uvwzgyUVWZGY-_/12.:;\n "'), maxLength: 110 });

describe('the scan for words of error reports', () => {
  it('finds a word wherever it stands', () => {
    fc.assert(
      fc.property(filler, word, filler, (before, found, after) => {
        expect(mayReportError(`${before}${found}${after}`, 0, before.length + found.length + after.length)).toBe(true);
      }),
      { seed: 7, numRuns: 2_000 },
    );
  });

  it('says of a long piece what it says of its short pieces', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'erofailntdus 45é→你ż'), minLength: 16, maxLength: 250 }),
        (text) => {
          expect(mayReportError(text, 0, text.length)).toBe(hintedInWindows(text));
        },
      ),
      { seed: 7, numRuns: 2_000 },
    );
  });

  it('looks at nothing after the piece, nor at an earlier text', () => {
    const quiet = 'w'.repeat(40);
    expect(mayReportError(`${quiet}refused`, 0, 47)).toBe(true);
    expect(mayReportError(quiet, 0, 40)).toBe(false);
    expect(mayReportError(`${quiet}r`, 0, 41)).toBe(false);
  });
});
