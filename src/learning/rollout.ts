import { digest } from '../sharing/identity.ts';
import { isUp } from './lesson.ts';
import type { Rung } from './model.ts';
import { autoAt } from './odds.ts';

/** The share of the machines that run a lesson by itself first. */
export const firstShare = 0.05;

/** The rung that lets a lesson do less. */
export const lowerRung = (one: Rung, other: Rung): Rung => (isUp(other, one) ? other : one);

/** Where a machine is in the order in which a lesson reaches all of them: at least 0, less than 1. */
export const placeOf = (machine: string, lesson: string): number =>
  Number.parseInt(digest({ machine, lesson }).slice(0, 8), 16) / 2 ** 32;

export interface RolloutFacts {
  readonly lesson: string;
  /** The id of this machine. */
  readonly machine: string;
  /** The ids of the machines of the fleet that were seen lately. */
  readonly machines: readonly string[];
  /** The odds over the trials of all machines; null if unknown. */
  readonly odds: number | null;
}

/**
 * Whether this machine is among the first that run a lesson by itself: those whose place is in the first 5 %, or if no machine's is,
 * the one with the first place.
 */
export const isFirst = ({ lesson, machine, machines }: Omit<RolloutFacts, 'odds'>): boolean => {
  const own = placeOf(machine, lesson);
  return own < firstShare || machines.every((other) => placeOf(other, lesson) >= own);
};

/** Whether a lesson has reached all machines: the odds of those that ran it first allow it. */
export const isProven = ({ odds }: Pick<RolloutFacts, 'odds'>): boolean => odds !== null && odds >= autoAt;

/**
 * The rung of a lesson of a fleet on one machine. A lesson that may run by itself does so on 5 % of the machines first, and on the
 * others a person is asked, until the odds over the trials of all reach 100:1.
 *
 * @param rung The rung in the fleet.
 * @param own The rungs that this machine has given it: only lower ones count.
 * @param isReached Whether it is proven, or this machine is among the first.
 */
export const rungHere = (rung: Rung, own: readonly Rung[], isReached: boolean): Rung =>
  own.reduce(lowerRung, rung === 'auto' && !isReached ? 'ask' : rung);
