import type { Clock } from '../model/clock.ts';
import { Cancellation, type CancelSource, listen, unlisten } from './cancellation.ts';

/** A cancellation that aborts at a time limit, or when an outer one aborts. */
export interface TimeLimit {
  readonly cancellation: Cancellation;
  /** Lets go of the timer and of the outer signal. */
  release(): void;
}

/** Starts a time limit on the clock; the reason is a `TimeoutError` if the time ran out. */
export const startTimeLimit = (clock: Clock, limitMs: number, outer: CancelSource): TimeLimit => {
  const cancellation = new Cancellation();
  const onAbort = (): void => cancellation.abort(outer.reason);
  if (outer.aborted) onAbort();
  else listen(outer, onAbort);
  const timer = clock.setTimeout(
    () => cancellation.abort(new DOMException(`not done within ${limitMs} ms`, 'TimeoutError')),
    limitMs,
  );
  return {
    cancellation,
    release: () => {
      clock.clearTimeout(timer);
      unlisten(outer, onAbort);
    },
  };
};

/** Whether it aborted because time ran out, rather than because the caller gave up. */
export const isTimeout = ({ aborted, reason }: CancelSource): boolean =>
  aborted && reason instanceof Error && reason.name === 'TimeoutError';
