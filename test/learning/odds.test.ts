import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/learning/model.ts';
import { autoAt, oddsOf, proposeAt } from '../../src/learning/odds.ts';
import { wilsonInterval, wilsonUpper } from '../../src/learning/wilson.ts';

const now = 1_760_000_000_000;
const day = 24 * 3_600_000;
const outcomes = (count: number, succeeded: boolean, windowMs = 5_000, at = now): Outcome[] =>
  Array.from({ length: count }, () => ({ succeeded, windowMs, at }));
const worked = (count: number, at = now) => outcomes(count, true, 5_000, at);
const didNot = (count: number) => outcomes(count, false);
const stillFailing = (count: number, windowMs = 60_000, at = now) => outcomes(count, false, windowMs, at);
const recovered = (count: number, windowMs = 60_000) => outcomes(count, true, windowMs);

const odds = (trials: readonly Outcome[], gaps: readonly Outcome[] = []): number => {
  const known = oddsOf(trials, gaps, now).odds;
  if (known === null) throw new Error('the odds are unknown');
  return known;
};

describe('the odds of an action', () => {
  it('are unknown without a trial, whatever is known of natural recovery', () => {
    expect(oddsOf([], stillFailing(9), now)).toEqual({
      odds: null,
      trials: { succeeded: 0, of: 0, interval: null },
      natural: { recovered: 0, of: 9, interval: [0, expect.closeTo(0.299, 3)] },
    });
  });

  it('take natural recovery as 0.5 while fewer than four gaps are known', () => {
    const one = (0.5 + 0.7 + 0.9 + 0.98) / 4 / 0.5;
    expect(odds(worked(1))).toBeCloseTo(one, 6);
    expect(odds(worked(1), stillFailing(3))).toBeCloseTo(one, 6);
    expect(odds(worked(1), stillFailing(4))).toBeGreaterThan(one);
  });

  it('never take natural recovery to be rarer than 0.05', () => {
    expect(odds(worked(1), stillFailing(100_000))).toBeCloseTo((0.5 + 0.7 + 0.9 + 0.98) / 4 / 0.05, 6);
  });

  it('are averaged over how often the action may work', () => {
    const q = wilsonUpper(1, 10);
    const expected = [0.5, 0.7, 0.9, 0.98].map((p) => ((p / q) ** 2 * (1 - p)) / (1 - q));
    const gaps = [...stillFailing(9), ...recovered(1)];
    expect(odds([...worked(2), ...didNot(1)], gaps)).toBeCloseTo(expected.reduce((a, b) => a + b) / 4, 6);
  });

  it('count the gaps that are at least as long as the trial, and what recovered sooner', () => {
    expect(odds(worked(2), stillFailing(50, 4_999))).toBe(odds(worked(2)));
    expect(odds(worked(2), stillFailing(50, 5_000))).toBeGreaterThan(odds(worked(2)) * 10);
    expect(odds(worked(2), [...stillFailing(50), ...recovered(50, 1_000)])).toBeLessThan(
      odds(worked(2), stillFailing(50)),
    );
  });

  it('judge old trials by what is known now', () => {
    const trials = worked(3);
    expect(odds(trials)).toBeLessThan(proposeAt);
    expect(odds(trials, stillFailing(14))).toBeGreaterThan(autoAt);
    expect(odds(trials, recovered(14))).toBeCloseTo(1, 6);
  });

  it('never rise with a failure', () => {
    for (const gaps of [[], stillFailing(10), recovered(10), [...stillFailing(5), ...recovered(5)]]) {
      for (let count = 0; count < 6; count += 1) {
        const before = count === 0 ? 1 : odds(worked(count), gaps);
        expect(odds([...worked(count), ...didNot(1)], gaps)).toBeLessThanOrEqual(before);
      }
    }
  });

  it('halve the weight of evidence every 90 days', () => {
    const fresh = Math.log(odds(worked(1), stillFailing(100_000)) / 1);
    const old = oddsOf(worked(1, now - 90 * day), stillFailing(100_000), now).odds ?? 0;
    const expected = [0.5, 0.7, 0.9, 0.98].map((p) => (p / 0.05) ** 0.5).reduce((a, b) => a + b) / 4;
    expect(old).toBeCloseTo(expected, 6);
    expect(Math.log(old)).toBeLessThan(fresh);
    // A clock that was set back makes no evidence heavier.
    expect(oddsOf(worked(1, now + 90 * day), stillFailing(100_000), now).odds).toBeCloseTo(Math.exp(fresh), 6);
  });

  it('come with the counts and their intervals', () => {
    const known = oddsOf([...worked(4), ...didNot(1)], [...stillFailing(13), ...recovered(1)], now);
    expect(known.trials).toEqual({
      succeeded: 4,
      of: 5,
      interval: [expect.closeTo(0.376, 3), expect.closeTo(0.964, 3)],
    });
    expect(known.natural).toEqual({
      recovered: 1,
      of: 14,
      interval: [expect.closeTo(0.0127, 3), expect.closeTo(0.3147, 3)],
    });
  });
});

describe('the interval of a share', () => {
  it('is that of Wilson, and null if nothing was counted', () => {
    expect(wilsonInterval(0, 0)).toBeNull();
    expect(wilsonInterval(10, 10)).toEqual([expect.closeTo(0.7225, 3), 1]);
    expect(wilsonInterval(0, 10)).toEqual([0, expect.closeTo(0.2775, 3)]);
    expect(wilsonUpper(1, 14)).toBeCloseTo(0.2656, 3);
  });
});
