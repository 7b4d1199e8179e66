import { describe, expect, it } from 'vitest';
import { decode, withoutInvisibles } from '../../src/redact/decode.ts';

describe('decode', () => {
  it.each([
    ['a\\u002Bb', 'a+b'],
    ['a\\u{1F600}b', 'a\u{1F600}b'],
    ['a\\u{FFFFFF}b', 'a\\u{FFFFFF}b'],
    ['a\\x2fb', 'a/b'],
    ['a\\"b\\\'c\\/d\\\\e\\`f', 'a"b\'c/d\\e`f'],
    ['a\\nb\\rc\\td\\be\\ff', 'a\nb\rc\td\be\ff'],
    ['a%2Bb%c3%bc', 'a+b\u00fc'],
    ['a%fcb', 'a\u00fcb'],
    ['a&amp;b&lt;c&gt;d&quot;e&apos;f&#43;g&#x2F;h&sol;i&plus;j&equals;k', 'a&b<c>d"e\'f+g/h/i+j=k'],
    ['a&#9999999;b', 'a&#9999999;b'],
    ["a'\\''b", "a'b"],
    ['a\nb', 'ab'],
    ['a\\\r\n  | b', 'ab'],
    ['a\u001b[1;31mb\u001b]8;;x\u0007c\u001b(Bd', 'abcd'],
    ['a\u200b\u00adb', 'ab'],
  ])('makes of %j %j', (text, decoded) => {
    expect(decode(text)?.text).toBe(decoded);
  });

  it.each(['', 'plain', '100% sure & more', 'C:\\Users', '%zz', '&nothing;'])('finds nothing in %j', (text) => {
    expect(decode(text)).toBeNull();
  });

  it('knows where each character came from', () => {
    const text = 'ab%2Fc\\u002Bd\ne&amp;f';
    const decoded = decode(text);
    expect(decoded?.text).toBe('ab/c+de&f');
    const original = (start: number, end: number): string => {
      const range = decoded?.toOriginal(start, end);
      return text.slice(range?.start, range?.end);
    };
    expect([...'ab/c+de&f'].map((_, at) => original(at, at + 1))).toEqual([
      'a',
      'b',
      '%2F',
      'c',
      '\\u002B',
      'd',
      'e',
      '&amp;',
      'f',
    ]);
    expect(original(1, 4)).toBe('b%2Fc');
    expect(original(5, 7)).toBe('d\ne');
    expect(original(0, 9)).toBe(text);
  });
});

describe('withoutInvisibles', () => {
  it('takes out what is not seen, and leaves what is', () => {
    expect(withoutInvisibles('a\u200bb\u001b[0mc%2F\n')?.text).toBe('abc%2F\n');
    expect(withoutInvisibles('abc%2F\n')).toBeNull();
  });
});
