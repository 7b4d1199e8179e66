import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileNative } from '../../src/diagnosis/compile.ts';
import { requiredWord } from '../../src/diagnosis/required-word.ts';
import { readShippedPatterns } from '../../src/diagnosis/shipped.ts';

describe('the word that an expression needs', () => {
  it.each([
    ['\\bconnection (?:was )?refused\\b', 'connection'],
    ['\\bECONNREFUSED\\b', 'econnrefused'],
    ['\\bread timeouts?\\b', 'read'],
    ['\\bx509: ', 'x509'],
    ['^timeout$', 'timeout'],
    ['no such host', 'such'],
    ['\\b(?:invalid|bad) token\\b', 'token'],
    ['\\binvalid_\\w+', null],
    ['refus[eé]', null],
    ['a|b', null],
    ['拒绝连接', null],
  ])('of %s is %s', (expression, word) => {
    expect(requiredWord(expression)).toBe(word);
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
