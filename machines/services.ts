import type { Diagnosis } from '../src/model/diagnosis.ts';
import type { Fix, FixReport } from '../src/model/fix.ts';
import type { AttemptOutcome, Refusal } from '../src/model/run.ts';
import type { OutcomeStatus, ToolKind } from '../src/model/words.ts';

/** What a run starts with. */
export interface HealingInput {
  readonly runId: string;
  readonly tool: string;
  readonly kind: ToolKind;
  /** Calls of the tool in all, the first included; at least 1. */
  readonly maxAttempts: number;
  /** Belongs to the program that provides the services: the chart passes it to each of them and never reads it. */
  readonly run?: unknown;
}

export interface AttemptInput {
  readonly run?: unknown;
  readonly runId: string;
  readonly tool: string;
  /** The number of the attempt to make, from 1. */
  readonly attempt: number;
  /** How the attempt before ended; null for the first. */
  readonly settled: AttemptOutcome<unknown> | null;
  /** What the attempt before was recognised as. */
  readonly diagnosis: Diagnosis | null;
}

/** What the service `attemptTool` resolves with. It never rejects: a tool that throws is a failed attempt. */
export interface AttemptResult {
  readonly settled: AttemptOutcome<unknown>;
  /** What the failure was recognised as; null if the attempt succeeded. */
  readonly diagnosis: Diagnosis | null;
  /** Whether the deadline leaves time to heal again. */
  readonly timeLeft: boolean;
}

export interface PlanFixInput {
  readonly run?: unknown;
  readonly runId: string;
  readonly tool: string;
  readonly kind: ToolKind;
  /** The number of the attempt that failed, from 1. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly settled: AttemptOutcome<unknown>;
  /** What the attempt was recognised as; null only if `attemptTool` broke its promise and rejected. */
  readonly diagnosis: Diagnosis | null;
  /** The fixes that this run has run so far, in order. */
  readonly fixes: readonly FixReport[];
}

/** What is to be done about a failure. */
export type FixPlan =
  | { readonly action: 'fix'; readonly fix: Fix }
  | { readonly action: 'none'; readonly refusal: Refusal };

/** What the service `planFix` resolves with. */
export interface FixDecision {
  readonly diagnosis: Diagnosis;
  readonly plan: FixPlan;
}

export interface ApplyFixInput {
  readonly run?: unknown;
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

/** What is known of a run when it ends: the machine's output, and what the `log` action receives. */
export interface HealingOutput {
  readonly runId: string;
  readonly tool: string;
  readonly kind: ToolKind;
  readonly status: OutcomeStatus;
  /** Calls of the tool in all. */
  readonly attempts: number;
  /** What the tool gave last, untouched. */
  readonly settled: AttemptOutcome<unknown>;
  /** The diagnosis of the first failure; null if nothing failed. */
  readonly diagnosis: Diagnosis | null;
  /** The diagnosis of the last failure; the same object if only one thing failed. */
  readonly lastDiagnosis: Diagnosis | null;
  /** The fixes that were run, in order. */
  readonly fixes: readonly FixReport[];
  /** Why healing ended without success; null if it succeeded. */
  readonly refusal: Refusal | null;
}

/** The services of the machine. */
export type ServiceName = 'attemptTool' | 'planFix' | 'applyFix';
