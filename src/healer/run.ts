import type { AttemptResult } from '../../machines/services.ts';
import type { Clock } from '../model/clock.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { Refusal, RunOptions, RunReport, Settled, Task } from '../model/run.ts';
import type { FixName, ToolKind } from '../model/words.ts';
import { Cancellation } from '../platform/cancellation.ts';
import { decideRepeat, type Replay } from '../policy/repeat.ts';
import { isReplaced } from '../policy/replaced.ts';
import type { RunTrace } from '../telemetry/port.ts';

/** What one call brings to its run. */
export interface Call<T> {
  readonly runId: string;
  readonly tool: string;
  readonly task: Task<T>;
  readonly options: RunOptions;
  readonly kind: ToolKind;
  readonly replay: Replay;
  /** The name of what the tool depends on: tools with equal upstreams share a breaker and a retry budget. */
  readonly upstream: string;
  /** When the first attempt began, on the monotonic clock. */
  readonly startedAt: number;
  readonly deadlineMs: number;
  /** The settled first attempt, where it was made before the run's actor started. */
  readonly first: Settled<T> | undefined;
  readonly firstDiagnosis: Diagnosis | undefined;
  /** Undefined where nothing is traced. */
  readonly trace?: RunTrace | undefined;
}

/** Why nothing more is done for a caller who has gone. */
export const cancelled: Refusal = { code: 'CANCELLED', reason: 'the caller has given up' };

/**
 * So many calls of one run may be lost to servers that die without counting as attempts: whoever restarts a server again
 * and again is not taken for a call that kills it, and a call that does kill it is not made for ever.
 */
const mostLostCalls = 3;

/** One run in the making: the call, its one deadline, and the one signal that ends everything. */
export class Run<T> {
  readonly call: Call<T>;
  /** When the last attempt began, on the monotonic clock. */
  attemptStartedAt: number;
  /** Fixes that this run has used up: each mends at most once a run, waits excepted. */
  readonly usedFixes = new Set<FixName>();
  /** Calls that were lost to a server that died, and that count for no attempt. */
  lostCalls = 0;
  /** Whether this run is the one that tries out of an open breaker. */
  trial = false;
  /** The report, once the run has reached its end. */
  report: RunReport | undefined;
  #last: { readonly settled: Settled<T>; readonly diagnosis: Diagnosis | null } | undefined;
  readonly #clock: Clock;
  /** Aborts when the caller gives up or the deadline has passed. */
  readonly cancellation = new Cancellation();
  readonly #timer: unknown = undefined;
  readonly #onCallerAbort: () => void;

  constructor(call: Call<T>, clock: Clock) {
    this.call = call;
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

  get lastSettled(): Settled<T> | undefined {
    return this.#last?.settled ?? this.call.first;
  }

  /** Remembers how the last attempt ended, for the case that the next one is abandoned. */
  keep(settled: Settled<T>, diagnosis = this.call.firstDiagnosis ?? null): Settled<T> {
    this.#last = { settled, diagnosis };
    return settled;
  }

  /** Whether a retry that was lost to a dying server is made once more; notes that it is. */
  repeatsLost(diagnosis: Diagnosis | null): boolean {
    const { kind, replay } = this.call;
    if (diagnosis === null || !isReplaced(diagnosis) || this.lostCalls >= mostLostCalls) return false;
    if (this.cancellation.aborted || !decideRepeat({ diagnosis, kind, replay, fixed: 'retry_backoff' }).allowed)
      return false;
    this.lostCalls += 1;
    return true;
  }

  /** A failure of a call after lost ones leaves open whether one of these took effect. */
  doubting(diagnosis: Diagnosis | null): Diagnosis | null {
    if (diagnosis === null || this.lostCalls === 0) return diagnosis;
    return { ...diagnosis, delivered: 'maybe', deliveredBecause: 'an earlier call was cut off when its server died' };
  }

  /** What an attempt counts as that was cut off: the failure before it stays, but it may have taken effect. */
  abandoned(): AttemptResult {
    if (this.#last === undefined) throw new Error('an attempt was abandoned before one had ended');
    const { settled, diagnosis } = this.#last;
    const because = `attempt was cut off by ${this.cancelled ? 'the caller' : 'the deadline'}`;
    return {
      settled,
      diagnosis: diagnosis && { ...diagnosis, delivered: 'maybe', deliveredBecause: because },
      timeLeft: false,
    };
  }

  /** Lets go of the deadline's timer and of the caller's signal. */
  end(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.call.options.signal?.removeEventListener('abort', this.#onCallerAbort);
  }
}
