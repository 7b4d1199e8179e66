import { describe, expect, it } from 'vitest';
import { createRedactor, redactAndCut } from '../../src/redact/index.ts';
import { findShapes, shapeRules } from '../../src/redact/shapes/index.ts';
import type { ShapeRule } from '../../src/redact/shapes/rule.ts';
import { relativeCost } from '../support/relative-cost.ts';
import { marked, redact } from './support.ts';

const repeatedTo = (length: number, piece: string): string => piece.repeat(Math.ceil(length / piece.length));

const repeated = [
  ...[
    'a',
    ' ',
    '\t',
    '\n',
    '\\',
    '"',
    "'",
    '=',
    ':',
    '://',
    '@',
    '.',
    '-',
    '_',
    'A',
    '0',
    '<',
    '[',
    '{',
    '%',
    '|',
    '\u00fc',
    '\0',
  ],
  ...[
    'password',
    'password ',
    'password=',
    'password: ',
    'password="',
    'password=\\"',
    'password=\'password="',
    'token\t',
    'token=a(',
    'password\\\\',
  ],
  ...[
    '"password":[',
    '"password":["is",',
    'password: |\n',
    '--password ',
    '<password>',
    'password is ',
    'cookie: a ',
    'authorization: a b ',
  ],
  ...[
    'authorization: bearer ',
    'http://a:',
    'http://a:b',
    'a://a:a@',
    ':a@',
    'a:',
    'a:b@tcp',
    'eyJ',
    'eyJaaaaaa.',
    'eyJhbGciOi',
    'Bearer ',
    'Basic aaaa',
  ],
  ...[
    'AKIA',
    'AKIA ',
    'ghp_',
    'sk-',
    'xoxb-',
    'glpat-',
    'SG.',
    'hvs.',
    'a.atlasv1.',
    'aaaa.',
    'token s.',
    'tvly-',
    '00000000:AA',
    'N0',
    '-us1',
    'a0',
  ],
  ...[
    '-----BEGIN PRIVATE KEY-----',
    '-----BEGIN PRIVATE KEY-----\n',
    '-----END PRIVATE KEY-----',
    'A\n-----END PRIVATE KEY-----',
    '-----BEGIN ',
  ],
  ...[
    'kind: Secret',
    'kind: Secret\ndata:\n',
    'data:\n',
    '"data":{',
    '"data":{"a":"b",',
    '\\"data',
    'LS0tLS1CRUdJTi',
    'mysql -',
    ' -u a:',
    'docker login',
    'login a password ',
  ],
  ...[
    'identified by ',
    'otpauth://a?',
    '[redacted]',
    '[redacted',
    'password=[redacted]',
    'AccountKey=',
    '&sig=',
    'secret_',
    'pat',
    'https://hooks.slack.com/services/',
  ],
];

