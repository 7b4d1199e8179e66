import { describe, expect, it } from 'vitest';
import type { RunReport, Task } from '../../src/model/run.ts';
import { scriptedFix, testHealer } from '../support/healer.ts';

const value = { content: [] };
const isError = { isError: true, content: [] };
const error = new Error('Unauthorized');

/** Every way in which a tool can end, by attempt. */
const tools: Record<string, Task<unknown>> = {
  'a value': () => value,
  'a promise of a value': async () => value,
  undefined: () => undefined,
  'a rejected promise': () => Promise.reject(error),
  'a synchronous throw': () => {
    throw error;
  },
  'throw undefined': () => {
    throw undefined;
  },
  'throw null': () => {
    throw null;
  },
  "throw 'text'": () => {
    throw 'text';
  },
  'reject undefined': () => Promise.reject(undefined),
  'an error-shaped result': () => isError,
  'healed at the first retry': ({ attempt }) => {
    if (attempt === 1) throw error;
    return value;
  },
  'healed at the second retry': ({ attempt }) => (attempt < 3 ? Promise.reject(error) : value),
  'an error-shaped result, then a value': ({ attempt }) => (attempt === 1 ? isError : value),
  'another error at the retry': ({ attempt }) => Promise.reject(attempt === 1 ? error : 'another'),
};

/** Two different fixes, so that a second failure can be healed too. */
const parts = () => {
  const fixes = [scriptedFix('token_refresh'), scriptedFix('kube_login')];
  let calls = 0;
  return testHealer(fixes, {
    diagnose: () => ({
      failure: true,
      class: 'auth',
      subclass: null,
      pattern: 'test.auth',
      fixes: ['token_refresh', 'kube_login'],
      evidence: '',
      summary: `failure ${++calls}`,
      situation: 'unauthenticated',
      phase: 'before_effect',
      grade: 'proof',
      remainder: null,
      delivered: 'no',
      deliveredBecause: '',
      retryAfterMs: null,
    }),
  });
};

const observe = async (task: Task<unknown>, eager: boolean) => {
  const { healer, records, healthy, warnings } = parts();
  let result: { resolved: unknown } | { rejected: unknown };
  try {
    result = { resolved: await healer.run('tool', task, { eager }) };
  } catch (thrown) {
    result = { rejected: thrown };
  }
  return { result, records: records as readonly RunReport[], healthy, warnings };
};

describe('lazy and eager start', () => {
  it.each(Object.entries(tools))('give the same result and record for %s', async (_, task) => {
    const lazy = await observe(task, false);
    const eager = await observe(task, true);
    expect(eager).toEqual(lazy);
    expect(lazy.warnings).toEqual([]);
    const given = (end: typeof lazy) => ('resolved' in end.result ? end.result.resolved : end.result.rejected);
    expect(given(eager)).toBe(given(lazy));
  });

  it.each([[false], [true]])('return the very object that the tool gave (eager: %s)', async (eager) => {
    const { healer } = testHealer([]);
    await expect(healer.run('tool', () => value, { eager })).resolves.toBe(value);
    await expect(healer.run('tool', () => isError, { eager })).resolves.toBe(isError);
    await expect(healer.run('tool', () => Promise.reject(error), { eager })).rejects.toBe(error);
  });

  it.each([[false], [true]])('return the last error that the tool gave (eager: %s)', async (eager) => {
    const { healer } = testHealer();
    const last = new Error('still Unauthorized');
    const run = healer.run('tool', ({ attempt }) => Promise.reject(attempt === 1 ? error : last), { eager });
    await expect(run).rejects.toBe(last);
  });
});
