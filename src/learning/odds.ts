import type { Odds, Outcome } from './model.ts';
import { wilsonInterval, wilsonUpper } from './wilson.ts';

/** The odds at which an action is proposed, and those at which it may run without a question. */
export const proposeAt = 20;
export const autoAt = 100;

/** How often an action may work: the likelihood is averaged over these. */
const assumedRates = [0.5, 0.7, 0.9, 0.98];
/** Below this, natural recovery is never taken to be. */
const leastNatural = 0.05;
/** What natural recovery is taken to be while fewer gaps than this are known. */
const unknownNatural = 0.5;
const fewestGaps = 4;
const halfLifeMs = 90 * 24 * 3_600_000;

const weightOf = ({ at }: Outcome, now: number): number => 0.5 ** (Math.max(0, now - at) / halfLifeMs);

/** The gaps that tell what would have happened within a window: one that recovered sooner than the window has recovered in it. */
const covers = (gap: Outcome, windowMs: number): boolean => gap.succeeded || gap.windowMs >= windowMs;

/** An upper bound of how often a failure ends by itself within a window. */
const naturalWithin = (gaps: readonly Outcome[], now: number): ((windowMs: number) => number) => {
  const recovered = gaps.filter(({ succeeded }) => succeeded);
  const recoveredWeight = recovered.reduce((sum, gap) => sum + weightOf(gap, now), 0);
  const failing = gaps.filter(({ succeeded }) => !succeeded).sort((one, other) => other.windowMs - one.windowMs);
  /** The weight of each gap and of all longer ones. */
  const weights: number[] = [];
  let weight = 0;
  for (const gap of failing) {
    weight += weightOf(gap, now);
    weights.push(weight);
  }
  return (windowMs) => {
    let [low, high] = [0, failing.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((failing[middle]?.windowMs ?? 0) >= windowMs) low = middle + 1;
      else high = middle;
    }
    if (recovered.length + low < fewestGaps) return unknownNatural;
    const of = recoveredWeight + (weights[low - 1] ?? 0);
    return Math.max(leastNatural, wilsonUpper(recoveredWeight, of));
  };
};

/**
 * How many times more likely the trials of an action are if it works than if the failure ends by itself.
 *
 * All trials are judged by all gaps that are known now. Evidence counts half after 90 days.
 *
 * @param trials Checks of the failing call right before and after the action. The window of a trial is all the time in which it
 * could have succeeded, also if it did so sooner.
 * @param gaps What happened with nothing run: from the first failure to the first success, or to a later failure.
 * @param now In ms since the epoch.
 */
export const oddsOf = (trials: readonly Outcome[], gaps: readonly Outcome[], now: number): Odds => {
  const natural = naturalWithin(gaps, now);
  const logs = assumedRates.map(() => 0);
  for (const trial of trials) {
    const weight = weightOf(trial, now);
    const q = natural(trial.windowMs);
    assumedRates.forEach((rate, index) => {
      // An action that works does no worse than nothing.
      const p = Math.max(rate, q);
      const ratio = trial.succeeded ? p / q : q < 1 ? (1 - p) / (1 - q) : 1;
      logs[index] = (logs[index] ?? 0) + weight * Math.log(ratio);
    });
  }
  const odds = logs.reduce((sum, log) => sum + Math.exp(log), 0) / logs.length;
  const longest = trials.reduce((most, { windowMs }) => Math.max(most, windowMs), 0);
  const counted = gaps.filter((gap) => covers(gap, longest));
  const count = (outcomes: readonly Outcome[]): number => outcomes.filter(({ succeeded }) => succeeded).length;
  const [succeeded, recovered] = [count(trials), count(counted)];
  return {
    odds: trials.length === 0 ? null : odds,
    trials: { succeeded, of: trials.length, interval: wilsonInterval(succeeded, trials.length) },
    natural: { recovered, of: counted.length, interval: wilsonInterval(recovered, counted.length) },
  };
};
