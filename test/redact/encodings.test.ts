import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/redact/index.ts';

fc.configureGlobal({ seed: 20_260_204 });

const value = 'dummy/S3cr+t&p"ss=w0rd';
const redact = createRedactor({ env: {}, values: [value] });

const json = (text: string): string => JSON.stringify(text).slice(1, -1);
const url = encodeURIComponent;
const each = (text: string, encode: (char: string) => string): string => [...text].map(encode).join('');
const hexOf = (char: string): string => char.charCodeAt(0).toString(16).padStart(2, '0');
/** Puts a text between the characters of the value, at a third of it and at two thirds. */
const inside = (text: string, between: string): string =>
  text.slice(0, 7) + between + text.slice(7, 14) + between + text.slice(14);

const encodings: readonly (readonly [string, (text: string) => string])[] = [
  ['JSON', json],
  ['JSON with escaped slashes', (text) => json(text).replaceAll('/', '\\/')],
  ['JSON with symbols as code points', (text) => json(text).replace(/[+&=/]/g, (char) => `\\u00${hexOf(char)}`)],
  ['JSON with upper-case code points', (text) => each(text, (char) => `\\u00${hexOf(char).toUpperCase()}`)],
  ['JSON in JSON', (text) => json(json(text))],
  ['JSON in JSON in JSON', (text) => json(json(json(text)))],
  ['hexadecimal', (text) => Buffer.from(text).toString('hex')],
  ['upper-case hexadecimal', (text) => Buffer.from(text).toString('hex').toUpperCase()],
  ['hexadecimal escapes', (text) => each(text, (char) => `\\x${hexOf(char)}`)],
  ['a URL', url],
  ['a URL with lower-case escapes', (text) => url(text).replace(/%../g, (code) => code.toLowerCase())],
  ['a URL in a URL', (text) => url(url(text))],
  ['a URL in a URL in a URL', (text) => url(url(url(text)))],
  ['a URL that escapes its letters, too', (text) => each(text, (char) => `%${hexOf(char)}`)],
  ['a URL that escapes only the slash', (text) => text.replaceAll('/', '%2F')],
  ['a URL in JSON', (text) => json(url(text))],
  ['JSON in a URL', (text) => url(json(text))],
  ['base64', (text) => Buffer.from(text).toString('base64')],
  ['base64url', (text) => Buffer.from(text).toString('base64url')],
  ['base64 in a URL', (text) => url(Buffer.from(text).toString('base64'))],
  ['base64 of a user and it', (text) => Buffer.from(`user:${text}`).toString('base64')],
  [
    'base64 of it and more, on lines',
    (text) => `${Buffer.from(`ab:${text}:c`).toString('base64')}`.replace(/.{10}/g, '$&\n'),
  ],
  ['HTML', (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')],
  ['HTML with decimal entities', (text) => each(text, (char) => `&#${char.charCodeAt(0)};`)],
  ['HTML with hexadecimal entities', (text) => each(text, (char) => `&#x${hexOf(char).toUpperCase()};`)],
  ['a text with colours in it', (text) => inside(text, '\u001b[1;31m')],
  ['a text with a link of a terminal in it', (text) => inside(text, '\u001b]8;;https://x.example\u0007')],
  ['a text with escaped colours in it', (text) => json(inside(text, '\u001b[0m'))],
  ['a text that is wrapped', (text) => inside(text, '\n')],
  ['a text that is wrapped with a margin', (text) => inside(text, '\r\n    | ')],
  ['a text that is wrapped with a backslash', (text) => inside(text, '\\\n  ')],
  ['a text that is wrapped, in JSON', (text) => json(inside(text, '\n  '))],
  ['a text with zero-width characters in it', (text) => inside(text, '\u200b')],
  ['a text with a soft hyphen and a joiner in it', (text) => inside(text, '\u00ad\u2060')],
];

describe('an exact value', () => {
  it.each(encodings)('is masked in %s', (_, encode) => {
    const text = `before ${encode(value)} after`;
    const masked = redact(text);
    expect(masked).toMatch(/^before (?:\[redacted\](?:=|%3D|\n)*)+ after$/);
    expect(redact(masked)).toBe(masked);
  });

  it('is masked in every encoding, whatever its characters are', () => {
    const encoders = encodings.map(([, encode]) => encode).filter((encode) => encode(value) !== value);
    const inner = fc.constantFrom(...encoders);
    fc.assert(
      fc.property(fc.string({ minLength: 16, maxLength: 30 }), inner, (secret, encode) => {
        fc.pre(/[0-9]/.test(secret) && !/[\s\\|>]/.test(secret));
        const masked = createRedactor({ env: {}, values: [secret] })(`>> ${encode(secret)} <<`);
        expect(masked).toContain('[redacted]');
        expect(masked.length).toBeLessThan(40);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is masked where any of its characters are escaped for a URL', () => {
    const some = fc.array(fc.nat(2), { minLength: value.length, maxLength: value.length });
    fc.assert(
      fc.property(some, (choices) => {
        const text = [...value]
          .map((char, at) => (choices[at] === 0 ? char : choices[at] === 1 ? `%${hexOf(char)}` : `%25${hexOf(char)}`))
          .join('');
        expect(redact(`a=${text}&b=1`)).toMatch(/^a=\[redacted\]&b=1$/);
      }),
    );
  });

  it('that has what looks like an escape in it is masked as it is, and encoded', () => {
    for (const odd of [
      'dummy%41\\nb\\u0041c9',
      'dummy&amp;9%2541\\"x',
      'dummy\nof two lines 9',
      'C:\\dummy\\temp9\\x',
    ]) {
      const masking = createRedactor({ env: {}, values: [odd] });
      for (const text of [odd, json(odd), json(json(odd)), url(odd), Buffer.from(odd).toString('base64')]) {
        expect(masking(`a ${text} b`)).toBe('a [redacted] b');
      }
    }
  });

  it('leaves the next line as it is where the value ends a line', () => {
    const encoded = Buffer.from(value).toString('base64');
    expect(redact(`${value}\nnext line\n${encoded}\nlast`)).toBe('[redacted]\nnext line\n[redacted]\nlast');
  });

  it('that is short is not put together from two words', () => {
    const short = createRedactor({ env: {}, values: ['admin'] });
    expect(short('ad\nmin ad\u200bministrator')).toContain('ad\u200bministrator');
  });
});
