import type { RunSummary } from '../api/types.ts';

/** Merges two lists of runs, newest first; if a run is in both, that of the first list is kept. */
export const mergeRuns = (some: readonly RunSummary[], others: readonly RunSummary[]): readonly RunSummary[] => {
  const seen = new Set(some.map(({ runId }) => runId));
  const all = [...some, ...others.filter(({ runId }) => !seen.has(runId))];
  const sorted = all.every((run, index) => index === 0 || (all[index - 1]?.startedAt ?? 0) >= run.startedAt);
  return sorted ? all : all.sort((a, b) => b.startedAt - a.startedAt);
};
