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

/** How long a failure is known to have lasted; -1 if it ended before it was seen again. */
const lastedMs = ({ succeeded, windowMs, failingMs = 0 }: Outcome): number =>
  succeeded ? (failingMs > 0 ? failingMs : -1) : windowMs;

/** An upper bound of how often a failure ends by itself within a window. */
const naturalWithin = (gaps: readonly Outcome[], now: number): ((windowMs: number) => number) => {
  const lasting = [...gaps].sort((one, other) => lastedMs(other) - lastedMs(one));
  /** The weight of each gap and of all that lasted longer, and of those of them that ended in the end, with their number. */
  const weights: { readonly all: number; readonly ended: number; readonly endedCount: number }[] = [];
  let [all, ended, endedCount] = [0, 0, 0];
  for (const gap of lasting) {
    const weight = weightOf(gap, now);
    all += weight;
    if (gap.succeeded) {
      ended += weight;
      endedCount += 1;
    }
    weights.push({ all, ended, endedCount });
  }
  return (windowMs) => {
    let [low, high] = [0, lasting.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const gap = lasting[middle];
      if (gap !== undefined && lastedMs(gap) >= windowMs) low = middle + 1;
      else high = middle;
    }
    // One that ended after it was last seen to fail within the window may have ended in it. One that was not seen again tells nothing.
    const longer = weights[low - 1] ?? { all: 0, ended: 0, endedCount: 0 };
    if (endedCount - longer.endedCount + low < fewestGaps) return unknownNatural;
    const recovered = ended - longer.ended;
    return Math.max(leastNatural, wilsonUpper(recovered, recovered + longer.all));
  };
};

/** The gaps that tell what would have happened within a window; without one, all of them. */
const countNatural = (
  gaps: readonly Outcome[],
  windowMs: number,
): { readonly recovered: number; readonly of: number } => {
  const ended = gaps.filter((gap) => gap.succeeded);
  if (windowMs <= 0) return { recovered: ended.length, of: gaps.length };
  const recovered = ended.filter((gap) => lastedMs(gap) < windowMs).length;
  return { recovered, of: recovered + gaps.filter((gap) => lastedMs(gap) >= windowMs).length };
};

/**
 * How many times more likely the trials of an action are if it works than if the failure ends by itself.
 *
 * All trials are judged by all gaps that are known now. Evidence counts half after 90 days.
 *
 * @param trials Checks of the failing call right before and after the action. The window of a trial is all the time in which it
 * could have succeeded, also if it did so sooner.
 * @param gaps One per failure with which nothing was run: from its start to its end, or to when it was last seen.
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
  const succeeded = trials.filter((trial) => trial.succeeded).length;
  const { recovered, of } = countNatural(gaps, longest);
  return {
    odds: trials.length === 0 ? null : odds,
    trials: { succeeded, of: trials.length, interval: wilsonInterval(succeeded, trials.length) },
    natural: { recovered, of, interval: wilsonInterval(recovered, of) },
  };
};
