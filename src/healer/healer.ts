import type { CheckResult, Signature } from '../learning/model.ts';
import type { OpenFailure } from '../learning/waiting-calls.ts';
import type { Deferral } from '../model/deferral.ts';
import type { Diagnosis, ToolOutput } from '../model/diagnosis.ts';
import type { RawOutcome, RunOptions, RunOutcome, Task, ToolAnnotations, TransportAttempt } from '../model/run.ts';
import type { ToolRules } from '../policy/tool-rules.ts';
import type { Telemetry } from '../telemetry/port.ts';
import type { AutoHeal, AutoHealOptions } from './auto-heal.ts';
import type { HealthSnapshot } from './observer.ts';
import type { QuestionStates } from './question-states.ts';

/** The options of {@link Healer.repair}. */
export interface RepairOptions {
  /**
   * What the log calls the repair: best the name of the fix in the configuration that does the same.
   *
   * @default none: the repair is recorded as a note, which is no evidence
   */
  readonly name?: string | undefined;
  /** How long the call is made again after the repair until it succeeds, in ms: 0 or more. @default 30000 */
  readonly patienceMs?: number | undefined;
  /** Whether the function is also called if the call already succeeds again; that is no evidence. @default false */
  readonly force?: boolean | undefined;
  /** Cancels the repair until `fn` is called; after that it ends the checks, and `after` is `unknown`. */
  readonly signal?: AbortSignal | undefined;
}

/** What a repair did, as the call that had failed shows. */
export interface RepairOutcome {
  /** Whether the function was called: it is not if the call already succeeds again. */
  readonly ran: boolean;
  /** What the call did right before; `unknown` if it could not be made again, or failed in another way. */
  readonly before: CheckResult;
  /** What the call did right after, at the latest after `patienceMs`. */
  readonly after: CheckResult;
  /** From the check before to the last check after, in ms. */
  readonly windowMs: number;
}

