import { HealError } from '../errors.ts';
import type { Clock } from '../model/clock.ts';
import type { AttemptContext, Settled, Task } from '../model/run.ts';
import { Cancellation, type Cancels, listen, signalOf, unlisten } from '../platform/cancellation.ts';

/** What one attempt of a tool gets. Its signal is made when it is first read: most tools never look. */
export class Attempt implements AttemptContext {
  readonly attempt: number;
  #cancels: Cancels | undefined;

  constructor(attempt: number, cancels: Cancels | undefined) {
    this.attempt = attempt;
    this.#cancels = cancels;
  }

  get signal(): AbortSignal {
    this.#cancels ??= new AbortController().signal;
    return signalOf(this.#cancels);
  }
}

/** How a call of the tool ended, before anyone has looked at what it returned. */
export type Ended<T> =
  | { readonly thrown: false; readonly value: T }
  | { readonly thrown: true; readonly error: unknown };

const call = async <T>(task: Task<T>, attempt: number, cancels: Cancels | undefined): Promise<Ended<T>> => {
  try {
    return { thrown: false, value: await task(new Attempt(attempt, cancels)) };
  } catch (error) {
    return { thrown: true, error };
  }
};

export interface AttemptLimits {
  /** What the tool gets as its signal. */
  readonly signal: Cancels | undefined;
  /** Ends the attempt at once: its own end, whenever it comes, is then dropped. */
  readonly cutOff?: Cancels | undefined;
  /** The longest that the attempt may take, in ms. */
  readonly timeoutMs?: number | undefined;
  readonly clock: Clock;
}

/**
 * Calls the tool once; a synchronous throw and a rejection are the same. Resolves with null where the attempt was cut
 * off; one that takes longer than `timeoutMs` ends with a HealError `ATTEMPT_TIMEOUT`.
 */
export const callOnce = async <T>(
  tool: string,
  task: Task<T>,
  attempt: number,
  { signal, cutOff, timeoutMs, clock }: AttemptLimits,
): Promise<Ended<T> | null> => {
  if (cutOff === undefined && timeoutMs === undefined) return call(task, attempt, signal);
  if (cutOff?.aborted) return null;
  const late = new Cancellation();
  let cut = (_: Ended<never> | null): void => {};
  const cutShort = new Promise<Ended<never> | null>((resolve) => {
    cut = resolve;
  });
  const onCutOff = (): void => cut(null);
  if (cutOff !== undefined) listen(cutOff, onCutOff);
  const timer =
    timeoutMs === undefined
      ? undefined
      : clock.setTimeout(() => {
          const error = new HealError('ATTEMPT_TIMEOUT', `${tool} timed out: no answer within ${timeoutMs} ms`);
          cut({ thrown: true, error });
          late.abort(error);
        }, timeoutMs);
  const both =
    signal === undefined || timeoutMs === undefined
      ? (signal ?? late)
      : AbortSignal.any([signalOf(signal), late.signal]);
  try {
    return await Promise.race([call(task, attempt, both), cutShort]);
  } finally {
    if (cutOff !== undefined) unlisten(cutOff, onCutOff);
    if (timer !== undefined) clock.clearTimeout(timer);
  }
};

/** Joins an ended call and the verdict on it. */
export const settledAs = <T>(ended: Ended<T>, failure: boolean): Settled<T> => {
  if (ended.thrown) return { ok: false, thrown: true, error: ended.error };
  return failure ? { ok: false, thrown: false, value: ended.value } : { ok: true, value: ended.value };
};
