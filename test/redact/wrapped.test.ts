import { describe, expect, it } from 'vitest';
import { wrappedEnd } from '../../src/redact/wrapped.ts';

const token = 'ghp_d0U1mM2yD3u4';

/** What of the text after the token is taken for the rest of it. */
const restOf = (after: string): string => {
  const text = `use ${token}${after}`;
  const end = 4 + token.length;
  return text.slice(end, wrappedEnd(text, 4, end));
};

describe('a token that was wrapped', () => {
  it.each([
    ['\nmM5Y6d7U8', '\nmM5Y6d7U8'],
    ['\r\n   mM5Y6d7U8 and more', '\r\n   mM5Y6d7U8'],
    ['\\\nmM5Y6d7U8"', '\\\nmM5Y6d7U8'],
    ['\\nmM5Y6d7U8\\nnext', '\\nmM5Y6d7U8'],
    ['\n | mM5Y6d7U8 |', '\n | mM5Y6d7U8'],
    ['\nmM5Y6d7U8==', '\nmM5Y6d7U8=='],
    ['\nmM5Y6d7U8\nQ1w2E3r4T5\nlast line', '\nmM5Y6d7U8\nQ1w2E3r4T5'],
    ['\nQwERTzAsDFg', '\nQwERTzAsDFg'],
    ['\nwIKfHZTV, then', '\nwIKfHZTV'],
  ])('goes on in %j', (after, rest) => {
    expect(restOf(after)).toBe(rest);
  });

  it.each([
    ' mM5Y6d7U8',
    '\nexpired',
    '\nHOME=/home/x1Y2z3',
    '\nweb-7d4b9c6f5-x2x9z',
    '\n4c0ffee4c0ffee4c0ffee4c0ffee4c0ffee4c0ff',
    '\nStep2',
    '\nVersion12',
    '\nmM5Y',
    '\nmM5Y6d7U8: a key',
    '\n\nmM5Y6d7U8',
    '',
  ])('ends before %j', (after) => {
    expect(restOf(after)).toBe('');
  });

  it('is looked for only after what could be one', () => {
    expect(wrappedEnd('a b\nmM5Y6d7U8', 2, 3)).toBe(3);
    expect(wrappedEnd('"d0U1mM2yD3u4"\nmM5Y6d7U8', 0, 14)).toBe(14);
  });

  it('of hexadecimal digits goes on with such digits', () => {
    const text = '0123456789abcdef\n0123456789abcdef\nnext';
    expect(wrappedEnd(text, 0, 16)).toBe(33);
  });

  it('of any number of lines ends after 50', () => {
    const text = `d0U1mM2yD3u4${'\nmM5Y6d7U8'.repeat(60)}`;
    expect(wrappedEnd(text, 0, 12)).toBe(12 + 50 * 10);
  });
});
