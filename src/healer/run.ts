import type { AttemptInput, AttemptResult } from '../../machines/services.ts';
import type { Clock } from '../model/clock.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { AttemptOutcome, Refusal, RunOptions, RunReport, Task } from '../model/run.ts';
import type { ToolKind } from '../model/terms.ts';
import { Cancellation } from '../platform/cancellation.ts';
import { isLostToRestart } from '../policy/lost-to-restart.ts';
import { decideRepeat, type Replay } from '../policy/repeat.ts';
import type { RunTrace } from '../telemetry/port.ts';

/** What one call brings to its run. */
export interface Call<T> {
  readonly runId: string;
  readonly tool: string;
  readonly task: Task<T>;
  readonly options: RunOptions;
  readonly kind: ToolKind;
  readonly replay: Replay;
  /** Names what the tool depends on: tools with equal upstreams share a breaker and a retry budget. */
  readonly upstream: string;
  /** When the first attempt began, on the monotonic clock. */
  readonly startedAt: number;
  readonly deadlineMs: number;
  /** The outcome of the first attempt, if it was made before the run's actor started. */
  readonly first: AttemptOutcome<T> | undefined;
  readonly firstDiagnosis: Diagnosis | undefined;
  /** Undefined if nothing is traced. */
  readonly trace?: RunTrace | undefined;
}

/** Why nothing more is done after the caller has cancelled. */
export const cancelled: Refusal = { code: 'CANCELLED', reason: 'cancelled by the caller' };

/**
 * Maximum number of calls of one run that may be lost to dying servers without counting as attempts: a server that is
 * restarted again and again is not taken for one that the call kills, and a call that does kill it is not made for ever.
 */
const maxLostCalls = 3;

/**
 * One run: its call, its one deadline, and the one signal that ends everything. What the chart decides on is in the
 * machine's context; the services get the run through their input.
 */
export class HealingRun<T> {
  readonly call: Call<T>;
  /** When the last attempt began, on the monotonic clock. */
  attemptStartedAt: number;
  /** Calls that were lost to a server that died, and that do not count as attempts. */
  lostCalls = 0;
  /** Whether this run is the trial run of an open breaker. */
  isTrial = false;
  /** The report, once the run has reached its end. */
  report: RunReport | undefined;
  /** What the caller gets if the machine breaks: it may break before its context has the last outcome. */
  lastOutcome: AttemptOutcome<T> | undefined;
  readonly #clock: Clock;
  /** Aborts when the caller cancels or the deadline has passed. */
  readonly cancellation = new Cancellation();
  readonly #timer: unknown = undefined;
  readonly #onCallerAbort: () => void;

  constructor(call: Call<T>, clock: Clock) {
    this.call = call;
    this.lastOutcome = call.first;
    this.attemptStartedAt = call.startedAt;
    this.#clock = clock;
    const caller = call.options.signal;
    this.#onCallerAbort = () => this.cancellation.abort(caller?.reason);
    if (caller?.aborted) this.#onCallerAbort();
    else caller?.addEventListener('abort', this.#onCallerAbort, { once: true });
    // The first attempt is never cut off: without healflow it would have had all the time it wanted.
    const onDeadline = (): void => {
      this.cancellation.abort(new DOMException(`the deadline of ${call.deadlineMs} ms has passed`, 'TimeoutError'));
    };
    if (this.remainingMs === 0) onDeadline();
    else this.#timer = clock.setTimeout(onDeadline, this.remainingMs);
  }

  get tool(): string {
    return this.call.tool;
  }

  get upstream(): string {
    return this.call.upstream;
  }

  get cancelled(): boolean {
    return this.call.options.signal?.aborted === true;
  }

  get remainingMs(): number {
    return Math.max(0, this.call.deadlineMs - this.durationMs);
  }

  get durationMs(): number {
    return this.#clock.monotonic() - this.call.startedAt;
  }

  /** Remembers the outcome of the last attempt, so that it is not lost if the machine breaks. */
  remember(outcome: AttemptOutcome<T>): AttemptOutcome<T> {
    this.lastOutcome = outcome;
    return outcome;
  }

  /** Whether a retry that was lost to a dying server is made again; counts it if so. */
  shouldRepeatLost(diagnosis: Diagnosis | null): boolean {
    const { kind, replay } = this.call;
    if (diagnosis === null || !isLostToRestart(diagnosis) || this.lostCalls >= maxLostCalls) return false;
    if (this.cancellation.aborted || !decideRepeat({ diagnosis, kind, replay, fixed: 'retry_backoff' }).allowed)
      return false;
    this.lostCalls += 1;
    return true;
  }

  /** After lost calls it is uncertain whether one of them took effect. */
  withUncertainDelivery(diagnosis: Diagnosis | null): Diagnosis | null {
    if (diagnosis === null || this.lostCalls === 0) return diagnosis;
    return { ...diagnosis, delivered: 'maybe', deliveredBecause: 'an earlier call was cut off when its server died' };
  }

  /** The result of an attempt that was cut off: the failure before it stays, but it may have taken effect. */
  abandoned({ settled, diagnosis }: Pick<AttemptInput, 'settled' | 'diagnosis'>): AttemptResult {
    if (settled === null) throw new Error('an attempt was abandoned before one had ended');
    const because = `attempt was cut off by ${this.cancelled ? 'the caller' : 'the deadline'}`;
    return {
      settled,
      diagnosis: diagnosis && { ...diagnosis, delivered: 'maybe', deliveredBecause: because },
      timeLeft: false,
    };
  }

  /** A run is never serialised: it holds the task and what the tool gave. */
  toJSON(): undefined {
    return undefined;
  }

  /** Clears the deadline's timer and removes the listener from the caller's signal. */
  end(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.call.options.signal?.removeEventListener('abort', this.#onCallerAbort);
  }
}
