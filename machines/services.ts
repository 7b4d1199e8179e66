import type { Diagnosis } from '../src/model/diagnosis.ts';
import type { Fix, FixReport } from '../src/model/fix.ts';
import type { AttemptOutcome, Refusal } from '../src/model/run.ts';
import type { OutcomeStatus, ToolKind } from '../src/model/terms.ts';

/** The input of the machine. */
export interface HealingInput {
  /** The id of the run. */
  readonly runId: string;
  /** The name of the tool. */
  readonly tool: string;
  /** The kind of the tool. */
  readonly kind: ToolKind;
  /** Maximum number of calls of the tool, the first included; at least 1. */
  readonly maxAttempts: number;
  /**
   * Whether a failure of the last attempt is planned for too, so that a fix serves later calls. No attempt follows.
   *
   * @default false
   */
  readonly healForNextCall?: boolean | undefined;
  /** Opaque data of the program that provides the services; the chart passes it to each of them and never reads it. */
  readonly run?: unknown;
}

/** The input of the service `attemptTool`. */
export interface AttemptInput {
  /** Opaque data of the program that provides the services; the chart passes it to each of them and never reads it. */
  readonly run?: unknown;
  /** The id of the run. */
  readonly runId: string;
  /** The name of the tool. */
  readonly tool: string;
  /** The number of the attempt to make, from 1. */
  readonly attempt: number;
  /** How the previous attempt ended; null for the first. */
  readonly settled: AttemptOutcome<unknown> | null;
  /** What the previous attempt was recognised as; null if there was none. */
  readonly diagnosis: Diagnosis | null;
  /** What the fix before this attempt did; null for the first attempt. */
  readonly lastFix: FixReport | null;
}

/** The result of the service `attemptTool`. It never rejects: a tool that throws is a failed attempt. */
export interface AttemptResult {
  /** How the attempt ended. */
  readonly settled: AttemptOutcome<unknown>;
  /** What the failure was recognised as; null if the attempt succeeded. */
  readonly diagnosis: Diagnosis | null;
  /** Whether the attempt, if it failed, certainly changed nothing. */
  readonly isHarmless: boolean;
  /** Whether the deadline leaves time to heal again. */
  readonly timeLeft: boolean;
  /**
   * Number of calls of the tool that the attempt made: more than one if the call was sent again, 0 if its turn never came. A call
   * of a service that could not be reached is not counted if another one follows. 1 by default.
   */
  readonly calls?: number;
  /** What the last fix did, if the attempt has continued its wait; it replaces the report of that fix. */
  readonly wait?: FixReport;
  /** Why healing ends with this failure, even if attempts are left. */
  readonly refusal?: Refusal;
  /** The kind of the tool, if it was read again. */
  readonly kind?: ToolKind;
}

/** The input of the service `planFix`. */
export interface PlanFixInput {
  /** Opaque data of the program that provides the services; the chart passes it to each of them and never reads it. */
  readonly run?: unknown;
  /** The id of the run. */
  readonly runId: string;
  /** The name of the tool. */
  readonly tool: string;
  /** The kind of the tool. */
  readonly kind: ToolKind;
  /** The number of the attempt that failed, from 1. */
  readonly attempt: number;
  /** Maximum number of calls of the tool, the first included. */
  readonly maxAttempts: number;
  /** How the attempt ended. */
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

/** The result of the service `planFix`. */
export interface FixDecision {
  /** What the failure was recognised as. */
  readonly diagnosis: Diagnosis;
  /** What is to be done about it. */
  readonly plan: FixPlan;
}

/** The input of the service `applyFix`. */
export interface ApplyFixInput {
  /** Opaque data of the program that provides the services; the chart passes it to each of them and never reads it. */
  readonly run?: unknown;
  /** The id of the run. */
  readonly runId: string;
  /** The name of the tool. */
  readonly tool: string;
  /** The kind of the tool. */
  readonly kind: ToolKind;
  /** The number of the attempt that failed, from 1. */
  readonly attempt: number;
  /** What the failure was recognised as. */
  readonly diagnosis: Diagnosis;
  /** The fix to run. */
  readonly fix: Fix;
}

/** Whether the call may be repeated, and why. */
export type MayRepeat =
  | { readonly allowed: true; readonly code: 'REPEAT_ALLOWED'; readonly reason: string }
  | (Refusal & { readonly allowed: false });

/** The result of the service `applyFix`: what the fix did, and whether the call may be repeated now. */
export type FixResult =
  | {
      readonly report: FixReport;
      readonly mayRepeat: MayRepeat;
      /** The kind of the tool by which that was decided, if it has changed since the run began. */
      readonly kind?: ToolKind;
      /** Whether, by that kind, every failed attempt so far certainly changed nothing. */
      readonly isHarmless?: boolean;
    }
  /** The fix was not run, as the call may not be repeated anyway. */
  | { readonly report: null; readonly mayRepeat: Refusal & { readonly allowed: false } };

/** The facts of a run that has ended: the machine's output, which the `log` action receives too. */
export interface HealingOutput {
  /** The id of the run. */
  readonly runId: string;
  /** The name of the tool. */
  readonly tool: string;
  /** The kind of the tool. */
  readonly kind: ToolKind;
  /** How the run ended. */
  readonly status: OutcomeStatus;
  /** The number of calls of the tool, the first included. */
  readonly attempts: number;
  /** How the last attempt ended: with the tool's own value or error. */
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

/** The names of the services of the machine. */
export type ServiceName = 'attemptTool' | 'planFix' | 'applyFix';
