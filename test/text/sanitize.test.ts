import { describe, expect, it } from 'vitest';
import { errorText, oneLine, plainText } from '../../src/text/sanitize.ts';

describe('plainText', () => {
  it.each([
    ['colours', '\u001b[1;31mred\u001b[0m', 'red'],
    ['a title', '\u001b]0;owned\u0007text', 'text'],
    ['a cleared screen', 'a\u001b[2J\u001b[Hb', 'ab'],
    ['carriage returns that overwrite', 'good\rbad', 'goodbad'],
    ['C1 controls', 'a\u009b31mb\u0085c', 'abc'],
    ['bells and backspaces', 'a\u0007\u0008b', 'ab'],
  ])('takes out %s', (_what, text, plain) => {
    expect(plainText(text)).toBe(plain);
  });

  it('keeps lines, tabs and every script', () => {
    expect(plainText('a\n\tb é 漢 👩‍🚀')).toBe('a\n\tb é 漢 👩‍🚀');
  });
});

describe('oneLine', () => {
  it('joins lines and cuts at 500 characters', () => {
    expect(oneLine(' a\n\n  b\tc ')).toBe('a b c');
    expect(oneLine('x'.repeat(600))).toBe(`${'x'.repeat(499)}…`);
  });
});

describe('errorText', () => {
  it('says the cause of a failed fetch, and the code of an error without a message', () => {
    const refused = Object.assign(new AggregateError([], 'none'), { message: '', code: 'ECONNREFUSED' });
    expect(errorText(new TypeError('fetch failed', { cause: refused }))).toBe('fetch failed: ECONNREFUSED');
    expect(errorText('plain')).toBe('plain');
    expect(errorText(undefined)).toBe('undefined');
    expect(errorText(Object.assign(new RangeError('none'), { message: '' }))).toBe('RangeError');
  });
});
