import { describe, expect, it } from 'vitest';
import {
  blankControls,
  plainText,
  printable,
  printableJson,
  sanitizeLine,
  stripTerminalSequences,
} from '../../src/text/sanitize.ts';

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

describe('stripTerminalSequences', () => {
  it.each([
    ['a colour of several parts', 'a\u001b[38:5:1;48;2;0;0;0mb', 'ab'],
    ['a private mode', '\u001b[?25la\u001b[>4;1mb', 'ab'],
    ['a sequence that the text ends in', 'a\u001b[31', 'a'],
    ['a sequence that a line ends in', 'a\u001b[31\nb', 'a\nb'],
    ['a character set', 'a\u001b(Bb', 'ab'],
    ['a title with spaces', '\u001b]0;my title\u0007a', 'a'],
    ['a link', '\u001b]8;;https://example.com/?q=a+b\u001b\\a\u001b]8;;\u001b\\b', 'ab'],
    ['a saved and restored cursor', '\u001b7a\u001b8b', 'ab'],
    ['a title without an end, but not the lines after it', '\u001b]0;title\nerror: broken', '\nerror: broken'],
  ])('takes out %s', (_what, text, stripped) => {
    expect(stripTerminalSequences(text)).toBe(stripped);
  });

  it('keeps words after an escape that begins no sequence', () => {
    expect(stripTerminalSequences('\u001berror (B [31m')).toBe('\u001berror (B [31m');
  });
});

describe('blankControls', () => {
  it('puts a space in place of each control character', () => {
    expect(blankControls('a\tb\r\nc\u0085d\u200be')).toBe('a b  c d\u200be');
  });
});

describe('sanitizeLine', () => {
  it('puts a space in place of what moves the cursor, ends the line or turns the text round', () => {
    expect(sanitizeLine('a\u001b[31mb\nc\u202ed\u2028e')).toBe('a [31mb c d e');
  });
});

describe('printable', () => {
  it('shows what would steer the terminal as an escape', () => {
    expect(printable('a\n\t\r\u001b\u202e\u2029é')).toBe('a\\n\\t\\r\\u001b\\u202e\\u2029é');
    expect(printable('\u{e0001}')).toBe('\\udb40\\udc01');
  });

  it('leaves the meaning of a JSON text as it is', () => {
    const json = JSON.stringify({ a: '\u009b\u200b😀' });
    expect(printableJson(json)).toBe('{"a":"\\u009b\\u200b😀"}');
    expect(JSON.parse(printableJson(json))).toEqual(JSON.parse(json));
  });
});
