import { describe, expect, it } from 'vitest';
import { oddsOf, proposeAt } from '../../../src/learning/odds.ts';
import { seeded } from '../../support/seeded.ts';
import { type Effects, episodes, type Kind, kinds, type Repair } from './site.ts';

type Rule = (known: Repair) => boolean;

const byOdds: Rule = ({ trials, gaps, now }) => (oddsOf(trials, gaps, now).odds ?? 0) >= proposeAt;
const workedThreeTimes: Rule = ({ trials }) => trials.filter(({ succeeded }) => succeeded).length >= 3;

/** Number of repairs until an action is proposed; null if it never is. */
const repairsUntil = (rule: Rule, kind: Kind, count: number, effects: Effects, random: () => number): number | null => {
  let repairs = 0;
  for (const known of episodes(kind, count, effects, random)) {
    repairs += 1;
    if (rule(known)) return repairs;
  }
  return null;
};

const simulate = (rule: Rule, effects: Effects) => {
  const random = seeded(300);
  const needed: number[] = [];
  let [falseSites, real] = [0, 0];
  for (let site = 0; site < 300; site += 1) {
    const proposed = kinds.map((kind) => repairsUntil(rule, kind, 150, effects, random));
    if (kinds.some(({ works }, index) => works === 0 && proposed[index] !== null)) falseSites += 1;
    real += kinds.filter(({ works }) => works > 0).length;
    needed.push(...kinds.flatMap(({ works }, index) => (works > 0 ? (proposed[index] ?? []) : [])));
  }
  needed.sort((one, other) => one - other);
  return {
    falseShare: falseSites / 300,
    found: needed.length / real,
    median: needed[Math.floor(needed.length / 2)] ?? Number.POSITIVE_INFINITY,
  };
};

const atOnce: Effects = { lateMs: 0, checkedForMs: 0 };
const late: Effects = { lateMs: 20_000, checkedForMs: 30_000 };

describe('300 sites with 150 failures of each of eight kinds', () => {
  it.each([
    ['take effect at once', atOnce],
    ['take effect up to 20 s late, and are checked for 30 s', late],
  ])('propose what works, and what does not at few sites, if repairs %s', (_, effects) => {
    const { falseShare, found, median } = simulate(byOdds, effects);
    expect(falseShare).toBeLessThanOrEqual(0.02);
    expect(found).toBeGreaterThanOrEqual(0.85);
    expect(median).toBeLessThanOrEqual(7);
  });

  it('would propose something useless at more than 40 % of the sites if three successes were enough', () => {
    expect(simulate(workedThreeTimes, atOnce).falseShare).toBeGreaterThan(0.4);
  });
});

describe('something useless against a failure that ends by itself, in half of the cases within 20 s', () => {
  const placebo: Kind = { works: 0, halfLifeMs: 20_000 };
  const sitesWith = (rule: Rule): number => {
    const random = seeded(60);
    return Array.from({ length: 60 }, () => repairsUntil(rule, placebo, 1_000, atOnce, random)).filter(
      (repairs) => repairs !== null,
    ).length;
  };

  it('is never proposed in 1,000 episodes at 60 sites', () => {
    expect(sitesWith(byOdds)).toBe(0);
  });

  it('would be proposed at each of them if three successes were enough', () => {
    expect(sitesWith(workedThreeTimes)).toBe(60);
  });
});

describe('something useless against a failure of which a share ends by itself in seconds, and the rest lasts for hours', () => {
  it.each([0.3, 0.5, 0.7])('is proposed at two in a hundred sites at most: a share of %s', (share) => {
    const mixed: Kind = { works: 0, halfLifeMs: 8 * 3_600_000, brief: { share, halfLifeMs: 10_000 } };
    const random = seeded(200);
    const proposed = Array.from({ length: 200 }, () => repairsUntil(byOdds, mixed, 300, late, random));
    expect(proposed.filter((repairs) => repairs !== null).length).toBeLessThanOrEqual(4);
  });
});
