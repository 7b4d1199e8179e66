import { describe, expect, it } from 'vitest';
import { lastRefusal, refusalAfterFix, serviceFailures } from '../../machines/refusals.ts';
import type { FixReport, FixStatus } from '../../src/model/fix.ts';

const reportOf = (status: FixStatus, more: Partial<FixReport> = {}): FixReport => ({
  fix: 'kube_login',
  status,
  reason: 'exit code 1',
  durationMs: 5,
  ...more,
});
const allowed = { allowed: true, code: 'REPEAT_ALLOWED', reason: 'it may' } as const;
const unsafe = { allowed: false, code: 'REPEAT_UNSAFE', reason: 'it may not' } as const;

describe('after a fix', () => {
  it.each(['succeeded', 'not_needed'] as const)('that %s the call is repeated while attempts are left', (status) => {
    const result = { report: reportOf(status), mayRepeat: allowed };
    expect(refusalAfterFix(result, 1, 2)).toBeNull();
    expect(refusalAfterFix(result, 2, 2)?.code).toBe('ATTEMPTS_EXHAUSTED');
  });

  it.each([
    ['failed', 'FIX_FAILED'],
    ['timed_out', 'FIX_TIMED_OUT'],
    ['refused', 'FIX_REFUSED'],
    ['cancelled', 'FIX_CANCELLED'],
  ] as const)('that %s the call is not repeated, for %s', (status, code) => {
    expect(refusalAfterFix({ report: reportOf(status), mayRepeat: allowed }, 1, 2)).toEqual({
      code,
      reason: 'exit code 1',
    });
    expect(refusalAfterFix({ report: reportOf(status, { code: 'FIX_BUSY' }), mayRepeat: unsafe }, 1, 2)).toEqual({
      code: 'FIX_BUSY',
      reason: 'exit code 1',
    });
  });

  it('the call is not repeated if the policy forbids it, or if no fix was run', () => {
    const refusal = { code: 'REPEAT_UNSAFE', reason: 'it may not' };
    expect(refusalAfterFix({ report: reportOf('succeeded'), mayRepeat: unsafe }, 1, 2)).toEqual(refusal);
    expect(refusalAfterFix({ report: null, mayRepeat: unsafe }, 1, 2)).toEqual(refusal);
  });
});

describe('the last attempt', () => {
  it('ends healing for the number of attempts, or for the time', () => {
    expect(lastRefusal(true, 3)).toEqual({ code: 'ATTEMPTS_EXHAUSTED', reason: expect.stringMatching(/\b3\b/) });
    expect(lastRefusal(true, 1)).toEqual({
      code: 'ATTEMPTS_EXHAUSTED',
      reason: expect.stringMatching(/only 1 attempt/),
    });
    expect(lastRefusal(true, 2).reason).not.toMatch(/only/);
    expect(lastRefusal(false, 3)).toEqual({ code: 'DEADLINE_PASSED', reason: expect.stringMatching(/deadline/) });
  });
});

describe('a service that broke', () => {
  it.each([
    ['attemptTool', 'ATTEMPT_BROKEN', /calls the tool/],
    ['planFix', 'ANALYSIS_BROKEN', /\w/],
    ['applyFix', 'FIX_BROKEN', /runs the fix/],
  ] as const)('of %s ends healing with %s', (service, code, reason) => {
    expect(serviceFailures[service]).toEqual({ code, reason: expect.stringMatching(reason) });
  });
});
