import type { RunSummary, StateOrOutside, Step } from '../api/types.ts';

/** The key of a transition in counts: `From->To`. */
export const arrowKey = (from: StateOrOutside, to: StateOrOutside): string => `${from}->${to}`;

/** The path of a run over the chart so far. */
export interface Trail {
  /** The current state; `[*]` before the start and after the end. */
  readonly at: StateOrOutside;
  /** The last transition, as `From->To`; null before the start. */
  readonly last: string | null;
  readonly states: ReadonlyMap<StateOrOutside, number>;
  readonly arrows: ReadonlyMap<string, number>;
}

const add = <K>(counts: Map<K, number>, key: K): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};

/** Returns the path of a run after its first `taken` steps. */
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

/** Counts the runs in each state. */
export const runsByState = (runs: Iterable<RunSummary>): ReadonlyMap<StateOrOutside, number> => {
  const counts = new Map<StateOrOutside, number>();
  for (const { status, state } of runs) if (status === 'running') add(counts, state);
  return counts;
};
