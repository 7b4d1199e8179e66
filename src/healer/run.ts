import type { AttemptInput, AttemptResult } from '../../machines/services.ts';
import type { Clock } from '../model/clock.ts';
import type { Deferral } from '../model/deferral.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { AttemptOutcome, Refusal, RunOptions, RunReport, Task } from '../model/run.ts';
import type { FixName, ToolKind } from '../model/terms.ts';
import { Cancellation } from '../platform/cancellation.ts';
import { stricterKind } from '../policy/kind.ts';
import { decideRepeat, isProvenHarmless, type RepeatDecision } from '../policy/repeat.ts';
import type { ToolRules } from '../policy/tool-rules.ts';
import type { RunTrace } from '../telemetry/port.ts';
import { kindNow } from './annotations.ts';
import type { FirstAttempt } from './healer.ts';

/** What one call brings to its run. */
export interface Call<T> {
  readonly runId: string;
  readonly tool: string;
  readonly task: Task<T>;
  readonly options: RunOptions;
  readonly rules: ToolRules;
  /** The kind of the tool when the run began. */
  readonly kind: ToolKind;
  /** When the first attempt began, on the monotonic clock. */
  readonly startedAt: number;
  readonly deadlineMs: number;
  /** The outcome of the first attempt, if it was made before the run's actor started. */
  readonly first: AttemptOutcome<T> | undefined;
  readonly firstDiagnosis: Diagnosis | undefined;
  /** Number of calls that the first attempt made. */
  readonly firstCalls: number;
  /** When it began if that was in an earlier run, on the monotonic clock. */
  readonly failedAt?: number | undefined;
  /** How the user of the client is asked, if the client is asked by the response to the call. */
  readonly deferral?: Deferral | undefined;
  /** Undefined if nothing is traced. */
  readonly trace?: RunTrace | undefined;
}

/** The caller's options, and what healflow adds. */
export type InnerOptions = RunOptions & FirstAttempt & { readonly trace?: RunTrace | undefined };

/** How a call begins. */
export interface CallStart<T> {
  readonly kind: ToolKind;
  readonly startedAt: number;
  /** Undefined if the first attempt is made by the run. */
  readonly first: AttemptOutcome<T> | undefined;
  readonly firstDiagnosis?: Diagnosis | undefined;
}

/** Why nothing more is done after the caller has cancelled. */
export const cancelled: Refusal = { code: 'CANCELLED', reason: 'cancelled by the caller' };

/**
 * One run: its call, its one deadline, and the one signal that ends everything. What the chart decides on is in the
 * machine's context; the services get the run through their input.
 */
export class HealingRun<T> {
  readonly call: Call<T>;
  /** When the last attempt began, on the monotonic clock. */
  attemptStartedAt: number;
  /** The strictest kind that the tool has had since the first attempt: annotations that change during a run allow nothing. */
  kind: ToolKind;
  /** Whether this run is the trial run of an open breaker. */
  isTrial = false;
  /** The scope of that breaker. */
  trialOf: string | undefined;
  /** Whether a retry has failed because the tool's own client is closed for good. */
  isClientClosed = false;
  /** When the next retry may be made, on the monotonic clock: its place in the retry budget. */
  retryAt = Number.NEGATIVE_INFINITY;
  /** The report, once the run has reached its end. */
  report: RunReport | undefined;
  /** What the caller gets if the machine breaks: it may break before its context has the last outcome. */
  lastOutcome: AttemptOutcome<T> | undefined;
  /** What the failures so far were recognised as, if they may have taken effect. */
  readonly #uncertain: Diagnosis[] = [];
  readonly #clock: Clock;
  /** Aborts when the caller cancels or the deadline has passed. */
  readonly cancellation = new Cancellation();
  readonly #timer: unknown = undefined;
  readonly #onCallerAbort: () => void;

  constructor(call: Call<T>, clock: Clock) {
    this.call = call;
    this.kind = call.kind;
    this.lastOutcome = call.first;
    this.attemptStartedAt = call.failedAt ?? call.startedAt;
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
    return this.call.rules.upstream;
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

  /** Remembers an attempt: its outcome must not be lost if the machine breaks, and it may have taken effect. */
  remember(outcome: AttemptOutcome<T>, diagnosis: Diagnosis | null): void {
    this.lastOutcome = outcome;
    if (diagnosis !== null && !isProvenHarmless(diagnosis, 'destructive', null)) this.#uncertain.push(diagnosis);
  }

  /** Takes a closer diagnosis in the place of one of an attempt: what it says of the call's effect is the same. */
  replaceDiagnosis(diagnosis: Diagnosis, closer: Diagnosis): void {
    const at = this.#uncertain.indexOf(diagnosis);
    if (at !== -1) this.#uncertain[at] = closer;
  }

  /** Whether no attempt before the one of this failure may have taken effect. */
  isOnlyUncertain(diagnosis: Diagnosis): boolean {
    return this.#uncertain.every((each) => each === diagnosis);
  }

  /** Whether, by the strictest kind that the tool has had, every failed attempt so far certainly changed nothing. */
  get wasHarmless(): boolean {
    return this.#uncertain.every((diagnosis) => this.isHarmless(diagnosis));
  }

  /** Whether a failed attempt certainly changed nothing. */
  isHarmless(diagnosis: Diagnosis | null): boolean {
    return diagnosis !== null && isProvenHarmless(diagnosis, this.kind, this.call.rules.reports);
  }

  /** Reads the tool's annotations again: the server may have changed them since the last attempt. */
  async readKind(): Promise<ToolKind> {
    const { rules, options } = this.call;
    const now = await kindNow(rules, options.annotations, {
      clock: this.#clock,
      maxWaitMs: this.remainingMs / 2,
      last: this.kind,
      cancels: this.cancellation,
    });
    this.kind = stricterKind(this.kind, now);
    return this.kind;
  }

  /**
   * Decides whether the call may be repeated, by the strictest kind that the tool has had. That goes for the earlier attempts
   * too: each of them may have taken effect, and the kind may have changed since.
   */
  mayRepeat(diagnosis: Diagnosis, fixed: FixName | null): RepeatDecision {
    const { kind } = this;
    const { replay, reports } = this.call.rules;
    const decide = (each: Diagnosis): RepeatDecision => decideRepeat({ diagnosis: each, kind, replay, reports, fixed });
    const decision = decide(diagnosis);
    if (!decision.allowed) return decision;
    return this.#uncertain.map(decide).find(({ code }) => code === 'REPEAT_UNSAFE') ?? decision;
  }

  /** The result of an attempt that ended before the tool was called: the failure before it stays as it was. */
  uncalled({ settled, diagnosis }: Pick<AttemptInput, 'settled' | 'diagnosis'>): AttemptResult {
    if (settled === null) throw new Error('an attempt ended before one had been made');
    return { settled, diagnosis, isHarmless: this.wasHarmless, timeLeft: false };
  }

  /** The result of an attempt that was cut off: the failure before it stays, but it may have taken effect. */
  abandoned({ settled, diagnosis }: Pick<AttemptInput, 'settled' | 'diagnosis'>): AttemptResult {
    if (settled === null) throw new Error('an attempt was abandoned before one had ended');
    const because = `attempt was cut off by ${this.cancelled ? 'the caller' : 'the deadline'}`;
    const cutOff = diagnosis && { ...diagnosis, delivered: 'maybe' as const, deliveredBecause: because };
    return { settled, diagnosis: cutOff, isHarmless: this.isHarmless(cutOff), timeLeft: false };
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