/** Calls tools, and heals the calls that fail. */
export interface Healer extends AsyncDisposable {
  /**
   * Wraps a function so that its calls are healed. The result is also a standard decorator of methods. The wrapped function
   * keeps its `this` and its arguments, and always returns a promise.
   *
   * @throws TypeError if the target is not a function, or has no name and the option `tool` is missing.
   */
  readonly autoHeal: (options?: AutoHealOptions) => AutoHeal;
  /**
   * Calls a tool and heals the call if it fails.
   *
   * Resolves with the tool's own result or rejects with its own last error: the same object, never a copy. Nothing is started
   * unless the first attempt fails. If `options.signal` has aborted before, the tool is not called; if it aborts during a
   * fix, a wait or a retry, the promise rejects with the reason of the abort.
   *
   * @param tool - The name of the tool, as in the configuration.
   * @param task - Calls the tool; called again for every retry.
   * @param options - The options of this call.
   * @throws The tool's own error, or the reason of `options.signal`. HealError `ATTEMPT_TIMEOUT` only if an attempt exceeds `attemptTimeoutMs`.
   */
  run<T>(tool: string, task: Task<T>, options?: RunOptions): Promise<T>;
  /**
   * Does the same as `run`, but never rejects: it resolves with the tool's result or error, and the report of the run. After an
   * abort, `refusal.code` is `CANCELLED` and the error is the tool's own last error; with `attempts: 0`, if the tool was not
   * called, it is the reason of the abort.
   */
  runOutcome<T>(tool: string, task: Task<T>, options?: RunOptions): Promise<RunOutcome<T>>;
  /**
   * Lists the failures that could not be healed, the newest first: at most 16, of the last 30 minutes. One leaves the list as soon as the
   * same call (tool and arguments) succeeds.
   */
  failures(): readonly OpenFailure[];
  /**
   * Repairs a failure of `failures()`, and records whether that worked: the newest failing call with this signature is made again right
   * before and right after `fn`. Only a call of a read-only tool is made again, and only if its arguments take at most 64 KiB; for any
   * other, `fn` is called, and what it did is recorded as not known.
   *
   * @param signature - The signature of the failure, or its id.
   * @param fn - Repairs it, such as a login.
   * @param options - How it is recorded and checked.
   * @throws TypeError if no such failure is open, or `patienceMs` is no finite number of 0 or more; Error if another repair of the failure
   * runs on this machine; the reason of `signal` if it aborts before `fn` is called; or, after the checks, what `fn` throws: that is recorded
   * only if the call still fails, as a repair that failed.
   */
  repair(signature: string | Signature, fn: () => unknown, options?: RepairOptions): Promise<RepairOutcome>;
  /** Diagnoses an output of a tool without calling or fixing anything. */
  classify(output: ToolOutput): Diagnosis;
  /** Loads the code that heals, which is otherwise loaded with the first failure. */
  prepare(): Promise<void>;
  /** Writes the counts of healthy calls and closes the log. Later calls go to the tool and are not healed. */
  close(): Promise<void>;
  /** Closes the healer, as {@link Healer.close} does. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** What a transport tells of a first attempt that it has made. */
export interface FirstAttempt {
  /** When it began, on the healer's monotonic clock; now by default. */
  readonly startedAt?: number | undefined;
  /** Number of calls that it made. @default 1 */
  readonly calls?: number | undefined;
  /** The annotations that the tool had when it began, if they were known then. */
  readonly sentAnnotations?: ToolAnnotations | undefined;
  /** What it was recognised as, if that is known. */
  readonly diagnosis?: Diagnosis | undefined;
  /** When it began if that was in an earlier run, on the healer's monotonic clock. */
  readonly failedAt?: number | undefined;
  /** How the user of the client is asked, if the client is asked by the response to the call. */
  readonly deferral?: Deferral | undefined;
  /** Makes the call once more for a check, when its run has ended; rejects if that is not possible. By default, `task` does. */
  readonly again?: ((signal: AbortSignal) => Promise<RawOutcome<unknown>>) | undefined;
}

/** Limits of one tool. */
export type ToolLimits = Pick<ToolRules, 'attempts' | 'deadlineMs' | 'timeoutMs'>;

/** A healer as healflow's own proxies, inspector and telemetry use it: with calls that are made elsewhere. */
export interface InternalHealer extends Healer {
  /** Traces calls that are made elsewhere; undefined if nothing is traced. */
  readonly telemetry: Telemetry | undefined;
  /** Questions that clients come back with; undefined if no fix asks. */
  readonly questions: QuestionStates | undefined;
  /** Maximum number of calls of a tool in one run. */
  readonly attempts: number;
  /** The limits that a tool has of its own; undefined members are those of all tools. */
  limitsOf(tool: string): ToolLimits;
  /** Whether the clients of a proxy do not see a tool; undefined if they see all. */
  readonly isHidden: ((tool: string) => boolean) | undefined;
  /** What holds healing back now. */
  readonly health: HealthSnapshot;
  /**
   * Heals a call whose first attempt was made elsewhere, as a relay does: diagnoses `first`, runs the fix, and
   * calls `task` for every retry. Never rejects.
   */
  heal<T>(
    tool: string,
    first: RawOutcome<T>,
    task: (attempt: TransportAttempt) => T | PromiseLike<T>,
    options?: RunOptions & FirstAttempt,
  ): Promise<RunOutcome<T>>;
  /** Whether a returned value is no failure, at low cost; false asks for a closer look by `heal` or `classify`. */
  looksHealthy(value: unknown): boolean;
  /** Whether a call of a tool failed and has not succeeded since: `countHealthy` then needs the arguments of its calls. */
  hasOpenFailure(tool: string): boolean;
  /** Counts a call that succeeded and was made elsewhere. */
  countHealthy(tool: string, args?: RunOptions['args']): void;
}
