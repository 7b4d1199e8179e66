import type { Diagnosis } from './diagnosis.ts';
import type { Approve, FixReport } from './fix.ts';
import type { Refusal } from './refusal.ts';
import type { FixName, OutcomeStatus, ToolKind } from './terms.ts';

/** What a task receives with every attempt. */
export interface AttemptContext {
  /** Aborts when the caller cancels the call or the deadline has passed. Created when it is first read. */
  readonly signal: AbortSignal;
  /** The number of this attempt, from 1. */
  readonly attempt: number;
}

/** Calls a tool; called again for every retry. */
export type Task<T> = (context: AttemptContext) => T | PromiseLike<T>;

/** The hints of an MCP server about a tool (MCP, `ToolAnnotations`). They count if the configuration names no `kind`. */
export interface ToolAnnotations {
  /** Whether the tool changes nothing. */
  readonly readOnlyHint?: boolean | undefined;
  /** Whether the tool may delete or overwrite things. */
  readonly destructiveHint?: boolean | undefined;
  /** Whether a second call with the same arguments changes nothing more. */
  readonly idempotentHint?: boolean | undefined;
}

/**
 * What a task of healflow's own transports receives: they may have to send a call twice in one attempt, as after a lost
 * session.
 */
export interface TransportAttempt extends AttemptContext {
  /** Takes another call from those that the run may make; false if none is left. */
  takeCall(): boolean;
}

/** The options of one call. */
export interface RunOptions {
  /** The arguments of the call, for fixes that depend on them, such as the cluster of a `kube_login`. */
  readonly args?: Readonly<Record<string, unknown>> | undefined;
  /**
   * The hints of the MCP server about the tool. A function is called when a call has failed and again before each retry, so
   * that hints that have changed in between apply. If it throws, rejects or takes half of the time that is left, a retry is decided as if there were no hints,
   * or by the last ones if these are stricter.
   */
  readonly annotations?:
    | ToolAnnotations
    | (() => ToolAnnotations | undefined | PromiseLike<ToolAnnotations | undefined>)
    | undefined;
  /**
   * Ends attempts, fixes and waits; `run` then rejects with its reason. If it has aborted before the call, the tool is not
   * called. An abort during the first attempt leaves the result or error of the tool, which gets this signal.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * Whether the run's actor starts before the first attempt instead of after its failure.
   *
   * @default false; true with an `inspect` function
   */
  readonly eager?: boolean | undefined;
  /**
   * Asks a person before a fix with `mode: ask` runs.
   *
   * @default `approve` of the healer
   */
  readonly approve?: Approve | undefined;
  /** Receives the name of each fix when it starts. */
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

/** The facts of a finished run. */
export interface RunReport {
  /** The id of the run, as in the log. */
  readonly runId: string;
  /** The name of the tool. */
  readonly tool: string;
  /** What the tool may change, from the configuration or else from its annotations. */
  readonly kind: ToolKind;
  /** How the run ended. */
  readonly status: OutcomeStatus;
  /**
   * The number of calls of the tool, the first included; 0 only if the caller's signal had aborted before. All tries to reach a service
   * that was away count as one call: only the last of them can have reached it.
   */
  readonly attempts: number;
  /** The diagnosis of the first failure; null if nothing failed. */
  readonly diagnosis: Diagnosis | null;
  /** The diagnosis of the last failure; the same object if there was only one. */
  readonly lastDiagnosis: Diagnosis | null;
  /** The fixes that were run, in order. */
  readonly fixes: readonly FixReport[];
  /** Why healing ended without success; null if it succeeded. */
  readonly refusal: Refusal | null;
  /** What to do about a call that may have taken effect, with the fixes that succeeded; null unless `status` is `unknown`. */
  readonly advice: string | null;
  /** The start of the first attempt, in ms since the epoch. */
  readonly startedAt: number;
  /** The time from the start of the first attempt to the end of the run, in ms. */
  readonly durationMs: number;
}

/** The result of `runOutcome`: the tool's own result or error, and the report. */
export type RunOutcome<T> = RunReport & AttemptOutcome<T>;
