import type { Clock } from '../../model/clock.ts';

/** Resolves once the signal aborts. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** Resolves with true when one of the promises does within the time, else with false; leaves no timer behind. */
export const within = async (clock: Clock, timeMs: number, promises: readonly Promise<unknown>[]): Promise<boolean> => {
  let timer: unknown;
  const late = new Promise<boolean>((resolve) => {
    timer = clock.setTimeout(() => resolve(false), timeMs);
  });
  try {
    return await Promise.race([late, ...promises.map((promise) => promise.then(() => true))]);
  } finally {
    clock.clearTimeout(timer);
  }
};

/** Waits for `work`, but no longer than the signal lets it; the work itself goes on. */
export const unlessAborted = async (work: Promise<void>, signal: AbortSignal): Promise<void> => {
  await Promise.race([work, aborted(signal)]);
  signal.throwIfAborted();
};
