import { describe, expect, it } from 'vitest';
import { redactAndCut } from '../../src/redact/index.ts';
import { findShapes, shapeRules } from '../../src/redact/shapes/index.ts';
import type { ShapeRule } from '../../src/redact/shapes/rule.ts';
import { marked, redact } from './support.ts';

/** The time that the processor works, whatever else the machine does. */
const cpuMs = (work: () => void): number => {
  const begin = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1_000;
};

/** What a text costs once the code is warm: the least of three. */
const costMs = (text: string): number => Math.min(...[1, 2, 3].map(() => cpuMs(() => redact(text))));

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
    const small = costMs(piece.repeat(Math.ceil(20_000 / piece.length)));
    const large = costMs(piece.repeat(Math.ceil(80_000 / piece.length)));
    // Four times the text; a quadratic rule would take sixteen times as long.
    expect(large).toBeLessThan(8 * small + 25);
  });

  it.each(shapeRules.map((rule): [string, ShapeRule] => [`${rule.id} (${rule.source})`, rule]))(
    'of a shape grows no faster, whatever follows its beginning: %s',
    (_, { hints, example }) => {
      const { text, secret } = marked(example);
      const beginnings = [...hints, text, secret, secret.slice(0, 12), text.slice(0, text.indexOf(secret) + 1)];
      for (const beginning of new Set(beginnings.filter(Boolean))) {
        for (const tail of ['', 'a', 'A_', '.', '/', ':@']) {
          const once = `${beginning}${tail}`;
          for (const make of [
            (length: number) => once.repeat(Math.ceil(length / once.length)),
            (length: number) => `${hints[0] ?? ''} ${beginning}${(tail || ' ').repeat(length)}`,
          ]) {
            const costs = (length: number): number => {
              const hostile = make(length);
              return cpuMs(() => findShapes(hostile, () => {}));
            };
            // A quadratic rule takes about a second for a text of this length.
            const cost = costs(30_000);
            expect(cost < 60 ? cost : costs(30_000), JSON.stringify(make(60))).toBeLessThan(60);
          }
        }
      }
    },
  );

  it('is bounded for 10 MB: the beginning is kept, and the rest is counted', () => {
    const text = `password=hunter2 ${'some words of a log line, 401 '.repeat(350_000)}`;
    let masked = '';
    expect(
      cpuMs(() => {
        masked = redact(text);
      }),
    ).toBeLessThan(2_000);
    expect(masked.length).toBeLessThan(1_100_000);
    expect(masked.startsWith('password=[redacted] some words')).toBe(true);
    expect(masked).toMatch(/ \[\d+ more characters\]$/);
    expect(redact(masked)).toBe(masked);
  });

  it('of a short cut does not grow with the text', () => {
    const text = 'some words of a log line, 401 '.repeat(350_000);
    redactAndCut(text, 300, redact);
    expect(cpuMs(() => redactAndCut(text, 300, redact))).toBeLessThan(50);
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
