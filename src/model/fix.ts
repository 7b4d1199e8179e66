import type { Diagnosis } from './diagnosis.ts';
import type { Refusal, RefusalCode } from './refusal.ts';
import type { FixMode, FixName } from './terms.ts';

/** The failure that a fix is to repair. */
export interface FixRequest {
  /** The id of the run, as in the log. */
  readonly runId: string;
  /** The name of the tool that failed. */
  readonly tool: string;
  /** The arguments of the failed call; undefined if unknown. */
  readonly args: Readonly<Record<string, unknown>> | undefined;
  /** What the failure was recognised as. */
  readonly diagnosis: Diagnosis;
  /** The number of the attempt that failed, from 1. */
  readonly attempt: number;
  /** Aborts when the caller cancels the call or the deadline has passed. */
  readonly signal: AbortSignal;
  /** The time that is left for the run, in ms. */
  readonly remainingMs: number;
  /** The start of the attempt that failed, in ms on the healer's monotonic clock. */
  readonly failedAttemptStartedAt?: number | undefined;
  /** Asks the person for whom the call is made; undefined if no one can be asked. */
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
  /**
   * Whether another machine may take the lease as soon as this process is gone: then the command must end with it, at once.
   *
   * @default false
   */
  readonly isFleetWide?: boolean;
}

/** The question to a person before a fix with `mode: ask` runs. Its texts are redacted. */
export interface FixQuestion {
  /** The name of the fix. */
  readonly fix: FixName;
  /** The name of the tool that failed. */
  readonly tool: string;
  /** What the fix would do, in one line. */
  readonly description: string;
  /** The whole question, ready to be shown. */
  readonly text: string;
  /** Aborts when the response is no longer needed. */
  readonly signal: AbortSignal;
}

/** Asks a person whether a fix may run. Only true means yes; anything else, an error included, means no. */
export type Approve = (question: FixQuestion) => boolean | PromiseLike<boolean>;

/**
 * How a fix ended. `not_needed`: nothing was wrong any more, so the call is just retried. `refused`: the fix was not
 * started, and `reason` says why.
 */
export type FixStatus = 'succeeded' | 'not_needed' | 'failed' | 'timed_out' | 'refused' | 'cancelled';

/** What a fix did. Its texts are redacted. */
export interface FixReport {
  /** The name of the fix. */
  readonly fix: FixName;
  /** How the fix ended. */
  readonly status: FixStatus;
  /** Why it ended so, in words, with numbers and units. */
  readonly reason: string;
  /** How long the fix took, in ms. */
  readonly durationMs: number;
  /** The end of the fix's own output; absent if it has none. */
  readonly output?: string;
  /**
   * Why the fix was refused, such as `FIX_COOLING_DOWN`; or `ALREADY_FIXED` if a run for another call had just
   * succeeded. Absent otherwise.
   */
  readonly code?: RefusalCode | 'ALREADY_FIXED';
  /** True if the fix ran for another call, in this or another process, and this call only waited for its end. */
  readonly shared?: boolean;
  /** `probe` if the fix was chosen because its probe had failed, whatever the text of the failure said. Absent otherwise. */
  readonly chosenBy?: 'probe';
  /** True if the fix of a lesson was held back, to see whether the failure ends by itself. */
  readonly control?: true;
}

/** The rules by which runs of a fix are shared and limited. */
export interface FixRules {
  /** Whether it runs at once, asks a person first, or only reports what it would do. */
  readonly mode: FixMode;
  /** Minimum time between two runs, in ms. */
  readonly cooldownMs: number;
  /** Maximum number of runs within a window of `windowMs` milliseconds. */
  readonly budget: { readonly runs: number; readonly windowMs: number };
  /** Time limit of one run, in ms. */
  readonly timeoutMs: number;
  /**
   * A digest of what the fix does, equal in all processes that would do the same. Undefined if only this process knows, as
   * with a function.
   */
  readonly identity?: string | undefined;
  /**
   * A digest of what must not run at the same time.
   *
   * @default `identity`
   */
  readonly exclusive?: string | undefined;
  /** Whether one run serves the whole fleet or all processes of the machine, or each needs its own run, one after the other. */
  readonly scope: 'fleet' | 'machine' | 'process';
  /**
   * What happens if the database of the fleet cannot be reached. `machine`: the fix is shared on this machine alone ·
   * `refuse`: it does not run.
   *
   * @default 'machine'
   */
  readonly whenLost?: 'machine' | 'refuse' | undefined;
  /** A digest of what would run, to which an approval of the fleet is bound; undefined if the fix is not shared with one. */
  readonly approvalDigest?: string | undefined;
  /**
   * Who may approve a fix of a fleet that has `mode: ask`. `anyone`: the user of the client, or an approver of the fleet.
   *
   * @default 'anyone'
   */
  readonly approval?: 'anyone' | 'approvers' | undefined;
}

