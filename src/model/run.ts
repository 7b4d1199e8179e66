import type { Diagnosis } from './diagnosis.ts';
import type { Approve, FixReport } from './fix.ts';
import type { Refusal } from './refusal.ts';
import type { FixName, OutcomeStatus, ToolKind } from './words.ts';

/** What the tool's own code gets with every attempt. */
export interface AttemptContext {
  /** Aborts when the caller gives up or the deadline has passed. Made when first read. */
  readonly signal: AbortSignal;
  /** The number of this attempt, from 1. */
  readonly attempt: number;
}

/** One call of a tool; called again for every retry. */
export type Task<T> = (context: AttemptContext) => T | PromiseLike<T>;

/** MCP's hints about a tool; they count where the config says nothing. */
export interface ToolAnnotations {
  readonly readOnlyHint?: boolean | undefined;
  readonly destructiveHint?: boolean | undefined;
  readonly idempotentHint?: boolean | undefined;
}

export interface RunOptions {
  /** The arguments of the call, for fixes that depend on them, such as the cluster of a `kube_login`. */
  readonly args?: Readonly<Record<string, unknown>> | undefined;
  readonly annotations?: ToolAnnotations | undefined;
  /** Ends attempts, fixes and waits; the caller then gets the tool's last own error. */
  readonly signal?: AbortSignal | undefined;
  /** Starts the run's actor before the first attempt instead of after its failure. @default false, true with an inspector */
  readonly eager?: boolean | undefined;
  /** Asks a person before a fix with `mode: ask` runs. @default the healer's own */
  readonly approve?: Approve | undefined;
  /** Hears of each fix when it begins. */
  readonly onFix?: ((fix: FixName) => void) | undefined;
}

/** How a call of the tool ended, not yet judged: what it returned may still be a failure. */
export type RawOutcome<T> =
  | { readonly thrown: false; readonly value: T }
  | { readonly thrown: true; readonly error: unknown };

/** How one attempt ended: it succeeded, returned an error-shaped result such as one with `isError`, or threw an error. */
export type AttemptOutcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly thrown: false; readonly value: T }
  | { readonly ok: false; readonly thrown: true; readonly error: unknown };

export type { Refusal, RefusalCode } from './refusal.ts';

/** Everything that is known of a finished run. */
export interface RunReport {
  readonly runId: string;
  readonly tool: string;
  readonly kind: ToolKind;
  readonly status: OutcomeStatus;
  /** Calls of the tool in all. */
  readonly attempts: number;
  /** The diagnosis of the first failure; null if nothing failed. */
  readonly diagnosis: Diagnosis | null;
  /** The diagnosis of the last failure; the same object where only one thing failed. */
  readonly lastDiagnosis: Diagnosis | null;
  /** The fixes that were run, in order. */
  readonly fixes: readonly FixReport[];
  /** Why healing ended where it did not succeed; null if it did. */
  readonly refusal: Refusal | null;
  /** When the first attempt began: milliseconds since the epoch. */
  readonly startedAt: number;
  /** From the first attempt's begin to the end, in ms. */
  readonly durationMs: number;
}

/** What `runOutcome` resolves with: the tool's own result or error, and the report. */
export type RunOutcome<T> = RunReport & AttemptOutcome<T>;
