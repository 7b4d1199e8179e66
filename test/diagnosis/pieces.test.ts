import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filteredLists } from '../../src/diagnosis/filtered-lists.ts';
import { readPatternFiles } from '../../src/diagnosis/pattern-files.ts';
import { meets, type Need, neededPieces } from '../../src/diagnosis/pieces.ts';
import { candidates, type ListName } from '../../src/diagnosis/prefilter.ts';
import { shippedPatterns } from '../../src/diagnosis/shipped.ts';

fc.configureGlobal({ seed: 20_260_204 });

const mayMatch = (need: Need | null, text: string): boolean => need === null || meets(text, need);

const listed = Object.values(filteredLists()).flat();
const expressions = [
  ...listed,
  ...readPatternFiles().flatMap(({ text = [] }) => text.map((one) => new RegExp(one, 'im'))),
];
const samples = readPatternFiles().flatMap(({ text = [], examples, counterexamples }) => [
  ...examples,
  ...counterexamples,
  // What the expressions themselves say is a hard text for a filter of their pieces.
  ...text.map((one) => one.replace(/\\b|\(\?:|[()?^$\\]/g, '')),
]);

describe('what a text has to hold so that an expression may match it', () => {
  it.each<[RegExp, string[], string[]]>([
    [/connection (?:was )?refused/, ['connection refused', 'a Refused CONNECTION'], ['refused', 'no connect']],
    [/\bread timed out|\bsocket closed/, ['read timed out', 'the socket: closed'], ['timed out', 'socket']],
    [/ab+c/, ['abbc'], ['ac', 'bc']],
    [/ab?c/, ['ac', 'abc', 'cab', ''], []],
    [/(?:login){0,2}/, [''], []],
    [/(?:login){2}/, ['login'], ['log']],
    [/refus[eé]d/i, ['REFUSED'], ['accepted']],
    [/\d+ms/, ['12ms'], ['ms', '12']],
    [/[45]\d\d/, ['404'], ['none']],
    [/拒绝连接/, ['拒绝连接'], ['接続', 'é', 'refused']],
    [/отказано/i, ['ОТКАЗАНО'], ['abgelehnt', '拒绝']],
    [/échec/i, ['ÉCHEC'], ['chec', 'отказ']],
    [/login(?=:)/, ['login:'], ['login']],
    [/login(?!:)/, ['login', 'login:'], ['log']],
    [/(?<=user )name/, ['user name'], ['name']],
    [/(?<name>token)\k<name>/, ['token'], ['key']],
    [/\u0041bc|x\x41y/, ['bc', 'x:y'], []],
    [/./s, ['', 'a'], []],
    [/[\]a]bcd/, ['bcd'], ['abc']],
    [/a{b/, ['a{b'], ['ab']],
    [/k/iu, ['K', 'K', ''], []],
    [/😀?ok/u, ['ok'], ['o']],
  ])('%s may match %j but not %j', (expression, held, missed) => {
    const need = neededPieces(expression);
    expect(held.filter((text) => !mayMatch(need, text))).toEqual([]);
    expect(missed.filter((text) => mayMatch(need, text))).toEqual([]);
  });

  it('is held by every text that an expression matches, and by what it was before parts of it were blanked', () => {
    const needs = expressions.map(
      (expression) =>
        [new RegExp(expression.source, expression.flags.replace('g', '')), neededPieces(expression)] as const,
    );
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...samples), { minLength: 1, maxLength: 3 }),
        fc.constantFrom('', ' ', '\n', 'x', ': '),
        fc.constantFrom<(text: string) => string>(
          (text) => text,
          (text) => text.toUpperCase(),
          (text) => text.replace(/\w+ing\b/g, (word) => ' '.repeat(word.length)),
          (text) => text.replace(/\b[a-m]\w+/gi, (word) => `\ue001${' '.repeat(word.length - 1)}`),
        ),
        (some, glue, change) => {
          const text = some.join(glue);
          const changed = change(text);
          const base = changed.length === text.length ? `${text}\n${text.toUpperCase()}` : changed;
          const wrong = needs.filter(([expression, need]) => expression.test(changed) && !mayMatch(need, base));
          expect(wrong.map(([{ source }]) => source)).toEqual([]);
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('the expressions that a simple failure tries', () => {
  shippedPatterns();
  const counted = (text: string): number =>
    Object.entries(filteredLists())
      .map(([name, list]) => candidates(name as ListName, list, text).length)
      .reduce((sum, count) => sum + count);

  it.each([
    'connect ECONNREFUSED 127.0.0.1:1',
    'You must be logged in to the server',
    'Zu viele Anfragen. Bitte versuchen Sie es später erneut.',
  ])('are at most one in ten: %s', (text) => {
    expect(listed.length).toBeGreaterThan(800);
    expect(counted(text)).toBeLessThan(listed.length / 10);
    expect(counted('')).toBeLessThan(20);
  });
});
