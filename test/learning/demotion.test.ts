import { describe, expect, it } from 'vitest';
import { Demotion, demotionOf } from '../../src/learning/demotion.ts';
import { seeded } from '../support/seeded.ts';

const random = seeded(100);

/** Number of runs until a fix is demoted that works with a given probability; at most `most`. */
const runsUntil = (demotion: Demotion, works: number, most: number): number => {
  for (let run = 1; run <= most; run += 1) if (demotion.add({ succeeded: random() < works })) return run;
  return most;
};

const rates = [0.95, 0.8, 0.6];

describe('a fix that runs by itself', () => {
  it.each([0.05, 0.3])(
    'and works most of the time is demoted at most once in 1,000 runs (natural recovery: %d)',
    (natural) => {
      const runs = 400_000;
      let demotions = 0;
      for (let left = runs; left > 0; demotions += 1)
        left -= runsUntil(new Demotion({ works: 0.95, natural }), 0.95, left);
      expect((demotions - 1) / runs).toBeLessThanOrEqual(1 / 1_000);
    },
  );

  it('that was seen to work 5 of 5 times, and works 95 %% of the time, is demoted at most once in 1,000 runs', () => {
    const known = { repairs: '5 of 5', natural: '1 of 14' };
    let demotions = 0;
    for (let left = 400_000; left > 0; demotions += 1) left -= runsUntil(demotionOf(known), 0.95, left);
    expect((demotions - 1) / 400_000).toBeLessThanOrEqual(1 / 1_000);
  });

  it.each(rates)('and has worked %d of the time is demoted within 10 runs once it does nothing', (works) => {
    for (const natural of [0, 0.1]) {
      const noticed = Array.from({ length: 2_000 }, () => {
        const demotion = new Demotion({ works, natural });
        // It worked well until it broke.
        for (let run = 0; run < 50; run += 1) demotion.add({ succeeded: true });
        return runsUntil(demotion, 0, 100);
      });
      expect(Math.max(...noticed)).toBeLessThanOrEqual(10);
    }
  });

  it('is demoted within 10 runs in most cases even if one in ten failures ends by itself', () => {
    const noticed = Array.from({ length: 2_000 }, () =>
      runsUntil(new Demotion({ works: 0.9, natural: 0.1 }), 0.1, 100),
    );
    expect(noticed.filter((runs) => runs <= 10).length / 2_000).toBeGreaterThan(0.95);
  });

  it('has odds of 1 as long as it works', () => {
    const demotion = new Demotion({ works: 0.9, natural: 0.05 });
    expect(demotion.add({ succeeded: true })).toBe(false);
    expect(demotion.odds).toBe(1);
    demotion.add({ succeeded: false });
    expect(demotion.odds).toBeCloseTo(9.5, 6);
  });

  it('is never demoted by one failure, whatever is known of it', () => {
    for (const works of [0, 0.5, 1]) {
      for (const natural of [0, 0.5, 1]) expect(new Demotion({ works, natural }).add({ succeeded: false })).toBe(false);
    }
  });
});
