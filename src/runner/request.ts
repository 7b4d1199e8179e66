import type { Deferral } from '../model/deferral.ts';
import type { Approve, FixLease, FixRequest } from '../model/fix.ts';
import type { Cancellation, CancelSource } from '../platform/cancellation.ts';

/** A request whose signal is made when it is first read. */
export class LazyRequest implements FixRequest {
  readonly runId: string;
  readonly tool: string;
  readonly args: FixRequest['args'];
  readonly diagnosis: FixRequest['diagnosis'];
  readonly attempt: number;
  readonly remainingMs: number;
  readonly failedAttemptStartedAt: number | undefined;
  readonly approve: Approve | undefined;
  /** When the probe of the fix has just failed, on the monotonic clock; it is not asked again at once. */
  readonly probeFailedAt?: number | undefined;
  /** How the user of the client is asked, if that takes another call; undefined if nothing may be asked so. */
  readonly deferral?: Deferral | undefined;
  /** Whether only an approval of the fleet counts, and nobody is asked. */
  readonly onlyIfGranted?: boolean | undefined;
  readonly lease: FixLease | undefined;
  readonly cancellation: Cancellation;

  constructor(
    of: Omit<FixRequest, 'signal'> & Partial<Pick<LazyRequest, 'probeFailedAt' | 'deferral' | 'onlyIfGranted'>>,
    cancellation: Cancellation,
    remainingMs = of.remainingMs,
    lease = of.lease,
  ) {
    this.runId = of.runId;
    this.tool = of.tool;
    this.args = of.args;
    this.diagnosis = of.diagnosis;
    this.attempt = of.attempt;
    this.remainingMs = remainingMs;
    this.failedAttemptStartedAt = of.failedAttemptStartedAt;
    this.approve = of.approve;
    this.probeFailedAt = of.probeFailedAt;
    this.deferral = of.deferral;
    this.onlyIfGranted = of.onlyIfGranted;
    this.lease = lease;
    this.cancellation = cancellation;
  }

  get signal(): AbortSignal {
    return this.cancellation.signal;
  }
}

/** What cancels the work. */
export const cancelsOf = (request: FixRequest): CancelSource =>
  request instanceof LazyRequest ? request.cancellation : request.signal;

/** How the user of a client is asked by the response to the call. */
export const deferralOf = (request: FixRequest): Deferral | undefined =>
  request instanceof LazyRequest ? request.deferral : undefined;

/** The same as a plain object, for code that is not ours: it may spread it. */
export const plainRequest = (request: FixRequest): FixRequest => {
  if (!(request instanceof LazyRequest)) return request;
  const { cancellation, runId, tool, args, diagnosis, attempt, remainingMs, failedAttemptStartedAt, approve, lease } =
    request;
  return {
    runId,
    tool,
    args,
    diagnosis,
    attempt,
    get signal() {
      return cancellation.signal;
    },
    remainingMs,
    failedAttemptStartedAt,
    approve,
    lease,
  };
};