describe('the cost', () => {
  it.each(repeated)('grows with the length of the text and no faster: %j', (piece) => {
    const [small, large] = [repeatedTo(10_000, piece), repeatedTo(80_000, piece)];
    // Eight times the text; a quadratic rule would take 64 times as long.
    const ratio = relativeCost(
      () => redact(large),
      () => redact(small),
      24,
    );
    expect(ratio).toBeLessThanOrEqual(24);
  });

  it.each([
    '%',
    '%2',
    '%25',
    '%41',
    '\\',
    '\\u004',
    '\\n',
    '\n',
    '&#',
    '&amp;',
    '\u001b[',
    '\u001b]',
    '\u200b',
    "'\\''",
    'dummy-va',
  ])('of decoding grows with the length of the text and no faster: %j', (piece) => {
    const exact = createRedactor({ env: {}, values: ['dummy-value-1', 'dummy%41-value-2'] });
    // As above: a quadratic rule takes 16 times as long.
    const ratio = relativeCost(
      () => exact(repeatedTo(80_000, piece)),
      () => exact(repeatedTo(20_000, piece)),
      12,
    );
    expect(ratio).toBeLessThanOrEqual(12);
  });

  it.each(shapeRules.map((rule): [string, ShapeRule] => [`${rule.id} (${rule.source})`, rule]))(
    'of a shape grows no faster, whatever follows its beginning: %s',
    (_, { hints, example }) => {
      const { text, secret } = marked(example);
      const harmless = repeatedTo(10_000, 'some words of a log line, 401 ');
      const beginnings = [...hints, text, secret, secret.slice(0, 12), text.slice(0, text.indexOf(secret) + 1)];
      for (const beginning of new Set(beginnings.filter(Boolean))) {
        for (const tail of ['', 'a', 'A_', '.', '/', ':@']) {
          const once = `${beginning}${tail}`;
          for (const make of [
            (length: number) => once.repeat(Math.ceil(length / once.length)),
            (length: number) => `${hints[0] ?? ''} ${beginning}${(tail || ' ').repeat(length)}`,
          ]) {
            const hostile = make(10_000);
            // A quadratic rule takes more than 100 times as long as one look at a harmless text of this length.
            const ratio = relativeCost(
              () => findShapes(hostile, () => {}),
              () => findShapes(harmless, () => {}),
              60,
            );
            expect(ratio, JSON.stringify(make(60))).toBeLessThanOrEqual(60);
          }
        }
      }
    },
  );

  it('of a quadratic expression would be too high', () => {
    const quadratic = /a+b/;
    const [small, large] = [repeatedTo(2_000, 'a'), repeatedTo(16_000, 'a')];
    const [text, harmless] = [repeatedTo(10_000, 'a'), repeatedTo(10_000, 'some words of a log line, 401 ')];
    const growth = relativeCost(
      () => quadratic.test(large),
      () => quadratic.test(small),
      24,
    );
    const ratio = relativeCost(
      () => quadratic.test(text),
      () => findShapes(harmless, () => {}),
      60,
    );
    expect(growth).toBeGreaterThan(24);
    expect(ratio).toBeGreaterThan(60);
  });

  it('of 10 MB is that of 1 MB: the beginning is kept, and the rest is counted', () => {
    const line = 'some words of a log line, 401 ';
    const text = `password=hunter2 ${repeatedTo(10_500_000, line)}`;
    const masked = redact(text);
    expect(masked.length).toBeLessThan(1_100_000);
    expect(masked.startsWith('password=[redacted] some words')).toBe(true);
    expect(masked).toMatch(/ \[\d+ more characters\]$/);
    expect(redact(masked)).toBe(masked);
    const start = text.slice(0, 1_000_000);
    const ratio = relativeCost(
      () => redact(text),
      () => redact(start),
      4,
    );
    expect(ratio).toBeLessThanOrEqual(4);
  });

  it('of a short cut does not grow with the text', () => {
    const line = 'some words of a log line, 401 ';
    const [small, large] = [repeatedTo(100_000, line), repeatedTo(10_500_000, line)];
    const ratio = relativeCost(
      () => redactAndCut(large, 300, redact),
      () => redactAndCut(small, 300, redact),
      10,
    );
    expect(ratio).toBeLessThanOrEqual(10);
  });
});

describe('redactAndCut', () => {
  it('masks first, then cuts, and says that it did', () => {
    expect(redactAndCut('password=hunter2 and more', 40, redact)).toBe('password=[redacted] and more');
    expect(redactAndCut('password=hunter2 and more', 12, redact)).toBe('password=[r…');
    expect(redactAndCut('abc', 3, redact)).toBe('abc');
    expect(redactAndCut('abcd', 3, redact)).toBe('ab…');
    expect(redactAndCut('abc', 0, redact)).toBe('');
  });

  it('tears no surrogate pair', () => {
    expect(redactAndCut('a😀😀', 3, redact)).toBe('a…');
  });

  it('does not show the first half of a secret at the end of what it looks at', () => {
    for (const before of [65_000, 65_500, 65_800, 66_000, 131_072]) {
      const text = `${'x '.repeat(before / 2)}${'a1'.repeat(10)}ghp_${'a1B2'.repeat(9)} ${'y '.repeat(100_000)}`;
      for (const max of [300, before + 20, before + 60]) expect(redactAndCut(text, max, redact)).not.toContain('a1B2');
    }
  });
});
