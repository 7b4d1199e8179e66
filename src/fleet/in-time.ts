import type { Clock } from '../model/clock.ts';
import { Cancellation, type CancelSource, listen, unlisten } from '../platform/cancellation.ts';
import { untilAborted } from '../platform/wait.ts';
import { secondsText } from '../text/duration.ts';
import { FleetDatabaseError } from './database-error.ts';

/**
 * Waits for the database, but not for longer than this, or than the caller. The work itself goes on.
 *
 * @throws FleetDatabaseError `lost` if the time is over, and the reason of the caller if that is cancelled.
 */
export const inTime = async <T>(
  clock: Clock,
  work: Promise<T>,
  limitMs: number,
  cancels: CancelSource | undefined,
): Promise<T> => {
  const over = new Cancellation();
  const timer = clock.setTimeout(() => {
    over.abort(new FleetDatabaseError('lost', `no response within ${secondsText(limitMs)}`));
  }, limitMs);
  const leave = (): void => over.abort(cancels?.reason);
  if (cancels !== undefined) listen(cancels, leave);
  try {
    return await untilAborted(work, over);
  } finally {
    clock.clearTimeout(timer);
    if (cancels !== undefined) unlisten(cancels, leave);
  }
};
