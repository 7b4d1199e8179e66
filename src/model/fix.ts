import type { Diagnosis } from './diagnosis.ts';
import type { FixName } from './words.ts';

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
}

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
}

/** One fix, configured and ready to run for one target. */
export interface Fix {
  readonly name: FixName;
  /** What it mends: runs with equal keys are the same fix, as in `host:kube_login:staging`. */
  readonly key: string;
  /** What it does, in one redacted line: the command, the folders, the wait. */
  readonly description: string;
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
