import type { HealingEvent, LoggedFix } from '../event-log/event.ts';
import { isLessonFix } from '../model/terms.ts';
import { isDelayFix } from '../policy/delay-fixes.ts';
import type { Outcome } from './model.ts';

/** The runs of a lesson are trials in `repairs.yaml`, where they count. */

const ran = ({ status }: Partial<LoggedFix>): boolean => status !== 'refused' && status !== 'not_needed';

/**
 * What a run in the log says about the one fix that ran in it: the same call failed right before it, and was made again right
 * after it. Null if no fix ran or several did, if it ran for another call, or if the call was not made again.
 */
export const fixOutcomeOf = (event: HealingEvent): { readonly fix: string; readonly outcome: Outcome } | null => {
  const { fixes, outcome, attempts = 0, duration_ms: windowMs, timestamp } = event;
  if (!Array.isArray(fixes) || typeof windowMs !== 'number') return null;
  const repairs = fixes.filter((fix) => typeof fix?.fix === 'string' && !isDelayFix(fix.fix) && ran(fix));
  const [only] = repairs;
  if (only === undefined || repairs.length > 1 || only.shared === true || isLessonFix(only.fix)) return null;
  if (attempts < 2 || (outcome !== 'healed' && outcome !== 'failed')) return null;
  const at = Date.parse(timestamp);
  return Number.isNaN(at) ? null : { fix: only.fix, outcome: { succeeded: outcome === 'healed', windowMs, at } };
};

/** When a run in the log ran something that may have repaired a failure, its own or that of another call. */
export const ranInEvent = ({
  fixes,
  duration_ms: windowMs,
  timestamp,
}: HealingEvent): Pick<Outcome, 'at' | 'windowMs'> | null => {
  if (!Array.isArray(fixes) || typeof windowMs !== 'number') return null;
  const at = Date.parse(timestamp);
  const hasRun = fixes.some((fix) => typeof fix?.fix === 'string' && !isDelayFix(fix.fix) && ran(fix));
  return hasRun && !Number.isNaN(at) ? { at, windowMs } : null;
};

/** The natural recovery that a run in the log tells: the call failed, and succeeded when it was made again after nothing but waits. */
export const naturalOutcomeOf = (event: HealingEvent): Outcome | null => {
  const { fixes, outcome, attempts = 0, duration_ms: windowMs, timestamp } = event;
  if (!Array.isArray(fixes) || typeof windowMs !== 'number' || outcome !== 'healed' || attempts < 2) return null;
  // A lesson that was held back has a trial of its own.
  const hasMore = fixes.some(
    (fix) => typeof fix?.fix !== 'string' || isLessonFix(fix.fix) || (!isDelayFix(fix.fix) && ran(fix)),
  );
  const at = Date.parse(timestamp);
  return hasMore || Number.isNaN(at) ? null : { succeeded: true, windowMs, at };
};
