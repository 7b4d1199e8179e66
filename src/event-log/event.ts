import type { FixReport, FixStatus } from '../model/fix.ts';
import type { RunReport } from '../model/run.ts';
import type { DiagnosisClass, FixName, OutcomeStatus, ToolKind } from '../model/terms.ts';

/** One fix of a run in the log. */
export interface LoggedFix {
  /** The name of the fix. */
  readonly fix: FixName;
  /** How the fix ended. */
  readonly status: FixStatus;
  /** How long it took, in ms. */
  readonly ms: number;
  /** Present if it ran for another call and this call only waited for its end. */
  readonly shared?: true;
  /** `probe` if the fix was chosen because its probe had failed, whatever the text of the failure said; absent otherwise. */
  readonly chosen_by?: 'probe';
  /** Why it ended so; absent if it succeeded. */
  readonly reason?: string;
}

/**
 * One record of the log. The first six fields are in every record, in this order. A record written by healflow also has the
 * other fields, except `refusal` and `refusal_reason` of a run that succeeded, and `sig` where nothing failed; one written by hand may lack them.
 */
export interface HealingEvent {
  /** The end of the run, in UTC, as in RFC 3339. */
  readonly timestamp: string;
  /** The name of the tool. */
  readonly tool: string;
  /** The first failure in one redacted line; null if nothing failed. */
  readonly error: string | null;
  /** The last fix that succeeded, or else the last that ran; null if none ran. */
  readonly fix_applied: string | null;
  /** How the run ended; `unknown` if the call failed and may have taken effect. */
  readonly result: 'success' | 'failure' | 'unknown';
  /** The number of attempts after the first. */
  readonly retry_count: number;
  /** The id of the run. */
  readonly run_id?: string;
  /** The class of the first failure; null if nothing failed. */
  readonly class?: DiagnosisClass | null;
  /** The id of the pattern or rule that recognised the first failure; null if nothing failed. */
  readonly pattern?: string | null;
  /** The id of the signature of the first failure; absent if nothing failed. */
  readonly sig?: string;
  /** How the run ended. */
  readonly outcome?: OutcomeStatus;
  /** The number of calls of the tool, the first included. */
  readonly attempts?: number;
  /** The time from the start of the first attempt to the end of the run, in ms. */
  readonly duration_ms?: number;
  /** The fixes in order, those that were refused or not needed included. */
  readonly fixes?: readonly LoggedFix[];
  /** Why the failure was not healed, as a code; another version of healflow may know other codes. */
  readonly refusal?: string;
  /** Why the failure was not healed, in words. */
  readonly refusal_reason?: string;
  /** The id of the process that wrote the record. */
  readonly pid?: number;
  /** The kind of the tool. */
  readonly kind?: ToolKind;
}

const results = { succeeded: 'success', healed: 'success', failed: 'failure', unknown: 'unknown' } as const;

const ran = ({ status }: FixReport): boolean => status !== 'refused' && status !== 'not_needed';

/** An instant as the log writes it; one that no calendar holds becomes the epoch. */
export const timestampOf = (ms: number): string => new Date(Math.abs(ms) <= 8.64e15 ? ms : 0).toISOString();

/** Makes the log's record of a finished run. @param sig The id of the signature of its first failure. */
export const eventOf = (report: RunReport, sig?: string): HealingEvent => {
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
    ...(sig === undefined ? {} : { sig }),
    outcome: report.status,
    attempts: report.attempts,
    duration_ms: Math.round(report.durationMs),
    fixes: fixes.map(({ fix, status, durationMs, reason, shared, chosenBy }) => ({
      fix,
      status,
      ms: Math.round(durationMs),
      ...(shared === true ? { shared } : {}),
      ...(chosenBy === undefined ? {} : { chosen_by: chosenBy }),
      ...(status === 'succeeded' ? {} : { reason }),
    })),
    ...(refusal === null ? {} : { refusal: refusal.code, refusal_reason: refusal.reason }),
    pid: process.pid,
    kind: report.kind,
  };
};
