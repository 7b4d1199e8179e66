import type { FixHistory } from '../sharing/history.ts';

/** Two records of one start may differ by the inexactness of the clocks, in ms. */
const inexactMs = 1_000;

/**
 * Adds to the history of the fleet what this machine has done while it could not reach the fleet: what is later than all
 * that the fleet knows.
 */
export const mergeHistory = (fleet: FixHistory, machine: FixHistory): FixHistory => {
  const newest = Math.max(fleet.starts.at(-1) ?? 0, fleet.last?.endedAt ?? 0);
  const { last } = machine;
  if (last === null || last.id === fleet.last?.id || last.endedAt <= newest + inexactMs) return fleet;
  const starts = machine.starts.filter((at) => at > newest + inexactMs);
  const { lastSuccess } = machine;
  const isNewer = lastSuccess !== null && lastSuccess.endedAt > (fleet.lastSuccess?.endedAt ?? 0);
  return { starts: [...fleet.starts, ...starts], last, lastSuccess: isNewer ? lastSuccess : fleet.lastSuccess };
};
