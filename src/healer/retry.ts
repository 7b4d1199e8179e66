import { backoffMs } from '../../fixes/retry-backoff.ts';
import type { AttemptInput, AttemptResult } from '../../machines/services.ts';
import type { Limits } from '../limits/limits.ts';
import type { Clock, Random } from '../model/clock.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { FixReport } from '../model/fix.ts';
import type { Refusal } from '../model/refusal.ts';
import { Cancellation, listen, unlisten } from '../platform/cancellation.ts';
import { sleep } from '../platform/wait.ts';
import { isDelayFix } from '../policy/delay-fixes.ts';
import { isLostToRestart } from '../policy/lost-to-restart.ts';
import { countsEachTry, isOutage, isWaitedFor, spreadPauseMs } from '../policy/outage.ts';
import { type Scope, scopeOf } from '../policy/scope.ts';
import { durationText } from '../text/duration.ts';
import type { CallCount } from './attempt.ts';
import type { HealingRun } from './run.ts';
import type { Turns } from './turns.ts';

/** The pauses between two tries to reach a service. */
export type Pauses = Parameters<typeof backoffMs>[1];

export interface RetryParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: Limits;
  readonly turns: Turns;
  /** Null if the configuration switches back-off off: then nothing is tried again within an attempt. */
  readonly pauses: Pauses | null;
}

/** How an attempt ended, as the next one sees it. */
type Last = Pick<AttemptInput, 'settled' | 'diagnosis'>;

/** One attempt, which may be made of several tries. */
export interface AttemptCalls {
  /** Calls the tool once. @param replacesLast Whether it takes the place of the last call, which is not counted then. */
  readonly callTool: (last: Last, replacesLast?: boolean) => Promise<AttemptResult>;
  /** The calls of this attempt so far, with those that the transport has sent again. */
  readonly calls: CallCount;
}

type Failure = AttemptResult & { readonly diagnosis: Diagnosis };

/** Why no other try follows; without a refusal, the time has run out or the caller has cancelled. */
interface RetryEnd {
  readonly refusal?: Refusal;
}

/** How long a rate limit that names no time holds the calls that wait for their turn, in ms. */
const defaultHoldMs = 1_000;

/** The share of a wait that the service asked for which may be added to it, at random, and the most of it in ms. */
const jitter = { share: 0.1, maxMs: 500 } as const;

/** Whether a call waits for a rate limit: such calls have a queue of their own, whose pace the limit decides. */
const isLimit = (diagnosis: Diagnosis | null): boolean => diagnosis?.class === 'rate';

const tooLate = ({ text }: Scope): Refusal => ({
  code: 'RETRY_BUDGET_SPENT',
  reason: `too many calls wait for ${text}: the turn of this one would come after the deadline`,
});

/**
 * Makes a retry. One after a wait takes its turn first, and tries again while the service cannot be reached. A server that the
 * proxy has started again is left to the proxy.
 */
export const makeRetry = (
  run: HealingRun<unknown>,
  input: AttemptInput,
  attempt: AttemptCalls,
  parts: RetryParts,
): Promise<AttemptResult> => {
  const { diagnosis, lastFix } = input;
  const { callTool } = attempt;
  if (diagnosis === null || lastFix === null || isLostToRestart(diagnosis)) return callTool(input);
  if (isDelayFix(lastFix.fix)) return new PatientRetry(run, input, lastFix, attempt, parts).make();
  // All that waited for a repair of the network would return at one instant.
  return isOutage(diagnosis) ? retryInTurn(run, input, attempt, parts) : callTool(input);
};

const retryInTurn = async (
  run: HealingRun<unknown>,
  input: AttemptInput,
  { callTool }: AttemptCalls,
  { turns }: RetryParts,
): Promise<AttemptResult> => {
  await turns.take(scopeOf(run, input.diagnosis?.grade ?? 'proof').key, run.cancellation);
  return callTool(input);
};

