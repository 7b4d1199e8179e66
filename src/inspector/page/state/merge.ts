import type { RunSummary } from '../api/types.ts';

/** Puts two lists of runs into one, the newest first; of a run that is in both, the first list's counts. */
export const mergeRuns = (some: readonly RunSummary[], others: readonly RunSummary[]): readonly RunSummary[] => {
  const seen = new Set(some.map(({ runId }) => runId));
  const all = [...some, ...others.filter(({ runId }) => !seen.has(runId))];
  const sorted = all.every((run, index) => index === 0 || (all[index - 1]?.startedAt ?? 0) >= run.startedAt);
  return sorted ? all : all.sort((a, b) => b.startedAt - a.startedAt);
};
