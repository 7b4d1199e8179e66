import type { Diagnosis } from './diagnosis.ts';
import type { Refusal, RefusalCode } from './refusal.ts';
import type { FixMode, FixName } from './words.ts';

/** What a fix is told about the failure that it shall mend. */
export interface FixRequest {
  readonly runId: string;
  readonly tool: string;
  /** The arguments of the failed call, where they are known. */
  readonly args: Readonly<Record<string, unknown>> | undefined;
  readonly diagnosis: Diagnosis;
  /** The number of the attempt that failed, from 1. */
  readonly attempt: number;
  /** Aborts when the caller gives up or the deadline has passed. */
  readonly signal: AbortSignal;
  /** How long the run may still take, in ms. */
  readonly remainingMs: number;
  /** When the attempt that failed began, on the healer's monotonic clock. */
  readonly failedAttemptStartedAt?: number | undefined;
  /** Puts a question to the person whom the call is made for; undefined where nobody can be asked. */
  readonly approve?: Approve | undefined;
  /** The lease under which the fix runs; undefined if the fix is not shared with other calls, as a delay fix. */
  readonly lease?: FixLease | undefined;
}

/** The exclusive right to run a fix, held by one run at a time. */
export interface FixLease {
  /** A unique id. Commands receive it as the environment variable `HEALFLOW_LEASE`. */
  readonly id: string;
  /**
   * Records the process that does the work. If this process dies, the next lease begins only after that one has ended.
   *
   * @param pid - The id of the process, which leads its process group.
   */
  setWorker(pid: number): void;
}

/** What a person is asked before a fix with `mode: ask` runs. Its texts are redacted. */
export interface FixQuestion {
  readonly fix: FixName;
  readonly tool: string;
  /** What the fix would do, in one line. */
  readonly description: string;
  /** The whole question, ready to be shown. */
  readonly text: string;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** Asks a person; anything but true counts as no. */
export type Approve = (question: FixQuestion) => boolean | PromiseLike<boolean>;

/**
 * How a fix ended. `not_needed`: its probe found nothing to mend, so the call is just repeated.
 * `refused`: it was not started, and `reason` says why.
 */
export type FixStatus = 'succeeded' | 'not_needed' | 'failed' | 'timed_out' | 'refused' | 'cancelled';

/** What a fix did. Its texts are redacted. */
export interface FixReport {
  readonly fix: FixName;
  readonly status: FixStatus;
  /** Why it ended so, in words, with numbers and units. */
  readonly reason: string;
  /** In ms. */
  readonly durationMs: number;
  /** The last piece of the fix's own output, where it has one. */
  readonly output?: string;
  /**
   * Why the fix was refused, such as `FIX_COOLING_DOWN`; or `MENDED_MEANWHILE` if a run for another call had just
   * succeeded. Absent otherwise.
   */
  readonly code?: RefusalCode | 'MENDED_MEANWHILE';
  /** Whether it was run for another call, in this process or in another, and this one has only waited for its end. */
  readonly shared?: boolean;
}

/** How a fix is shared and held back. */
export interface FixRules {
  readonly mode: FixMode;
  /** How long it rests after a run, in ms. */
  readonly cooldownMs: number;
  /** How often it may run within a window. */
  readonly budget: { readonly runs: number; readonly windowMs: number };
  /** The longest that one run may take, in ms. */
  readonly timeoutMs: number;
  /**
   * What exactly it does, as a digest: the same in every process that would do the same. Undefined where only this
   * process can tell, as of a function.
   */
  readonly identity?: string | undefined;
  /** What it must not be run beside, as a digest. @default its identity */
  readonly exclusive?: string | undefined;
  /** Whether one run mends it for all processes of the machine, or each needs a run of its own, in turn. */
  readonly scope: 'machine' | 'process';
}

/** One fix, configured and ready to run for one target. */
export interface Fix {
  readonly name: FixName;
  /** What it mends: runs with equal keys are the same fix, as in `host:kube_login:staging`. */
  readonly key: string;
  /** What it does, in one redacted line: the command, the folders, the wait. */
  readonly description: string;
  /** How it is shared and held back; undefined where it is neither, as a mere wait. */
  readonly rules?: FixRules | undefined;
  /** Says why it would not run now; null where it would, as far as is known without trying. */
  readonly refuse?: ((failedAttemptStartedAt: number) => Refusal | null) | undefined;
  /** Runs the fix, its probes included. Never rejects. */
  run(request: FixRequest): Promise<FixReport>;
}

/** What the server behind a proxy can do for a fix. */
export interface UpstreamControl {
  /** Calls a tool of the same upstream, outside any run, and resolves with its result. */
  callTool?(name: string, args: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<unknown>;
  /** Starts a stdio upstream anew with these variables in its environment. */
  restartWithEnv?(variables: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void>;
  /** Sends this header with every later request to an HTTP upstream. */
  setHeader?(name: string, value: string): void;
}

/**
 * A fix written by the embedding program. It resolves when it is done; resolving with `false` or
 * rejecting means that it failed.
 */
export type FixFunction = (request: FixRequest) => unknown;
