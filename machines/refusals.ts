import type { FixStatus } from '../src/model/fix.ts';
import type { Refusal, RefusalCode } from '../src/model/run.ts';
import type { FixResult, ServiceName } from './services.ts';

/** The refusal of a fix that ended so; null if the fault is fixed. */
const fixEnd: Readonly<Record<FixStatus, RefusalCode | null>> = {
  succeeded: null,
  not_needed: null,
  failed: 'FIX_FAILED',
  timed_out: 'FIX_TIMED_OUT',
  refused: 'FIX_REFUSED',
  cancelled: 'FIX_CANCELLED',
};

/** Why no attempt follows the last one. */
export const exhausted = (maxAttempts: number): Refusal => ({
  code: 'ATTEMPTS_EXHAUSTED',
  reason: maxAttempts === 1 ? 'only 1 attempt is allowed' : `all ${maxAttempts} attempts were made`,
});

/** Why healing ended if a service broke its promise not to reject. */
export const serviceFailures: Readonly<Record<ServiceName, Refusal>> = {
  attemptTool: { code: 'ATTEMPT_BROKEN', reason: 'the service that calls the tool broke' },
  planFix: { code: 'ANALYSIS_BROKEN', reason: 'the analysis of the failure broke' },
  applyFix: { code: 'FIX_BROKEN', reason: 'the service that runs the fix broke' },
};

/** Why the call is not repeated after a fix; null if it is. Pure. */
export const refusalAfterFix = (
  { report, mayRepeat }: FixResult,
  attempt: number,
  maxAttempts: number,
): Refusal | null => {
  const code = report && fixEnd[report.status];
  if (report && code) {
    const limit = report.code === 'ALREADY_FIXED' ? undefined : report.code;
    return { code: limit ?? code, reason: report.reason };
  }
  if (!mayRepeat.allowed) return { code: mayRepeat.code, reason: mayRepeat.reason };
  return attempt < maxAttempts ? null : exhausted(maxAttempts);
};

/** Why no other round of healing follows a retry that failed. */
export const lastRefusal = (timeLeft: boolean, maxAttempts: number): Refusal =>
  timeLeft
    ? exhausted(maxAttempts)
    : { code: 'DEADLINE_PASSED', reason: 'the deadline leaves no time for another attempt' };
