import type { Outcome } from './model.ts';

/** A trial with when it began, in ms since the epoch. */
export interface TimedOutcome extends Outcome {
  readonly startedAt: number;
}

/** Of several trials of one outage, the one that says the least for the action. */
const cautious = <Timed extends TimedOutcome>(one: Timed, other: Timed): Timed => {
  if (one.succeeded !== other.succeeded) return one.succeeded ? other : one;
  // A success in a long time may well be natural recovery; a failure in a short time speaks the most against the action.
  return one.succeeded === one.windowMs >= other.windowMs ? one : other;
};

/**
 * Counts trials of one action that overlap in time once, as they are about one outage: as failed if one of them
 * failed.
 */
export const separateTrials = <Timed extends TimedOutcome>(trials: readonly Timed[]): Timed[] => {
  const separate: Timed[] = [];
  let endsAt = Number.NEGATIVE_INFINITY;
  for (const trial of trials.toSorted((one, other) => one.startedAt - other.startedAt)) {
    const last = separate.at(-1);
    if (last !== undefined && trial.startedAt < endsAt) separate[separate.length - 1] = cautious(last, trial);
    else separate.push(trial);
    endsAt = Math.max(endsAt, trial.at);
  }
  return separate;
};
