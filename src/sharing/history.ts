import type { FixReport, FixStatus } from '../model/fix.ts';

/** A run of a fix that ended, or a person's no to one. Instants are ms since the epoch. */
export interface FinishedRun {
  readonly id: string;
  /** The process that ran it, by a name of its own. */
  readonly by: string;
  readonly endedAt: number;
  readonly status: FixStatus;
  readonly reason: string;
  /** The refusal's code; undefined if the fix was not refused. */
  readonly code?: FixReport['code'] | undefined;
}

/** The recorded runs of one fix. */
export interface FixHistory {
  /** When runs began that count for the budget, the oldest first. */
  readonly starts: readonly number[];
  readonly last: FinishedRun | null;
  readonly lastSuccess: Pick<FinishedRun, 'by' | 'endedAt'> | null;
}

export const noHistory: FixHistory = { starts: [], last: null, lastSuccess: null };

/** Maximum number of recorded starts; no sensible budget needs more. */
const maxStarts = 1_000;

/** Notes that a run begins. It counts for the budget from now on, also if its process dies. */
export const began = (history: FixHistory, at: number, windowMs: number): FixHistory => ({
  ...history,
  starts: [...history.starts.filter((start) => start > at - windowMs), at].slice(-maxStarts),
});

/** Whether a run that ended so did anything. */
const didNothing = ({ status }: FinishedRun): boolean => status === 'not_needed' || status === 'refused';

/** Notes how the run ended that began last; one that had nothing to do leaves the budget as it was. */
export const ended = (history: FixHistory, run: FinishedRun): FixHistory => {
  if (run.status === 'cancelled') return history;
  const starts = didNothing(run) ? history.starts.slice(0, -1) : history.starts;
  if (didNothing(run)) return { ...history, starts };
  const lastSuccess = run.status === 'succeeded' ? { by: run.by, endedAt: run.endedAt } : history.lastSuccess;
  return { starts, last: run, lastSuccess };
};

/** Records that a person declined or did not respond: that starts a cool-down like a run. */
export const declined = (history: FixHistory, run: FinishedRun): FixHistory => ({ ...history, last: run });
