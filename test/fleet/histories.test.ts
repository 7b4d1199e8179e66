import { describe, expect, it } from 'vitest';
import { mergeHistory } from '../../src/fleet/merge-history.ts';
import { shiftHistory } from '../../src/fleet/shift-history.ts';
import { type FixHistory, noHistory } from '../../src/sharing/history.ts';

const at = (...starts: number[]): FixHistory => {
  const endedAt = (starts.at(-1) ?? 0) + 500;
  return {
    starts,
    last: { id: `run-${endedAt}`, by: 'a', endedAt, status: 'succeeded', reason: 'it ended' },
    lastSuccess: { by: 'a', endedAt },
  };
};

describe('a history in another clock', () => {
  it('has all its times shifted', () => {
    expect(shiftHistory(at(1_000, 2_000), 500, 1e12)).toMatchObject({
      starts: [1_500, 2_500],
      last: { endedAt: 3_000 },
      lastSuccess: { endedAt: 3_000 },
    });
    expect(shiftHistory(noHistory, 500, 1e12)).toEqual(noHistory);
  });

  it('ends now where the inexactness of the offset has it end a little later', () => {
    expect(shiftHistory(at(1_000), 0, 1_490.7).last?.endedAt).toBe(1_490);
  });

  it('keeps a time far in the future, which a wrong clock wrote', () => {
    expect(shiftHistory(at(100_000), 0, 1_000).last?.endedAt).toBe(100_500);
  });
});

describe('what a machine did without its fleet', () => {
  it('is added where it is later', () => {
    expect(mergeHistory(at(1_000), at(1_010, 60_000))).toEqual({ ...at(60_000), starts: [1_000, 60_000] });
  });

  it('does not count if it is older, or the same within the inexactness of clocks', () => {
    expect(mergeHistory(at(60_000), at(1_000))).toEqual(at(60_000));
    expect(mergeHistory(at(60_000), at(60_400))).toEqual(at(60_000));
    expect(mergeHistory(at(60_000), noHistory)).toEqual(at(60_000));
    expect(mergeHistory(noHistory, noHistory)).toEqual(noHistory);
  });

  it('does not take back a success of another machine', () => {
    const failed: FixHistory = {
      starts: [60_000],
      last: { ...at(60_000).last, status: 'failed' } as FixHistory['last'],
      lastSuccess: null,
    };
    expect(mergeHistory(at(1_000), failed).lastSuccess).toEqual(at(1_000).lastSuccess);
  });
});