/**
 * A retry after a wait. While the service cannot be reached, the call is made again until the patience ends. That is one attempt,
 * since only its last try can have reached anything; but if that is no more than the word of a tool that may change things, each
 * try is an attempt.
 */
class PatientRetry {
  readonly #run: HealingRun<unknown>;
  readonly #attempt: number;
  readonly #lastFix: FixReport;
  readonly #callTool: AttemptCalls['callTool'];
  readonly #calls: CallCount;
  readonly #parts: RetryParts;
  /** When the wait began, on the monotonic clock. */
  readonly #beganAt: number;
  /** Since when the service has not been reached; undefined if it was. */
  #awaySince: number | undefined;
  #last: AttemptResult;
  #triedAt: number;
  #tries = 0;
  /** Whether a pause was cut short by the success of another call. */
  #wasWoken = false;
  /** Aborts when nothing is waited for any more: the caller has cancelled, time has run out, or the breaker has opened. */
  readonly #leave = new Cancellation();

  constructor(
    run: HealingRun<unknown>,
    { attempt, settled, diagnosis }: AttemptInput,
    lastFix: FixReport,
    { callTool, calls }: AttemptCalls,
    parts: RetryParts,
  ) {
    if (settled === null) throw new Error('a retry was made before an attempt had ended');
    this.#run = run;
    this.#attempt = attempt;
    this.#lastFix = lastFix;
    this.#callTool = callTool;
    this.#calls = calls;
    this.#parts = parts;
    this.#last = { settled, diagnosis, isHarmless: run.isHarmless(diagnosis), timeLeft: true, calls: 0 };
    this.#beganAt = parts.clock.monotonic() - lastFix.durationMs;
    this.#triedAt = this.#beganAt;
    // A wait that the service asked for is no part of the patience.
    const since = lastFix.fix === 'wait_retry' ? parts.clock.monotonic() : this.#beganAt;
    this.#awaySince = diagnosis !== null && isWaitedFor(diagnosis, run.kind) ? since : undefined;
  }

