import type { Odds, Outcome } from './model.ts';
import { oddsOf } from './odds.ts';

/** What was known of an action after one of its trials. */
export interface OddsAt {
  /** In ms since the epoch. */
  readonly at: number;
  readonly odds: Odds;
}

/** Maximum number of points: the newest trials. */
const maxPoints = 200;

/**
 * How the odds of an action changed with its trials, the oldest first. Each point has what was known until the next trial, and the
 * last one what is known now, so that it is the odds of `oddsOf`.
 *
 * @param now In ms since the epoch.
 */
export const oddsHistory = (trials: readonly Outcome[], gaps: readonly Outcome[], now: number): readonly OddsAt[] => {
  const sorted = trials.toSorted((one, other) => one.at - other.at);
  const skipped = Math.max(0, sorted.length - maxPoints);
  return sorted.slice(skipped).map(({ at }, index) => {
    const next = sorted[skipped + index + 1];
    const until = next?.at ?? now;
    const known = next === undefined ? gaps : gaps.filter((gap) => gap.at <= until);
    return { at, odds: oddsOf(sorted.slice(0, skipped + index + 1), known, until) };
  });
};
