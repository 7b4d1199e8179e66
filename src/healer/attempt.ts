import { HealError } from '../errors.ts';
import type { Clock } from '../model/clock.ts';
import { markProof } from '../model/proof.ts';
import type { AttemptOutcome, RawOutcome, Task, TransportAttempt } from '../model/run.ts';
import { Cancellation, type CancelSource, listen, signalOf, unlisten } from '../platform/cancellation.ts';

/** Counts the calls of one attempt: more than one if it is made of several tries, or if the transport sends a call again. */
export class CallCount {
  /** Maximum number of calls. */
  readonly max: number;
  made: number;

  constructor(max: number, made = 0) {
    this.max = max;
    this.made = made;
  }

  /** The number of calls that may still be made. */
  get left(): number {
    return this.max - this.made;
  }

  /** Counts another call; false if it may not be made. */
  take(): boolean {
    if (this.left <= 0) return false;
    this.made += 1;
    return true;
  }
}

/** What one attempt of a tool gets. Its signal is made when it is first read: most tools never look. */
export class Attempt implements TransportAttempt {
  readonly attempt: number;
  readonly #calls: CallCount | undefined;
  readonly #cancels: CancelSource | undefined;
  #signal: AbortSignal | undefined;

  constructor(attempt: number, cancels: CancelSource | undefined, calls?: CallCount) {
    this.attempt = attempt;
    this.#cancels = cancels;
    this.#calls = calls;
  }

  takeCall(): boolean {
    return this.#calls?.take() ?? false;
  }

  get signal(): AbortSignal {
    if (this.#signal === undefined) {
      const whole = signalOf(this.#cancels ?? new Cancellation());
      // A retry has its own: what a tool leaves on it, as `fetch` does until it is collected, must not add up over the tries of a run.
      this.#signal = this.attempt === 1 ? whole : AbortSignal.any([whole]);
    }
    return this.#signal;
  }
}

const call = async <T>(task: Task<T>, attempt: Attempt): Promise<RawOutcome<T>> => {
  try {
    return { thrown: false, value: await task(attempt) };
  } catch (error) {
    return { thrown: true, error };
  }
};

export interface AttemptLimits {
  /** What the tool gets as its signal. */
  readonly signal: CancelSource | undefined;
  /** Ends the attempt at once: a later outcome is dropped. */
  readonly abortSignal?: CancelSource | undefined;
  /** Maximum duration of the attempt, in ms. */
  readonly timeoutMs?: number | undefined;
  readonly clock: Clock;
  /** Counts the calls of the attempt. */
  readonly calls?: CallCount | undefined;
}

/**
 * Calls the tool once; a synchronous throw and a rejection are the same. Resolves with null if the attempt was
 * aborted; one that takes longer than `timeoutMs` ends with a HealError `ATTEMPT_TIMEOUT`.
 */
export const callOnce = async <T>(
  tool: string,
  task: Task<T>,
  attempt: number,
  { signal, abortSignal, timeoutMs, clock, calls }: AttemptLimits,
): Promise<RawOutcome<T> | null> => {
  if (abortSignal === undefined && timeoutMs === undefined) return call(task, new Attempt(attempt, signal, calls));
  if (abortSignal?.aborted) return null;
  const late = new Cancellation();
  let cut = (_: RawOutcome<never> | null): void => {};
  const cutShort = new Promise<RawOutcome<never> | null>((resolve) => {
    cut = resolve;
  });
  const onAbort = (): void => cut(null);
  if (abortSignal !== undefined) listen(abortSignal, onAbort);
  const timer =
    timeoutMs === undefined
      ? undefined
      : clock.setTimeout(() => {
          const error = new HealError('ATTEMPT_TIMEOUT', `${tool} timed out: no answer within ${timeoutMs} ms`);
          cut({ thrown: true, error: markProof(error) });
          late.abort(error);
        }, timeoutMs);
  const both =
    signal === undefined || timeoutMs === undefined
      ? (signal ?? late)
      : AbortSignal.any([signalOf(signal), late.signal]);
  try {
    return await Promise.race([call(task, new Attempt(attempt, both, calls)), cutShort]);
  } finally {
    if (abortSignal !== undefined) unlisten(abortSignal, onAbort);
    if (timer !== undefined) clock.clearTimeout(timer);
  }
};

/** Judges a raw outcome. @param failure Whether a returned value is a failure. */
export const toOutcome = <T>(raw: RawOutcome<T>, failure: boolean): AttemptOutcome<T> => {
  if (raw.thrown) return { ok: false, thrown: true, error: raw.error };
  return failure ? { ok: false, thrown: false, value: raw.value } : { ok: true, value: raw.value };
};
