import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../src/diagnosis/compile.ts';
import { neededPieces } from '../../src/diagnosis/needed-pieces.ts';
import { patternSchema } from '../../src/diagnosis/pattern.ts';
import { compileLinear, narrowLinear } from '../../src/diagnosis/user-patterns.ts';

describe('the pieces of which a match holds all', () => {
  it.each([
    ['license (?:has )?expired', [['license', 'expired']]],
    [
      'quota exceeded|lease-\\d+ is gone',
      [
        ['quota', 'exceeded'],
        ['lease', 'gone'],
      ],
    ],
    ['\\w+timeouts?', [['timeout']]],
    ['(?:disk|tape) \\d+', [['disk'], ['tape']]],
    ['(?:disk|[a-z]+) \\d+', null],
    ['(?:disk|tape)? \\d+', null],
    ['(?:disk|tape){0,2} \\d+', null],
    ['(?:disk|tape)+ \\d+', [['disk'], ['tape']]],
    ['code{2}x', [['cod']]],
    ['no {brace} here', [['brace', 'here']]],
    [
      'abc x{foo|bar} def',
      [
        ['abc', 'foo'],
        ['bar', 'def'],
      ],
    ],
    ['never {closed', [['never', 'closed']]],
    ['a|license', null],
    ['\\d{3}-[A-Z]+', null],
    ['[[:alpha:]abc]', null],
    ['[]abc]', null],
    ['\\pLfoo', null],
    ['\\x41bcd', null],
    ['\\Qa.b\\E', null],
    ['(?i)Foo', [['foo']]],
    ['^Foo$', [['foo']]],
    ['(?P<name>license)', null],
    ['\\\\Quota', [['quota']]],
  ])('of %s are %j', (expression, pieces) => {
    expect(neededPieces(expression)).toEqual(pieces);
  });
});

/** Expressions of all kinds, many of them strange ones. */
const expressions = fc
  .array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.constantFrom('lease', 'token', 'disk', 'gone', 'ski', 'KEY', ' ', '-', '4711', 'é', 's'),
      },
      fc.constantFrom(
        '\\d',
        '\\w+',
        '.*',
        '\\b',
        '^',
        '$',
        '[a-z]',
        '[^x]',
        '[]abc]',
        '[[:alpha:]lease]',
        '\\pL',
        '\\x41',
      ),
      fc.constantFrom(
        '(?:lease|disk)',
        '(?:token|\\d+)',
        '(lease)?',
        '(?:gone)*',
        '(?i:Disk)',
        '(?P<n>key)',
        '(?:a|b)+',
      ),
      fc.constantFrom(
        '?',
        '*',
        '+',
        '{2}',
        '{0,1}',
        '{',
        '}',
        '|',
        '\\Qa|b\\E',
        '\\{',
        '\\|',
        '\\\\',
        '\\n',
        '\u017f',
        '\u212a',
      ),
    ),
    { minLength: 1, maxLength: 7 },
  )
  .map((parts) => parts.join(''));

const lists = fc.array(expressions, { minLength: 1, maxLength: 2 }).filter((list) => {
  try {
    compileLinear(list);
    return true;
  } catch {
    return false;
  }
});

const texts = fc
  .array(
    fc.constantFrom(
      ...[
        'lease',
        'Token',
        'disk',
        'gone',
        'skı',
        'di\u017fk',
        'to\u212aen',
        '\u212aey',
        'A',
        'é',
        '4711',
        ' ',
        '-',
        '\n',
        '{',
        '|',
      ],
      ...['İ', 'abc', 'x', 'leas', 'ease', '\u{1f600}', '\\'],
    ),
    { maxLength: 10 },
  )
  .map((parts) => parts.join(''));

describe('narrowing patterns down', () => {
  it('leaves out none that matches, in whatever order and number they come', () => {
    const flags = RE2JS.CASE_INSENSITIVE | RE2JS.MULTILINE;
    fc.assert(
      fc.property(
        fc.array(lists, { minLength: 1, maxLength: 12 }),
        fc.array(texts, { minLength: 1, maxLength: 6 }),
        (patterns, some) => {
          const entries = patterns.map((text, at) =>
            compilePattern(patternSchema.parse({ id: `${at}`, class: 'auth', text }), compileLinear),
          );
          const candidates = narrowLinear(entries);
          for (const text of some) {
            const found = candidates(text).filter(({ find }) => find?.(text) != null);
            const expected = entries.filter(({ pattern }) =>
              pattern.text?.some((one) => RE2JS.compile(one, flags).matcher(text).find()),
            );
            expect(found.map(({ pattern }) => pattern.id)).toEqual(expected.map(({ pattern }) => pattern.id));
          }
        },
      ),
      { numRuns: 1_500, seed: 11 },
    );
  });
});