/** What a fix has got for all processes of the machine, and each process has to take over by itself, such as a token. */
export interface FixHandover {
  /** `new`: this process has not taken it over yet · `held`: it has · `none`: there is nothing to take over. */
  status(): 'new' | 'held' | 'none';
  /** Takes it over; resolves with null if there is nothing new. Never rejects. */
  takeOver(request: FixRequest): Promise<Omit<FixReport, 'fix' | 'durationMs'> | null>;
}

/** One fix, configured and ready to run for one target. */
export interface Fix {
  /** The name of the fix. */
  readonly name: FixName;
  /** The target of the fix: runs with equal keys are the same fix, as in `host:kube_login:staging`. */
  readonly key: string;
  /** What the fix does, in one redacted line: the command, the folders, the wait. */
  readonly description: string;
  /** The rules by which it is shared and limited; undefined for a delay fix, which has none. */
  readonly rules?: FixRules | undefined;
  /** What other processes have got by it; undefined if a run serves only the process that makes it. */
  readonly handover?: FixHandover | undefined;
  /** Returns why the fix would not run now; null if it would, as far as is known without trying. */
  readonly refuse?: ((failedAttemptStartedAt: number) => Refusal | null) | undefined;
  /**
   * Asks the probe whether the fix is needed; undefined if it has no probe. Never rejects.
   *
   * @param signal - Aborts when the caller cancels the call or the deadline has passed.
   * @param failedAttemptStartedAt - The start of the attempt that failed, in ms on the healer's monotonic clock.
   */
  readonly check?: ((signal: AbortSignal, failedAttemptStartedAt: number) => Promise<FixCheck> | FixCheck) | undefined;
  /** The result of the check by which the fix was chosen; undefined if the text of the failure proposed it. */
  readonly chosenBy?: FixCheck | undefined;
  /** Whether the effect of its last success has ended by itself, as that of a tunnel that died: then its cool-down does not count. */
  readonly hasLapsed?: (() => boolean) | undefined;
  /** Runs the fix, its probes included. Never rejects. */
  run(request: FixRequest): Promise<FixReport>;
}

/** Whether a fix is needed, as its probe says. */
export interface FixCheck {
  /** Whether the probe failed, so that the fix should run. */
  readonly needed: boolean;
  /** What the probe found, in one redacted line. */
  readonly reason: string;
  /** When the probe ended, in ms on the healer's monotonic clock. */
  readonly at: number;
}

/** What a fix can do at the upstream of a proxy. */
export interface UpstreamControl {
  /** Calls a tool of the same upstream, outside any run, and resolves with its result. */
  callTool?(name: string, args: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<unknown>;
  /** Restarts a stdio upstream with these variables in its environment. */
  restartWithEnv?(variables: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void>;
  /** Restarts a stdio upstream with these variables in its environment, and these arguments in place of its own. */
  restartWith?(
    changes: { readonly env: Readonly<Record<string, string>>; readonly args: readonly string[] },
    signal: AbortSignal,
  ): Promise<void>;
  /**
   * Restarts a stdio upstream if no call is open there, and if it was not restarted in this way a short while ago. Resolves with
   * whether it was restarted.
   */
  restartIfIdle?(signal: AbortSignal): Promise<boolean>;
  /** Adds a header to every later request to an HTTP upstream. */
  setHeader?(name: string, value: string): void;
}

/**
 * A fix written by the embedding program. It resolves when it has finished; it fails if it resolves with `false` or rejects.
 */
export type FixFunction = (request: FixRequest) => unknown;
