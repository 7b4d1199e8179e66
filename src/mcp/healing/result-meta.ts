import type { RunReport } from '../../model/run.ts';

/** The key in a result's `_meta` under which the facts of a healing run are. */
export const healingMetaKey = 'healflow/run';

/** The facts of a run that a client or an agent sees in a result's `_meta`. */
export interface HealingMeta {
  /** The id of the run, as in the log. */
  readonly runId: string;
  /** How the run ended. */
  readonly outcome: RunReport['status'];
  /** The number of calls of the tool, the first included. */
  readonly attempts: number;
  /** The class of the first failure, such as `auth`; null if nothing failed. */
  readonly class: string | null;
  /** The id of the pattern or rule that recognised the first failure; null if nothing failed. */
  readonly pattern: string | null;
  /** The fixes that were run, in order, as `name: status`. */
  readonly fixes: readonly string[];
  /** Why the failure was not healed; absent if it was. */
  readonly reason?: string;
}

/** Picks the facts of a run that a client may see. */
export const healingMeta = (report: RunReport): HealingMeta => ({
  runId: report.runId,
  outcome: report.status,
  attempts: report.attempts,
  class: report.diagnosis?.class ?? null,
  pattern: report.diagnosis?.pattern ?? null,
  fixes: report.fixes.map(({ fix, status }) => `${fix}: ${status}`),
  ...(report.refusal === null ? {} : { reason: report.refusal.reason }),
});

/** Where no fix is known there is nothing to tell: it is a failure like any other, which the server tells itself. */
const isKnown = ({ refusal }: RunReport): boolean => refusal?.code !== 'NO_FIX_KNOWN';

/** Whether a run has facts worth telling: it did something, or left unknown what a fix could have mended. */
export const hasFacts = (report: RunReport): boolean =>
  report.attempts > 1 || report.fixes.length > 0 || (report.status === 'unknown' && isKnown(report));
