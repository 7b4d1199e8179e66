import type { Diagnosis } from '../src/model/diagnosis.ts';
import type { Fix, FixReport } from '../src/model/fix.ts';
import type { Refusal, Settled } from '../src/model/run.ts';
import type { OutcomeStatus, ToolKind } from '../src/model/words.ts';

/** What every run is told when it starts. */
export interface HealingInput {
  readonly runId: string;
  readonly tool: string;
  readonly kind: ToolKind;
  /** Calls of the tool in all, the first included; at least 1. */
  readonly maxAttempts: number;
}

export interface AttemptInput {
  readonly runId: string;
  readonly tool: string;
  /** The number of the attempt to make, from 1. */
  readonly attempt: number;
}

/** What the service `attemptTool` resolves with. It never rejects: a tool that throws is a failed attempt. */
export interface AttemptResult {
  readonly settled: Settled<unknown>;
  /** What the failure was recognised as; null where the attempt went well. */
  readonly diagnosis: Diagnosis | null;
  /** Whether the deadline leaves time to heal once more. */
  readonly timeLeft: boolean;
}

export interface AnalyzeInput {
  readonly runId: string;
  readonly tool: string;
  readonly kind: ToolKind;
  /** The number of the attempt that failed, from 1. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly settled: Settled<unknown>;
  /** What the attempt was recognised as; null only where `attemptTool` broke its promise and rejected. */
  readonly diagnosis: Diagnosis | null;
  /** The fixes that this run has run so far, in order. */
  readonly fixes: readonly FixReport[];
}

/** What is to be done about a failure. */
export type FixPlan =
  | { readonly action: 'fix'; readonly fix: Fix }
  | { readonly action: 'none'; readonly refusal: Refusal };

/** What the service `analyze` resolves with. */
export interface Analysis {
  readonly diagnosis: Diagnosis;
  readonly plan: FixPlan;
}

export interface ApplyFixInput {
  readonly runId: string;
  readonly tool: string;
  readonly kind: ToolKind;
  /** The number of the attempt that failed, from 1. */
  readonly attempt: number;
  readonly diagnosis: Diagnosis;
  readonly fix: Fix;
}

/** Whether the call may be repeated, and why. */
export type MayRepeat =
  | { readonly allowed: true; readonly code: 'REPEAT_ALLOWED'; readonly reason: string }
  | (Refusal & { readonly allowed: false });

/** What the service `applyFix` resolves with: what the fix did, and whether the call may be repeated now. */
export type FixResult =
  | { readonly report: FixReport; readonly mayRepeat: MayRepeat }
  /** The fix was not run, as the call may not be repeated anyway. */
  | { readonly report: null; readonly mayRepeat: Refusal & { readonly allowed: false } };

/** What is known of a run when it ends: the machine's output, and what the `log` action is given. */
export interface HealingOutput {
  readonly runId: string;
  readonly tool: string;
  readonly kind: ToolKind;
  readonly status: OutcomeStatus;
  /** Calls of the tool in all. */
  readonly attempts: number;
  /** What the tool gave last, untouched. */
  readonly settled: Settled<unknown>;
  /** The diagnosis of the first failure; null where nothing failed. */
  readonly diagnosis: Diagnosis | null;
  /** The diagnosis of the last failure; the same object where only one thing failed. */
  readonly lastDiagnosis: Diagnosis | null;
  /** The fixes that were run, in order. */
  readonly fixes: readonly FixReport[];
  /** Why healing ended where it did not succeed; null where it did. */
  readonly refusal: Refusal | null;
}

/** The services of the machine. */
export type ServiceName = 'attemptTool' | 'analyze' | 'applyFix';
