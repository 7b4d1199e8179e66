import { describe, expect, it } from 'vitest';
import { rememberDiagnoses } from '../../src/healer/known-failures.ts';
import { markBegun } from '../../src/model/begun.ts';
import type { ToolOutput } from '../../src/model/diagnosis.ts';
import { markProof } from '../../src/model/proof.ts';
import { diagnosisOf } from '../support/healer.ts';

const bench = () => {
  let asked = 0;
  let now = 0;
  const secrets = new Set<string>();
  const redact = (text: string): string => [...secrets].reduce((left, secret) => left.replaceAll(secret, '***'), text);
  const diagnose = rememberDiagnoses(
    () => {
      asked += 1;
      return diagnosisOf({ summary: redact('Unauthorized: abc') });
    },
    { redact, now: () => now },
  );
  return { diagnose, secrets, asked: () => asked, pass: (ms: number) => (now += ms) };
};

const text = (words: string, more: object = {}) => ({
  isError: true,
  content: [{ type: 'text', text: words }],
  ...more,
});
const value = (of: unknown): ToolOutput => ({ tool: 'tool', channel: 'result', value: of });
const thrown = (error: unknown): ToolOutput => ({ tool: 'tool', channel: 'exception', error });
const unauthorized = (more: object = {}) => Object.assign(new Error('Unauthorized'), { status: 401 }, more);

class Plain extends Error {
  override readonly name = 'Plain';
}
class Telling extends Error {
  get status(): number {
    return Math.random();
  }
}

describe('a failure that many calls meet at one moment', () => {
  it.each([
    ['a result', () => value(text('Unauthorized'))],
    ['an error', () => thrown(unauthorized())],
    ['an error with a cause', () => thrown(unauthorized({ cause: Object.assign(new TypeError('x'), { code: 'E' }) }))],
    ['an error of a class of its own', () => thrown(new Plain('Unauthorized'))],
    ['a text', () => thrown('Unauthorized')],
  ])('is diagnosed once if it is %s', (_, output) => {
    const { diagnose, asked } = bench();
    const [first, second] = [diagnose(output()), diagnose(output())];
    expect(asked()).toBe(1);
    expect(second).toEqual(first);
    // A run tells its failures apart by their identity.
    expect(second).not.toBe(first);
  });

  it.each([
    ['text', value(text('Unauthorized')), value(text('Forbidden'))],
    ['tool', value(text('Unauthorized')), { ...value(text('Unauthorized')), tool: 'other' }],
    ['channel', value(text('Unauthorized')), { ...value(text('Unauthorized')), channel: 'isError' as const }],
    ['member', thrown(unauthorized()), thrown(unauthorized({ status: 403 }))],
    ['cause', thrown(unauthorized()), thrown(unauthorized({ cause: new Error('reset') }))],
    ['class', thrown(new TypeError('x')), thrown(new RangeError('x'))],
    ['hidden member', thrown(new Telling('x')), thrown(new Telling('x'))],
    ['grade', thrown(unauthorized()), thrown(markProof(unauthorized()))],
  ])('is diagnosed again if the %s differs', (_, first, second) => {
    const { diagnose, asked } = bench();
    diagnose(first);
    diagnose(second);
    expect(asked()).toBe(2);
  });

  it('is diagnosed again if the work of the call was under way', () => {
    const { diagnose, asked } = bench();
    const begun = text('Unauthorized');
    markBegun(begun);
    diagnose(value(text('Unauthorized')));
    diagnose(value(begun));
    expect(asked()).toBe(2);
  });

  it('is diagnosed again a moment later, and once a new secret is known', () => {
    const { diagnose, asked, secrets, pass } = bench();
    diagnose(value(text('Unauthorized')));
    pass(250);
    diagnose(value(text('Unauthorized')));
    expect(asked()).toBe(2);
    secrets.add('abc');
    expect(diagnose(value(text('Unauthorized'))).summary).toBe('Unauthorized: ***');
    expect(asked()).toBe(3);
  });
});
