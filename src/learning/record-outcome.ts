import { parseTimestamp } from '../event-log/timestamp.ts';
import type { Repaired, Trial } from './model.ts';
import type { TimedOutcome } from './separate-trials.ts';

/** Whether a repair says something about its action: the call failed right before it, and is known right after it. */
export const isEvidence = ({ checked, before, after }: Repaired): boolean =>
  checked !== null && before === 'failed' && after !== 'unknown';

/** How a repair or a trial ended; null if it says nothing. A repair is judged by all the time in which the call could have succeeded, also if it did so sooner. */
export const recordOutcome = (record: Repaired | Trial): TimedOutcome | null => {
  const at = parseTimestamp(record.timestamp);
  const isKnown = record.kind === 'repaired' ? isEvidence(record) : record.after !== 'unknown';
  if (!isKnown || Number.isNaN(at)) return null;
  const windowMs = record.kind === 'repaired' ? (record.limit_ms ?? record.window_ms) : record.window_ms;
  return { succeeded: record.after === 'succeeded', windowMs, at, startedAt: at - record.window_ms };
};
