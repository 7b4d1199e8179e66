import type { Clock } from '../model/clock.ts';
import { Cancellation, type CancelSource, listen, unlisten } from '../platform/cancellation.ts';
import { untilAborted } from '../platform/wait.ts';
import { secondsText } from '../text/duration.ts';
import { FleetDatabaseError } from './database-error.ts';

/**
 * Waits for the database, but not for longer than this, or than the caller. The work itself goes on.
 *
 * @param moreMs How much longer it may take once the time is over, as the database has responded to a part of it; in ms.
 * @throws FleetDatabaseError `lost` if the time is over, and the reason of the caller if that is cancelled.
 */
export const inTime = async <T>(
  clock: Clock,
  work: Promise<T>,
  limitMs: number,
  cancels: CancelSource | undefined,
  moreMs: () => number = () => 0,
): Promise<T> => {
  const over = new Cancellation();
  let timer: unknown;
  const arm = (ms: number, isLast: boolean): void => {
    timer = clock.setTimeout(() => {
      const more = moreMs();
      if (more > 0) arm(more, false);
      // A process that could not run for a while first reads what has arrived: timers come before that.
      else if (!isLast) arm(1, true);
      else over.abort(new FleetDatabaseError('lost', `no response within ${secondsText(limitMs)}`));
    }, ms);
  };
  arm(limitMs, false);
  const leave = (): void => over.abort(cancels?.reason);
  if (cancels !== undefined) listen(cancels, leave);
  try {
    return await untilAborted(work, over);
  } finally {
    clock.clearTimeout(timer);
    if (cancels !== undefined) unlisten(cancels, leave);
  }
};
