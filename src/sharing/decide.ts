import type { FixRules } from '../model/fix.ts';
import type { Refusal } from '../model/refusal.ts';
import type { FixName } from '../model/terms.ts';
import { roughDuration } from '../text/duration.ts';
import type { FinishedRun, FixHistory } from './history.ts';

/** The code of a report if the fix was not run: another run has fixed the failure since the attempt began. */
export const alreadyFixed = 'ALREADY_FIXED';

/** Why a fix must not run now. */
export type Denial =
  | { readonly kind: 'already_fixed'; readonly reason: string }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export interface DenialInput {
  readonly fix: FixName;
  readonly rules: Pick<FixRules, 'cooldownMs' | 'budget' | 'scope'>;
  /** The history of this process, and of the whole machine or fleet; equal if there is only one. */
  readonly own: FixHistory;
  readonly common: FixHistory;
  /** The wall clock. */
  readonly now: number;
  /** When the attempt that failed began, on the wall clock. */
  readonly failedAt: number;
  /** The process that asks. Unlike the wall clock, it knows whether its own last success came after the attempt. */
  readonly by: string;
  readonly fixedHere: boolean;
  /** Whether the effect of the last success has ended by itself: then the success and its cool-down do not count. */
  readonly hasLapsed?: boolean;
}

/**
 * Tells a run that ended while a call waits from the ones before. What other machines ran gets to this one late: in a fleet,
 * only what ended after the wait began counts.
 *
 * @param wait The last run that was known when the wait began, and when it began on the wall clock.
 */
export const isNewRun = (
  run: FinishedRun | null,
  { scope, seen, began }: Pick<FixRules, 'scope'> & { readonly seen: string | undefined; readonly began: number },
): run is FinishedRun => {
  if (scope === 'process' || run === null || run.id === seen) return false;
  return scope === 'machine' || run.endedAt >= began;
};

/** Whether the attempt began before the last successful run ended. An end in the future is of a clock that was wrong. */
const isAlreadyFixed = ({ own, common, rules, now, failedAt, by, fixedHere }: DenialInput): boolean => {
  if (fixedHere) return true;
  const success = (rules.scope === 'process' ? own : common).lastSuccess;
  // The wall clock has whole milliseconds: the run may have ended up to one later.
  return success !== null && success.by !== by && success.endedAt <= now && failedAt < success.endedAt + 1;
};

const coolingDown = ({ fix, own, common, rules, now, hasLapsed }: DenialInput): Refusal | null => {
  const { last } = rules.scope === 'process' ? own : common;
  if (last === null || (hasLapsed && last.status === 'succeeded')) return null;
  const restedMs = now - last.endedAt;
  if (restedMs < 0 || restedMs >= rules.cooldownMs) return null;
  const { status, code } = last;
  const what = code === 'FIX_NOT_APPROVED' ? 'was declined' : `ran (${status.replace('_', ' ')})`;
  return {
    code: 'FIX_COOLING_DOWN',
    reason: `${fix} ${what} ${roughDuration(restedMs)} ago and is cooling down: ${roughDuration(rules.cooldownMs - restedMs)} left (\`cooldownMs: ${rules.cooldownMs}\`)`,
  };
};

const overBudget = ({ fix, common, rules, now }: DenialInput): Refusal | null => {
  const { runs, windowMs } = rules.budget;
  const counted = common.starts.filter((at) => at <= now && at > now - windowMs);
  const oldest = counted.at(-runs);
  if (oldest === undefined) return null;
  return {
    code: 'FIX_BUDGET_SPENT',
    reason: `${fix} has run ${counted.length} times within ${roughDuration(windowMs)}, and may run again in ${roughDuration(oldest + windowMs - now)} (\`budget\`)`,
  };
};

/** Decides whether a fix may run: already fixed, cooling down, budget spent; null if it may. Pure. */
export const denialOf = (question: DenialInput): Denial | null => {
  const { hasLapsed = false } = question;
  if (!hasLapsed && isAlreadyFixed(question)) {
    return {
      kind: 'already_fixed',
      reason: `${question.fix} has run since the attempt began: the call is retried without it`,
    };
  }
  const refusal = coolingDown(question) ?? overBudget(question);
  return refusal && { kind: 'refused', refusal };
};
