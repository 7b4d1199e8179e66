import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Outcome, type Rung, rungs } from '../../src/learning/model.ts';
import { oddsOf } from '../../src/learning/odds.ts';
import { isFirst, isProven, lowerRung, placeOf, type RolloutFacts, rungHere } from '../../src/learning/rollout.ts';
import { seededRandom } from '../../src/testing/index.ts';

fc.configureGlobal({ seed: 20_260_204 });

const machinesOf = (count: number): string[] => Array.from({ length: count }, (_, n) => `machine-${n}`);
const at = Date.parse('2026-02-04T10:00:00Z');
const outcomes = (count: number, succeeds: () => boolean): Outcome[] =>
  Array.from({ length: count }, () => ({ succeeded: succeeds(), windowMs: 5_000, at }));

const hereWith = (rung: Rung, own: Rung | undefined, facts: RolloutFacts): Rung =>
  rungHere(rung, own === undefined ? [] : [own], isProven(facts) || isFirst(facts));

describe('the roll-out of a lesson', () => {
  it('begins on one in twenty of many machines, and on others for another lesson', () => {
    const machines = machinesOf(2_000);
    const first = (lesson: string) => machines.filter((machine) => isFirst({ lesson, machine, machines }));
    const [one, other] = [first('tunnel'), first('gateway')];
    for (const found of [one, other]) {
      expect(found.length).toBeGreaterThan(60);
      expect(found.length).toBeLessThan(140);
    }
    expect(one.filter((machine) => other.includes(machine)).length).toBeLessThan(30);
  });

  it('begins on at least one machine, and with few machines on few', () => {
    for (let count = 1; count <= 60; count += 1) {
      const machines = machinesOf(count);
      const found = machines.filter((machine) => isFirst({ lesson: 'tunnel', machine, machines }));
      const within = machines.filter((machine) => placeOf(machine, 'tunnel') < 0.05);
      expect(found).toHaveLength(Math.max(1, within.length));
    }
  });

  it('begins on the same machines whatever order they are seen in', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 40 }), (machines) => {
        const first = (seen: readonly string[]) =>
          machines.filter((machine) => isFirst({ lesson: 'l', machine, machines: seen }));
        expect(first([...machines].reverse())).toEqual(first(machines));
        expect(first(machines).length).toBeGreaterThan(0);
      }),
      { seed: 7 },
    );
  });

  it('reaches all machines once the trials of the first ones are worth 100:1, and not with a fix that does nothing', () => {
    const random = seededRandom(11);
    const machines = machinesOf(100);
    const gaps = outcomes(14, () => random() < 0.07);
    const activeAfter = (trials: readonly Outcome[]): number => {
      const { odds } = oddsOf(trials, gaps, at);
      return machines.filter(
        (machine) => hereWith('auto', undefined, { lesson: 'tunnel', machine, machines, odds }) === 'auto',
      ).length;
    };
    const firsts = activeAfter([]);
    expect(firsts).toBeLessThan(12);
    expect(activeAfter(outcomes(1, () => true))).toBe(firsts);
    expect(activeAfter(outcomes(20, () => random() < 0.95))).toBe(100);
    expect(activeAfter(outcomes(20, () => random() < 0.07))).toBe(firsts);
  });

  it('never lifts a lesson above its rung in the fleet, nor above the one of the machine', () => {
    const facts = fc.record({
      lesson: fc.string(),
      machine: fc.string(),
      machines: fc.array(fc.string(), { maxLength: 5 }),
      odds: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })),
    });
    const rung = fc.constantFrom(...rungs);
    fc.assert(
      fc.property(rung, fc.option(rung, { nil: undefined }), facts, (fleet, own, known) => {
        const here = hereWith(fleet, own, known);
        expect(lowerRung(here, fleet)).toBe(here);
        expect(lowerRung(here, own ?? fleet)).toBe(here);
        if (fleet !== 'auto' && own === undefined) expect(here).toBe(fleet);
      }),
      { seed: 3 },
    );
  });
});
