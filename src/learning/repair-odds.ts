import { parseTimestamp } from '../event-log/timestamp.ts';
import type { LearningRecord, Odds, Outcome, RepairAction } from './model.ts';
import { oddsOf } from './odds.ts';
import { readRepairBatches } from './repair-log.ts';

const isSameAction = (one: RepairAction, other: RepairAction): boolean => JSON.stringify(one) === JSON.stringify(other);

/** A repair that is evidence: the call failed right before, and was checked right after. */
const trialOf = (record: LearningRecord, action: RepairAction): Outcome | undefined => {
  if (record.kind !== 'repaired' || record.incomplete === true || !isSameAction(record.action, action))
    return undefined;
  const { checked, before, after, timestamp, window_ms: windowMs, limit_ms: limitMs = windowMs } = record;
  if (checked === null || before !== 'failed' || after === 'unknown') return undefined;
  return { succeeded: after === 'succeeded', windowMs: limitMs, at: parseTimestamp(timestamp) };
};

const gapOf = (record: LearningRecord): Outcome | undefined => {
  if (record.kind !== 'recovered' && record.kind !== 'still_failing') return undefined;
  if (record.between.length > 0) return undefined;
  const { kind, window_ms: windowMs, timestamp } = record;
  return { succeeded: kind === 'recovered', windowMs, at: parseTimestamp(timestamp) };
};

/** What the repairs of a memory folder say of an action against a failure. Rejects if they cannot be read. */
export const readRepairOdds = async (
  memoryDir: string,
  sig: string,
  action: RepairAction,
  now: number,
): Promise<Odds> => {
  const trials: Outcome[] = [];
  const gaps: Outcome[] = [];
  for await (const batch of readRepairBatches(memoryDir)) {
    for (const record of batch) {
      if (record.sig !== sig) continue;
      const trial = trialOf(record, action);
      const gap = gapOf(record);
      if (trial !== undefined) trials.push(trial);
      if (gap !== undefined) gaps.push(gap);
    }
  }
  return oddsOf(trials, gaps, now);
};
