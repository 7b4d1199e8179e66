import type { Clock } from '../model/clock.ts';

/** One signal that aborts when the time is up, or when an outer signal does. */
export interface TimeLimit {
  readonly signal: AbortSignal;
  /** In ms. */
  readonly limitMs: number;
  /** Lets go of the timer and of the outer signal. */
  release(): void;
}

/** Starts a time limit on the clock; its signal's reason is a `TimeoutError` where the time ran out. */
export const startTimeLimit = (clock: Clock, limitMs: number, outer: AbortSignal): TimeLimit => {
  const control = new AbortController();
  const onAbort = (): void => control.abort(outer.reason);
  if (outer.aborted) onAbort();
  else outer.addEventListener('abort', onAbort, { once: true });
  const timer = clock.setTimeout(
    () => control.abort(new DOMException(`not done within ${limitMs} ms`, 'TimeoutError')),
    limitMs,
  );
  return {
    signal: control.signal,
    limitMs,
    release: () => {
      clock.clearTimeout(timer);
      outer.removeEventListener('abort', onAbort);
    },
  };
};

/** Tells whether a signal aborted because time ran out, rather than because the caller gave up. */
export const ranOutOfTime = (signal: AbortSignal): boolean =>
  signal.aborted && signal.reason instanceof Error && signal.reason.name === 'TimeoutError';
