import type { RunReport } from '../../model/run.ts';

/** The key under `_meta` where the facts of a healing run stand. */
export const healingMetaKey = 'healflow/run';

/** The facts of a run, as a client or an agent sees them in a result's `_meta`. */
export interface HealingMeta {
  readonly runId: string;
  readonly outcome: RunReport['status'];
  readonly attempts: number;
  readonly class: string | null;
  readonly pattern: string | null;
  /** The fixes that were run, in order, as `name: status`. */
  readonly fixes: readonly string[];
  /** Why healing ended where it did not succeed. */
  readonly reason?: string;
}

/** Picks the facts of a run that a client may see. */
export const metaOf = (report: RunReport): HealingMeta => ({
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

/** Tells whether a run has facts worth telling: it did something, or left unknown what a fix could have mended. */
export const isTelling = (report: RunReport): boolean =>
  report.attempts > 1 || report.fixes.length > 0 || (report.status === 'unknown' && isKnown(report));
