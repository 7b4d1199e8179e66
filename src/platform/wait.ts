import type { Clock } from '../model/clock.ts';
import { type CancelSource, listen, unlisten } from './cancellation.ts';

/**
 * Waits on the clock. Resolves with true if the whole time has passed, with false if it was cancelled. Leaves neither a
 * timer nor a listener behind.
 */
export const sleep = (clock: Clock, delayMs: number, cancels?: CancelSource): Promise<boolean> =>
  new Promise((resolve) => {
    if (cancels?.aborted) return resolve(false);
    const timer = clock.setTimeout(() => {
      if (cancels !== undefined) unlisten(cancels, onAbort);
      resolve(true);
    }, delayMs);
    const onAbort = (): void => {
      clock.clearTimeout(timer);
      resolve(false);
    };
    if (cancels !== undefined) listen(cancels, onAbort);
  });

/** Settles like the work, or rejects with the reason as soon as it is cancelled: for work that may not listen. The work itself goes on. */
export const untilAborted = async <T>(work: T | PromiseLike<T>, cancels: CancelSource): Promise<T> => {
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(cancels.reason);
    if (cancels.aborted) onAbort();
    else listen(cancels, onAbort);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    unlisten(cancels, onAbort);
  }
};

/** Resolves once the signal aborts. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** Resolves with true if one of the promises resolves within the time, else with false; leaves no timer behind. */
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
