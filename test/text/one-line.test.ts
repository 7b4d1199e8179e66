import { describe, expect, it } from 'vitest';
import { oneLine, shortLine } from '../../src/text/one-line.ts';

describe('oneLine', () => {
  it('joins lines and cuts at 500 characters', () => {
    expect(oneLine(' a\n\n  b\tc ')).toBe('a b c');
    expect(oneLine('x'.repeat(600))).toBe(`${'x'.repeat(499)}…`);
  });
});

describe('shortLine', () => {
  it('joins lines, takes out what is invisible and cuts at the limit', () => {
    expect(shortLine(' a\u0000\n\u200b b\u202ec\ufeff ', 20)).toBe('a b c');
    expect(shortLine('abcd efgh', 6)).toBe('abcd…');
    expect(shortLine('abcdef', 6)).toBe('abcdef');
  });

  it('leaves no half of a character', () => {
    expect(shortLine('ab😀cd', 4)).toBe('ab\ufffd…');
  });
});
