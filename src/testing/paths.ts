import type { InspectionEvent } from 'xstate';
import type { StateName } from '../../machines/chart.ts';

/** Records the states that runs enter. */
export interface PathRecorder {
  /** The function to pass to `createHealer({ inspect })`. */
  readonly inspect: (event: InspectionEvent) => void;
  /** Returns the states that a run has entered, in order; empty if the run is not known. */
  of(runId: string): readonly StateName[];
}

interface Seen {
  readonly value: unknown;
  readonly context?: { readonly runId?: unknown };
}

/** Maximum number of recorded runs. */
const maxRuns = 10_000;

/** Returns the run and the state it entered from an inspection event; null if there is none. */
const stateOf = (event: InspectionEvent): { readonly runId: string; readonly state: StateName } | null => {
  const starts = event.type === '@xstate.snapshot' && event.event.type === 'xstate.init';
  if (event.type !== '@xstate.microstep' && !starts) return null;
  const { value, context } = event.snapshot as unknown as Seen;
  return typeof value === 'string' && typeof context?.runId === 'string'
    ? { runId: context.runId, state: value as StateName }
    : null;
};

/** Makes a recorder of the states of runs, transient states included. It keeps the latest 10,000 runs. */
export const recordPaths = (): PathRecorder => {
  const paths = new Map<string, StateName[]>();
  return {
    inspect: (event) => {
      const seen = stateOf(event);
      if (seen === null) return;
      const path = paths.get(seen.runId);
      if (path !== undefined) path.push(seen.state);
      else paths.set(seen.runId, [seen.state]);
      const [oldest] = paths.keys();
      if (paths.size > maxRuns && oldest !== undefined) paths.delete(oldest);
    },
    of: (runId) => paths.get(runId) ?? [],
  };
};
