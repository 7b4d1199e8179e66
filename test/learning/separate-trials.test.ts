import { describe, expect, it } from 'vitest';
import { separateTrials, type TimedOutcome } from '../../src/learning/separate-trials.ts';

const trial = (startedAt: number, at: number, succeeded = true, windowMs = at - startedAt): TimedOutcome => ({
  ...{ startedAt, at, succeeded, windowMs },
});

describe('separateTrials', () => {
  it('keeps those that follow each other', () => {
    const trials = [trial(0, 10), trial(10, 20), trial(25, 30, false)];
    expect(separateTrials(trials.toReversed())).toEqual(trials);
  });

  it('counts those that overlap once, also in a chain', () => {
    expect(separateTrials([trial(0, 10), trial(9, 19), trial(18, 25), trial(26, 30)])).toEqual([
      trial(0, 10),
      trial(26, 30),
    ]);
  });

  it('counts one that lies within another once, and goes on after the end of the longer one', () => {
    expect(separateTrials([trial(0, 100), trial(10, 20), trial(50, 60)])).toEqual([trial(0, 100)]);
  });

  it('counts a failure and a success that overlap as failed, in the shortest time in which it failed', () => {
    const failed = [trial(2, 40, false), trial(5, 15, false)];
    expect(separateTrials([trial(0, 10), ...failed, trial(12, 60)])).toEqual([trial(5, 15, false)]);
  });

  it('takes the longest time in which a success could have come', () => {
    expect(separateTrials([trial(0, 10, true, 500), trial(5, 12, true, 900)])).toEqual([trial(5, 12, true, 900)]);
  });
});
