import type { HealingEvent, LoggedFix } from '../event-log/event.ts';
import { isDelayFix } from '../policy/delay-fixes.ts';
import type { Outcome } from './model.ts';

/** The runs of a lesson are trials in `repairs.yaml`, where they count. */
const isLesson = (name: string): boolean => name.startsWith('lesson:');

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
  if (only === undefined || repairs.length > 1 || only.shared === true || isLesson(only.fix)) return null;
  if (attempts < 2 || (outcome !== 'healed' && outcome !== 'failed')) return null;
  const at = Date.parse(timestamp);
  return Number.isNaN(at) ? null : { fix: only.fix, outcome: { succeeded: outcome === 'healed', windowMs, at } };
};
