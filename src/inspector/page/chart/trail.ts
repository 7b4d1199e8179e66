import type { RunSummary, StateOrOutside, Step } from '../api/types.ts';

/** What one arrow is called in counts: `From->To`. */
export const arrowKey = (from: StateOrOutside, to: StateOrOutside): string => `${from}->${to}`;

/** How far a run has come over the chart. */
export interface Trail {
  /** Where it is; `[*]` before it begins and after it ended. */
  readonly at: StateOrOutside;
  /** The arrow that it took last, as `From->To`; null before it begins. */
  readonly last: string | null;
  readonly states: ReadonlyMap<StateOrOutside, number>;
  readonly arrows: ReadonlyMap<string, number>;
}

const add = <K>(counts: Map<K, number>, key: K): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};

/** What of the chart a run has travelled after its first `taken` steps. */
export const trailOf = (steps: readonly Step[], taken: number): Trail => {
  const states = new Map<StateOrOutside, number>();
  const arrows = new Map<string, number>();
  let at: StateOrOutside = '[*]';
  let last: string | null = null;
  for (const { from, to } of steps.slice(0, taken)) {
    last = arrowKey(from, to);
    add(arrows, last);
    if (to !== '[*]') add(states, to);
    at = to;
  }
  return { at, last, states, arrows };
};

/** How many of these runs are in which state now. */
export const runsByState = (runs: Iterable<RunSummary>): ReadonlyMap<StateOrOutside, number> => {
  const counts = new Map<StateOrOutside, number>();
  for (const { status, state } of runs) if (status === 'running') add(counts, state);
  return counts;
};
