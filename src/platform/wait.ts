import type { Clock } from '../model/clock.ts';
import { type Cancels, listen, unlisten } from './cancellation.ts';

/** Waits on the clock. Resolves with true where the whole time has passed, with false where it was cut short. */
export const sleep = (clock: Clock, delayMs: number, cancels?: Cancels): Promise<boolean> =>
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

/** Settles like the work, or rejects with the reason as soon as it is cancelled: for work that may not listen. */
export const untilAborted = async <T>(work: T | PromiseLike<T>, cancels: Cancels): Promise<T> => {
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
