import type { FixReport, FixStatus } from '../model/fix.ts';
import type { RunReport } from '../model/run.ts';
import type { DiagnosisClass, FixName, OutcomeStatus, ToolKind } from '../model/words.ts';

/** One fix of a run, as the log keeps it. */
export interface LoggedFix {
  readonly fix: FixName;
  readonly status: FixStatus;
  /** How long it took, in ms. */
  readonly ms: number;
  /** Only where it was run for another call and this one waited for its end. */
  readonly shared?: true;
  /** Why it ended so; only where it did not succeed. */
  readonly reason?: string;
}

/**
 * One record of the log. The first six fields are the documented ones: each is in every record, in this order.
 * A record written by healflow has all the others too, `refusal` and `refusal_reason` excepted; one written by
 * hand need not.
 */
export interface HealingEvent {
  /** When the run ended, in UTC. */
  readonly timestamp: string;
  readonly tool: string;
  /** What failed first, in one redacted line; null if nothing failed. */
  readonly error: string | null;
  /** The last fix that succeeded, else the last that was tried; null if none ran. */
  readonly fix_applied: string | null;
  readonly result: 'success' | 'failure' | 'unknown';
  /** Attempts after the first. */
  readonly retry_count: number;
  readonly run_id?: string;
  readonly class?: DiagnosisClass | null;
  readonly pattern?: string | null;
  readonly outcome?: OutcomeStatus;
  readonly attempts?: number;
  /** From the first attempt's begin to the end of the run, in ms. */
  readonly duration_ms?: number;
  /** The fixes in order, those that were refused or not needed too. */
  readonly fixes?: readonly LoggedFix[];
  /** The code of the reason why healing ended without success. */
  readonly refusal?: string;
  readonly refusal_reason?: string;
  /** The process that wrote the record. */
  readonly pid?: number;
  readonly kind?: ToolKind;
}

const results = { succeeded: 'success', healed: 'success', failed: 'failure', unknown: 'unknown' } as const;

const ran = ({ status }: FixReport): boolean => status !== 'refused' && status !== 'not_needed';

/** An instant as the log writes it; one that no calendar holds becomes the epoch. */
export const timestampOf = (ms: number): string => new Date(Math.abs(ms) <= 8.64e15 ? ms : 0).toISOString();

/** Makes the log's record of a finished run. */
export const eventOf = (report: RunReport): HealingEvent => {
  const { diagnosis, fixes, refusal } = report;
  const applied = fixes.findLast(({ status }) => status === 'succeeded') ?? fixes.findLast(ran);
  return {
    timestamp: timestampOf(report.startedAt + report.durationMs),
    tool: report.tool,
    error: diagnosis?.summary ?? null,
    fix_applied: applied?.fix ?? null,
    result: results[report.status],
    retry_count: Math.max(0, report.attempts - 1),
    run_id: report.runId,
    class: diagnosis?.class ?? null,
    pattern: diagnosis?.pattern ?? null,
    outcome: report.status,
    attempts: report.attempts,
    duration_ms: Math.round(report.durationMs),
    fixes: fixes.map(({ fix, status, durationMs, reason, shared }) => ({
      fix,
      status,
      ms: Math.round(durationMs),
      ...(shared === true ? { shared } : {}),
      ...(status === 'succeeded' ? {} : { reason }),
    })),
    ...(refusal === null ? {} : { refusal: refusal.code, refusal_reason: refusal.reason }),
    pid: process.pid,
    kind: report.kind,
  };
};