  async make(): Promise<AttemptResult> {
    const { clock, limits } = this.#parts;
    const { cancellation } = this.#run;
    const onAbort = (): void => this.#leave.abort(undefined);
    listen(cancellation, onAbort);
    if (cancellation.aborted) onAbort();
    const forget = limits.onOpened(this.#scope, clock.monotonic(), () => this.#giveUp());
    try {
      return await this.#makeTries();
    } finally {
      forget();
      unlisten(cancellation, onAbort);
    }
  }

  async #makeTries(): Promise<AttemptResult> {
    let stop = (await this.#spread()) ? await this.#awaitTurn() : this.#left;
    while (stop === null) {
      await this.#try();
      const failure = this.#failure;
      if (failure === undefined) return this.#reached();
      stop = await this.#pause(failure);
    }
    return this.#stopped(stop);
  }

  /** What the last failure concerns. */
  get #scope(): Scope {
    return scopeOf(this.#run, this.#last.diagnosis?.grade ?? 'proof');
  }

  /** The queue in which it waits for its turn. */
  get #queue(): string {
    const { key } = this.#scope;
    return isLimit(this.#last.diagnosis) ? `${key}, limited` : key;
  }

  /** Ends the wait, unless another call has reached the upstream since: then this one may expect to reach it too. */
  #giveUp(): void {
    const isAway = this.#awaySince !== undefined;
    if (isAway && !this.#parts.turns.wasReachedSince(this.#scope.key, this.#triedAt)) this.#leave.abort(undefined);
  }

  /** Why the wait has ended early. */
  get #left(): RetryEnd {
    const { clock, limits } = this.#parts;
    const { diagnosis } = this.#last;
    if (this.#run.cancellation.aborted || diagnosis === null) return {};
    return { refusal: limits.refuseHealing(this.#run, diagnosis, clock.monotonic()) ?? this.#exhausted };
  }

  async #try(): Promise<void> {
    const { clock, turns } = this.#parts;
    this.#tries += 1;
    this.#triedAt = clock.monotonic();
    const last = await this.#callTool(this.#last, this.#tries > 1 && !this.#counts(this.#last));
    const { settled, diagnosis } = last;
    const { key } = this.#scope;
    const queue = this.#queue;
    if (settled.ok) for (const one of new Set([key, queue])) turns.recordSuccess(one);
    else if (diagnosis !== null && this.#isWaitedFor(diagnosis)) this.#awaySince ??= this.#triedAt;
    else turns.recordReached(key);
    if (!settled.ok && isLimit(diagnosis) && queue !== key)
      turns.recordLimit(queue, this.#triedAt, diagnosis?.retryAfterMs ?? defaultHoldMs);
    this.#last = last;
  }

  /** The last failure if the call may be made again within this attempt: the service was not reached. */
  get #failure(): Failure | undefined {
    const { settled, diagnosis, timeLeft } = this.#last;
    if (settled.ok || diagnosis === null || !timeLeft || this.#patienceMs === null) return undefined;
    if (this.#counts(this.#last) && this.#calls.left <= 0) return undefined;
    return this.#isWaitedFor(diagnosis) && this.#run.isHarmless(diagnosis) ? { ...this.#last, diagnosis } : undefined;
  }

  #isWaitedFor(diagnosis: Diagnosis): boolean {
    return isWaitedFor(diagnosis, this.#run.kind);
  }

  #counts({ diagnosis }: AttemptResult): boolean {
    return diagnosis !== null && countsEachTry(diagnosis, this.#run.kind);
  }

  /**
   * Waits before the first try if only a few may be made to a service that is away, and a little if the service has told all callers
   * the same time; false if time has run out.
   */
  async #spread(): Promise<boolean> {
    const { clock, random, turns } = this.#parts;
    const { diagnosis } = this.#last;
    if (this.#lastFix.fix === 'wait_retry') {
      turns.expectLimit(this.#queue);
      const mostMs = Math.min(this.#lastFix.durationMs * jitter.share, jitter.maxMs, this.#run.remainingMs / 2);
      return mostMs === 0 || sleep(clock, random() * mostMs, this.#leave);
    }
    const isAway = this.#awaySince !== undefined && diagnosis !== null && isOutage(diagnosis);
    if (!isAway || this.#patienceMs === null || !this.#counts(this.#last)) return true;
    const leftMs = Math.max(0, this.#patienceEnd - clock.monotonic());
    return sleep(clock, spreadPauseMs(leftMs, this.#calls.left, true, random()), this.#leave);
  }

  /** Null if nothing is tried again within an attempt. */
  get #patienceMs(): number | null {
    const { pauses, limits } = this.#parts;
    return pauses === null ? null : limits.patienceMs(this.#run);
  }

  /** When the patience ends, on the monotonic clock. */
  get #patienceEnd(): number {
    const patienceMs = this.#patienceMs;
    return patienceMs === null || this.#awaySince === undefined
      ? Number.POSITIVE_INFINITY
      : this.#awaySince + patienceMs;
  }

  /** Waits before the next try; resolves with the reason if there is none. */
  async #pause({ diagnosis }: Failure): Promise<RetryEnd | null> {
    const { clock, random, limits, pauses } = this.#parts;
    const run = this.#run;
    const leftMs = this.#patienceEnd - clock.monotonic();
    // A slow try that may have reached the service may outlast the patience.
    if (pauses === null || (leftMs <= 0 && isOutage(diagnosis))) return { refusal: this.#exhausted };
    const pauseMs =
      this.#counts(this.#last) && leftMs > 0
        ? spreadPauseMs(leftMs, this.#calls.left, false, random())
        : this.#backoffMs(pauses, leftMs);
    if (!(await this.#sleep(pauseMs))) return this.#left;
    const refusal = limits.refuseHealing(run, diagnosis, clock.monotonic());
    if (refusal !== null) return { refusal };
    const stop = await this.#awaitTurn();
    if (stop !== null) return stop;
    // The server that is back may be another one.
    await run.readKind();
    const mayRepeat = run.mayRepeat(diagnosis, 'retry_backoff');
    if (!mayRepeat.allowed) return { refusal: { code: mayRepeat.code, reason: mayRepeat.reason } };
    return run.cancellation.aborted ? {} : null;
  }

  /** Sleeps until the pause ends, or another call has reached the service: once, as that one may have gone elsewhere. */
  async #sleep(pauseMs: number): Promise<boolean> {
    const { clock, turns } = this.#parts;
    if (this.#leave.aborted || this.#wasWoken || this.#counts(this.#last)) return sleep(clock, pauseMs, this.#leave);
    const end = new Cancellation();
    const onLeave = (): void => end.abort(undefined);
    listen(this.#leave, onLeave);
    const forget = turns.onSuccess(this.#scope.key, () => {
      this.#wasWoken = true;
      end.abort(undefined);
    });
    await sleep(clock, pauseMs, end);
    forget();
    unlisten(this.#leave, onLeave);
    return !this.#leave.aborted;
  }

  #backoffMs(pauses: Pauses, leftMs: number): number {
    const pauseMs = backoffMs(this.#parts.random, pauses, this.#attempt + this.#tries - 2);
    return leftMs > 0 ? Math.min(leftMs, pauseMs) : pauseMs;
  }

  /** Waits for the turn of this call among all that wait for the upstream. */
  async #awaitTurn(): Promise<RetryEnd | null> {
    const { clock, turns } = this.#parts;
    const { retryAt } = this.#run;
    const scope = this.#scope;
    const queueMs = retryAt - clock.monotonic();
    if (queueMs > 0) {
      if (!(await sleep(clock, queueMs, this.#leave))) return this.#left;
      // The budget limits healflow's own retries: a wait for it says nothing of the service.
      if (this.#awaySince !== undefined) this.#awaySince += queueMs;
    }
    const { remainingMs } = this.#run;
    if (turns.expectedMs(this.#queue) > remainingMs) return { refusal: tooLate(scope) };
    const patienceMs = this.#patienceEnd - clock.monotonic();
    const timer =
      patienceMs < remainingMs ? clock.setTimeout(() => this.#giveUp(), Math.max(0, patienceMs)) : undefined;
    const isTurn = await turns.take(this.#queue, this.#leave);
    if (timer !== undefined) clock.clearTimeout(timer);
    return isTurn ? null : this.#left;
  }

  get #exhausted(): Refusal {
    const { text } = this.#scope;
    const awayMs = this.#parts.clock.monotonic() - (this.#awaySince ?? this.#beganAt);
    return {
      code: 'PATIENCE_EXHAUSTED',
      reason: this.#run.isTrial
        ? `${text} still cannot be reached`
        : `${text} could not be reached for ${durationText(awayMs)} (outagePatienceMs)`,
    };
  }

  /** The result of the last try, which nothing follows in this attempt. */
  #reached(): AttemptResult {
    const durationMs = Math.round(this.#triedAt - this.#beganAt);
    const turnMs = durationMs - Math.round(this.#lastFix.durationMs);
    const reason =
      this.#tries > 1
        ? `waited ${durationText(durationMs)} for the server (${this.#tries} tries)`
        : `${this.#lastFix.reason}; ${durationText(turnMs)} more for its turn`;
    if (this.#tries === 1 && turnMs < 1) return this.#last;
    return { ...this.#last, kind: this.#run.kind, wait: { ...this.#lastFix, reason, durationMs } };
  }

  /** The last failure, and why no other try follows. */
  #stopped({ refusal }: RetryEnd): AttemptResult {
    const { kind, wasHarmless: isHarmless } = this.#run;
    const failure = { ...this.#last, kind, isHarmless };
    if (refusal === undefined) return { ...failure, timeLeft: false };
    const durationMs = Math.round(this.#parts.clock.monotonic() - this.#beganAt);
    return { ...failure, refusal, wait: { ...this.#lastFix, status: 'failed', reason: refusal.reason, durationMs } };
  }
}
