/**
 * The codes of a {@link Refusal}, in the order of a run: the run itself, the attempts, the choice of a fix, the limits, the
 * run of the fix, the retry. The page docs/refusals.md says what each code means and what to do about it.
 */
export const refusalCodes = [
  'CANCELLED',
  'HEALER_CLOSED',
  'RUN_BROKEN',
  'ATTEMPT_BROKEN',
  'ANALYSIS_BROKEN',
  'FIX_BROKEN',
  'DEADLINE_PASSED',
  'ATTEMPTS_EXHAUSTED',
  'PATIENCE_EXHAUSTED',
  'HEALING_SWITCHED_OFF',
  'NO_FIX_KNOWN',
  'FIX_NOT_CONFIGURED',
  'CLUSTER_NOT_CONFIGURED',
  'WAIT_EXCEEDS_DEADLINE',
  'FIX_USED_UP',
  'BREAKER_OPEN',
  'RETRY_BUDGET_SPENT',
  'BLAST_RADIUS',
  'FIX_COOLING_DOWN',
  'FIX_BUDGET_SPENT',
  'FIX_BUSY',
  'FLEET_LOST',
  'FIX_NOT_APPROVED',
  'APPROVAL_PENDING',
  'DRY_RUN',
  'FIX_FAILED',
  'FIX_TIMED_OUT',
  'FIX_REFUSED',
  'FIX_CANCELLED',
  'REPEAT_SWITCHED_OFF',
  'REPEAT_NEEDS_FIX',
  'REPEAT_UNSAFE',
  'REPEAT_USELESS',
] as const;

/** Why no fix was run, or why the call was not repeated, as one of {@link refusalCodes}. */
export type RefusalCode = (typeof refusalCodes)[number];

/** Why no fix was run, or why the call was not repeated, as a code and in words. */
export interface Refusal {
  /** The reason as a code, which programs can rely on. */
  readonly code: RefusalCode;
  /** The reason in one line of plain English, with numbers and units. Redacted; its wording may change. */
  readonly reason: string;
}
