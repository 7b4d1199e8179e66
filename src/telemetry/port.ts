import type { Fix, FixReport } from '../model/fix.ts';
import type { RunOutcome, Task } from '../model/run.ts';

/** The W3C trace context as text, as it stands in headers and in a request's `_meta`. */
export interface TraceCarrier {
  readonly traceparent?: string;
  readonly tracestate?: string;
  readonly baggage?: string;
}

/** How a proxy is reached, and how it reaches its server: by pipes, or over TCP. */
export interface ProxyTransports {
  readonly client: 'pipe' | 'tcp';
  readonly server: 'pipe' | 'tcp';
}

/** What is told of a request for a tool, as a server has received it. */
export interface ReceivedCall {
  readonly tool: string;
  /** Its `_meta`; the trace context in it becomes the parent of everything that is done for it. */
  readonly meta: Readonly<Record<string, unknown>> | undefined;
  /** Its JSON-RPC id, as text. */
  readonly requestId?: string | undefined;
  readonly sessionId?: string | undefined;
  /** When it came, on the monotonic clock; now by default. */
  readonly startedAt?: number | undefined;
}

/** How a received request was answered. */
export interface CallEnd {
  /** Undefined if it went well at once. */
  readonly outcome?: RunOutcome<unknown> | undefined;
  /** Whether nobody waited for the answer any more. */
  readonly cancelled?: boolean | undefined;
}

/** The span of a request that a server has received. No method throws or changes what `work` gives. */
export interface CallTrace {
  /** Runs `work` so that spans begun in it are parts of this one. */
  within<T>(work: () => T): T;
  /** Only the first end counts. */
  end(end: CallEnd): void;
}

/** The span of a run, and those of its parts. No method throws or changes what the work gives. */
export interface RunTrace {
  within<T>(work: () => T): T;
  /** Makes every call of a task an attempt of this run. */
  task<T>(task: Task<T>): Task<T>;
  /** Adds an attempt that was made before the run began. */
  recordAttempt(ended: { readonly thrown: boolean; readonly value?: unknown; readonly error?: unknown }): void;
  fix(fix: Fix, work: () => Promise<FixReport>): Promise<FixReport>;
  /** @param outcome Undefined if healflow itself broke. */
  end(outcome: RunOutcome<unknown> | undefined): void;
}

/** Spans and metrics of what healflow does. Where there is none, nothing of it is loaded. */
export interface Telemetry {
  /** @param startedAt When the first attempt began, on the monotonic clock. */
  beginRun(tool: string, startedAt: number): RunTrace;
  beginCall(call: ReceivedCall): CallTrace;
  /** The trace context that is active here, for a request that is about to be sent. */
  inject(): TraceCarrier;
}
