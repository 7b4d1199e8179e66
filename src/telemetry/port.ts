import type { Fix, FixReport } from '../model/fix.ts';
import type { RunOutcome, Task } from '../model/run.ts';

/** The W3C trace context as text, as in headers and in a request's `_meta`. */
export interface TraceCarrier {
  readonly traceparent?: string;
  readonly tracestate?: string;
  readonly baggage?: string;
}

/** The transports of a proxy to its client and its server: pipes or TCP. */
export interface ProxyTransports {
  readonly client: 'pipe' | 'tcp';
  readonly server: 'pipe' | 'tcp';
}

/** A received tool call. */
export interface ReceivedCall {
  readonly tool: string;
  /** Its `_meta`; the trace context in it is the parent of all spans of the call. */
  readonly meta: Readonly<Record<string, unknown>> | undefined;
  /** Its JSON-RPC id as a string. */
  readonly requestId?: string | undefined;
  readonly sessionId?: string | undefined;
  /** When it was received, on the monotonic clock. @default now */
  readonly startedAt?: number | undefined;
}

/** The response to a received tool call. */
export interface CallEnd {
  /** Undefined if the first attempt succeeded. */
  readonly outcome?: RunOutcome<unknown> | undefined;
  /** Whether the caller no longer waits for the response. */
  readonly cancelled?: boolean | undefined;
}

/** The span of a received tool call. No method throws or changes the result of `work`. */
export interface CallTrace {
  /** Runs `work` with this span as the parent of spans started in it. */
  within<T>(work: () => T): T;
  /** Only the first end counts. */
  end(end: CallEnd): void;
}

/** The spans of a run and its parts. No method throws or changes the result of the work. */
export interface RunTrace {
  within<T>(work: () => T): T;
  /** Wraps a task so that each call is recorded as an attempt of this run. */
  task<T>(task: Task<T>): Task<T>;
  /** Adds an attempt from before the start of the run. */
  recordAttempt(ended: { readonly thrown: boolean; readonly value?: unknown; readonly error?: unknown }): void;
  fix(fix: Fix, work: () => Promise<FixReport>): Promise<FixReport>;
  /** @param outcome Undefined if healflow itself failed. */
  end(outcome: RunOutcome<unknown> | undefined): void;
}

/** How the wait for a lease of the fleet ended: it was taken, another process held it, or the database was lost. */
export type TakeResult = 'taken' | 'held' | 'lost';

/** The metrics of a process and its fleet. No method throws. */
export interface FleetMeter {
  /** The database has responded, if with an error, or could not be reached. */
  reached(isReachable: boolean): void;
  /**
   * A wait for the lease of a fix has ended.
   *
   * @param key - The fix, as in `host:vpn_connect:default`.
   * @param startedAt - When it began, on the monotonic clock.
   */
  took(key: string, startedAt: number, result: TakeResult): void;
  /** A fix was shared on this machine only, or refused, because the database was lost. */
  fellBack(key: string, whenLost: 'machine' | 'refuse'): void;
  /** @param read - Returns the age of the oldest event that has not been copied, in seconds; undefined if it is not known. */
  observeLag(read: () => number | undefined): void;
  /** Ends what is observed. */
  close(): void;
}

/** healflow's spans and metrics. OpenTelemetry is only loaded if they are enabled. */
export interface Telemetry {
  /** @param startedAt When the first attempt began, on the monotonic clock. */
  beginRun(tool: string, startedAt: number): RunTrace;
  beginCall(call: ReceivedCall): CallTrace;
  /** Returns the active trace context, for an outgoing request. */
  inject(): TraceCarrier;
  /** Makes the metrics of a fleet. */
  measureFleet(): Promise<FleetMeter>;
}
