import type { StateOrOutside, Step } from '../api/types.ts';

/** One visit of a run to a state. */
export interface Visit {
  readonly state: StateOrOutside;
  /** The number of steps before it. */
  readonly taken: number;
  /** Since the run's start, in ms. */
  readonly atMs: number;
  /** In ms; null while the run is in the state. */
  readonly durationMs: number | null;
  readonly note: string | undefined;
}

/** Returns the states that a run has visited, in order, with their durations. */
export const visitsOf = (steps: readonly Step[]): readonly Visit[] =>
  steps.flatMap(({ to, atMs, note }, index) => {
    if (to === '[*]') return [];
    const next = steps[index + 1];
    const durationMs = next ? (next.durationMs ?? Math.max(0, next.atMs - atMs)) : null;
    return [{ state: to, taken: index + 1, atMs, durationMs, note }];
  });

/** Returns the start and width of the bar of a visit, in percent of the run. */
export const barOf = (
  { atMs, durationMs }: Visit,
  wholeMs: number,
): { readonly left: number; readonly width: number } => {
  if (wholeMs <= 0) return { left: 0, width: 100 };
  const left = Math.min(100, Math.max(0, (atMs / wholeMs) * 100));
  const end = durationMs === null ? 100 : Math.min(100, ((atMs + durationMs) / wholeMs) * 100);
  return { left, width: Math.max(0, end - left) };
};
