import type { HealingEvent, LoggedFix } from '../event-log/event.ts';
import { parseTimestamp } from '../event-log/timestamp.ts';
import { isLessonFix } from '../model/terms.ts';
import { isDelayFix } from '../policy/delay-fixes.ts';

/** What a run in the log says about what ran in it, and about natural recovery. */
export interface EventOutcome {
  /** When it ended, in ms since the epoch. */
  readonly at: number;
  readonly windowMs: number;
  readonly succeeded: boolean;
  /** Whether something ran that may have repaired a failure, its own or that of another call. */
  readonly hasRun: boolean;
  /**
   * The one fix that ran in it: the same call failed right before it, and was made again right after it. Null if no fix ran or several
   * did, if it ran for another call, or if the call was not made again. The runs of a lesson are trials in `repairs.yaml`, where they count.
   */
  readonly fix: string | null;
  /** Whether the call failed, and succeeded when it was made again after nothing but waits. */
  readonly isNatural: boolean;
}

const ran = ({ status }: Partial<LoggedFix>): boolean => status !== 'refused' && status !== 'not_needed';

/** Null if it says nothing. */
export const eventOutcomeOf = (event: HealingEvent): EventOutcome | null => {
  const { fixes, outcome, attempts = 0, duration_ms: windowMs } = event;
  if (!Array.isArray(fixes) || typeof windowMs !== 'number') return null;
  let only: LoggedFix | undefined;
  let repairs = 0;
  let isNatural = outcome === 'healed' && attempts >= 2;
  for (const fix of fixes as readonly LoggedFix[]) {
    if (typeof fix?.fix !== 'string') isNatural = false;
    else if (!isDelayFix(fix.fix) && ran(fix)) {
      only = fix;
      repairs += 1;
      isNatural = false;
      // A lesson that was held back has a trial of its own.
    } else if (isLessonFix(fix.fix)) isNatural = false;
  }
  if (repairs === 0 && !isNatural) return null;
  const at = parseTimestamp(event.timestamp);
  if (Number.isNaN(at)) return null;
  const isTrial =
    repairs === 1 &&
    only?.shared !== true &&
    attempts >= 2 &&
    (outcome === 'healed' || outcome === 'failed') &&
    !isLessonFix(only?.fix ?? '');
  const fix = isTrial ? (only?.fix ?? null) : null;
  return { at, windowMs, succeeded: outcome === 'healed', hasRun: repairs > 0, fix, isNatural };
};
