import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileNative } from '../../src/diagnosis/compile.ts';
import { neededWords } from '../../src/diagnosis/needed-words.ts';
import { readShippedPatterns } from '../../src/diagnosis/shipped.ts';

describe('the words of which an expression needs one', () => {
  it.each([
    ['\\bconnection (?:was )?refused\\b', ['connection']],
    ['\\bECONNREFUSED\\b', ['econnrefused']],
    ['\\bread timeouts?\\b', ['read']],
    ['\\bx509: ', ['x509']],
    ['^timeout$', ['timeout']],
    ['no such host', ['such']],
    ['\\b(?:invalid|bad) token\\b', ['token']],
    ['\\binvalid_\\w+', ['invalid']],
    ['refus[eé]', null],
    ['a|b', null],
    ['拒绝连接', ['\u0080']],
    ['\\b(?:invalid|bad) (?:token|login)s?\\b', ['invalid', 'bad']],
    ['\\b(?:un|in)valid\\b', null],
    ['\\b(?:already|been) (?:deleted|removed)\\b', ['already', 'been']],
    ['\\b(?:a|\\w+) here\\b', ['here']],
    ['\\b(?:old|new)? ?name\\b', null],
  ])('of %s are %j', (expression, word) => {
    expect(neededWords(expression)).toEqual(word);
  });

  it('changes nothing about what the shipped patterns find', () => {
    const expressions = readShippedPatterns().flatMap(({ text = [], examples }) =>
      text.map((one) => ({ one, examples })),
    );
    const samples = readShippedPatterns().flatMap(({ examples, counterexamples }) => [...examples, ...counterexamples]);
    const plain = expressions.map(({ one }) => [compileNative([one]), new RegExp(one, 'im')] as const);
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...samples), { minLength: 1, maxLength: 3 }),
        fc.constantFrom('', ' ', '\n', 'x', '_'),
        (some, glue) => {
          const text = some.join(glue);
          for (const [find, regex] of plain) expect(find(text)?.start ?? -1).toBe(text.search(regex));
        },
      ),
      { numRuns: 60 },
    );
  });
});
