import { describe, expect, it } from 'vitest';
import { Pace } from '../../src/limits/pace.ts';

/** Takes all calls that may go now; their number. */
const takeAll = (pace: Pace, at: number): number => {
  let taken = 0;
  while (pace.take(at)) taken += 1;
  return taken;
};
const succeed = (pace: Pace, times: number, at: number): void => {
  for (let time = 0; time < times; time += 1) pace.succeeded(at);
};

describe('the pace of calls that have waited', () => {
  it('lets ten go at once, and then 50 per second', () => {
    const pace = new Pace(1_000);
    expect(takeAll(pace, 1_000)).toBe(10);
    expect(pace.waitMs(1_000)).toBeCloseTo(20);
    expect(takeAll(pace, 1_019)).toBe(0);
    expect(takeAll(pace, 1_020.1)).toBe(1);
    expect(takeAll(pace, 1_120.2)).toBe(5);
    // What is not used does not add up to more than a burst.
    expect(takeAll(pace, 60_000)).toBe(10);
  });

  it('grows by one with each success, to 100 per second', () => {
    const pace = new Pace(0);
    takeAll(pace, 0);
    succeed(pace, 30, 0);
    expect(pace.waitMs(0)).toBeCloseTo(1_000 / 80);
    succeed(pace, 100, 0);
    expect(pace.waitMs(0)).toBeCloseTo(10);
  });

  it('says the least time that a number of calls takes', () => {
    const pace = new Pace(0);
    expect(pace.leastMs(200, 0)).toBeCloseTo(2_000);
    takeAll(pace, 0);
    expect(pace.leastMs(200, 0)).toBeCloseTo(2_020);
    const careful = new Pace(0);
    careful.careful(0);
    takeAll(careful, 0);
    // At 20 per second, growing by half a call per second with each.
    expect(careful.leastMs(40, 0)).toBeCloseTo(2 * Math.log(2) * 1_000 + careful.waitMs(0));
  });
});

describe('the pace after a rate limit', () => {
  it('is 20 per second with a tenth of that at once, and grows by half a call', () => {
    const pace = new Pace(0);
    pace.careful(0);
    expect(takeAll(pace, 0)).toBe(2);
    expect(pace.waitMs(0)).toBeCloseTo(50);
    pace.careful(0);
    expect(pace.waitMs(0)).toBeCloseTo(50);
    succeed(pace, 40, 0);
    expect(pace.waitMs(0)).toBeCloseTo(25);
  });

  it('falls by three tenths with a limit that one call meets, which holds nobody', () => {
    const pace = new Pace(0);
    pace.limited(0, 0, 3_000);
    expect(pace.waitMs(0)).toBeCloseTo(1_000 / 14);
    // Two that were on their way together lower it once.
    pace.limited(5, 0, 3_000);
    expect(pace.waitMs(0)).toBeCloseTo(1_000 / 14, 0);
  });

  it('falls by half with one that most calls meet, which holds all of them for as long as it asks, at most 5 s', () => {
    const pace = new Pace(0);
    pace.limited(0, 0, 3_000);
    pace.limited(10, 5, 3_000);
    expect(pace.waitMs(10)).toBeCloseTo(3_000);
    expect(pace.waitMs(3_009)).toBeCloseTo(1);
    expect(takeAll(pace, 3_010)).toBe(1);
    expect(pace.waitMs(3_010)).toBeCloseTo(1_000 / 7);
    // The count of those that meet it begins again.
    pace.limited(3_020, 3_015, 60_000);
    expect(pace.waitMs(3_020)).toBeLessThan(1_000);
    pace.limited(3_030, 3_025, 60_000);
    expect(pace.waitMs(3_030)).toBeCloseTo(5_000);
  });

  it('is held by none if most calls succeed between the limits', () => {
    const pace = new Pace(0);
    for (let round = 0; round < 5; round += 1) {
      pace.limited(100 * round, 100 * round - 1, 5_000);
      succeed(pace, 8, 100 * round);
      expect(pace.waitMs(100 * round)).toBeLessThan(1_000);
    }
  });

  it('never falls below four per second', () => {
    const pace = new Pace(0);
    for (let time = 1; time < 40; time += 1) pace.limited(10 * time, 10 * time - 1, 0);
    expect(pace.waitMs(390)).toBeCloseTo(250, -1);
  });

  it('grows slowly close to where it met the limit, and freely once that is a minute ago', () => {
    const pace = new Pace(0);
    pace.limited(0, 0, 0);
    succeed(pace, 4, 0);
    // 14 + 4 x 0.5 = 16: four fifths of 20.
    expect(pace.waitMs(0)).toBeCloseTo(1_000 / 16);
    succeed(pace, 20, 0);
    expect(pace.waitMs(0)).toBeCloseTo(1_000 / 17);
    expect(takeAll(pace, 60_001)).toBe(10);
    succeed(pace, 10, 60_001);
    expect(pace.waitMs(60_001)).toBeCloseTo(1_000 / 27);
  });
});
