import { describe, expect, it } from 'vitest';
import type { FixStatus } from '../../src/model/fix.ts';
import { began, declined, ended, type FinishedRun, type FixHistory, noHistory } from '../../src/sharing/history.ts';

const runOf = (status: FixStatus): FinishedRun => ({ id: 'run', by: 'this', endedAt: 90, status, reason: 'it ended' });

const before: FixHistory = { starts: [5, 10, 20], last: null, lastSuccess: { by: 'another', endedAt: 15 } };

describe('the history of a fix', () => {
  it('begins with nothing', () => {
    expect(noHistory).toEqual({ starts: [], last: null, lastSuccess: null });
  });

  it('counts a run from its start, and forgets those outside the window', () => {
    expect(began(before, 30, 100)).toEqual({ ...before, starts: [5, 10, 20, 30] });
    expect(began(before, 110, 100).starts).toEqual([20, 110]);
    expect(began(before, 109, 100).starts).toEqual([10, 20, 109]);
  });

  it('keeps the last thousand starts', () => {
    const starts = Array.from({ length: 1_000 }, (_, at) => at);
    expect(began({ ...before, starts }, 1_000, 10_000).starts).toEqual([...starts.slice(1), 1_000]);
  });

  it('keeps the last run, and the last that succeeded', () => {
    expect(ended(before, runOf('succeeded'))).toEqual({
      starts: [5, 10, 20],
      last: runOf('succeeded'),
      lastSuccess: { by: 'this', endedAt: 90 },
    });
    for (const status of ['failed', 'timed_out'] as const) {
      expect(ended(before, runOf(status))).toEqual({ ...before, last: runOf(status) });
    }
  });

  it('takes a run that did nothing off the budget, and leaves a cancelled one on it', () => {
    for (const status of ['not_needed', 'refused'] as const) {
      expect(ended(before, runOf(status))).toEqual({ ...before, starts: [5, 10] });
    }
    expect(ended(before, runOf('cancelled'))).toBe(before);
  });

  it('lets a person’s no rest like a run, without a start', () => {
    expect(declined(before, runOf('refused'))).toEqual({ ...before, last: runOf('refused') });
  });
});
