import type { FixHistory } from '../sharing/history.ts';

/** How far in the future a time may be because the offset of two clocks is not known exactly, in ms. */
const toleranceMs = 5_000;

/**
 * Shifts all times of a history, from one clock to another.
 *
 * @param byMs How far the other clock is ahead.
 * @param now The other clock's time. What seems to be just ahead of it is now; what is far ahead was written by a wrong clock.
 */
export const shiftHistory = (history: FixHistory, byMs: number, now: number): FixHistory => {
  const shifted = (at: number): number => {
    const there = Math.round(at + byMs);
    return there > now && there <= now + toleranceMs ? Math.floor(now) : there;
  };
  const { starts, last, lastSuccess } = history;
  return {
    starts: starts.map(shifted),
    last: last && { ...last, endedAt: shifted(last.endedAt) },
    lastSuccess: lastSuccess && { ...lastSuccess, endedAt: shifted(lastSuccess.endedAt) },
  };
};
