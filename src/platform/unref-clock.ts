import type { Clock } from '../model/clock.ts';

/** The same clock, but none of its timers keeps the process from ending. */
export const unrefClock = (clock: Clock): Clock => ({
  now: () => clock.now(),
  monotonic: () => clock.monotonic(),
  setTimeout: (callback, delayMs) => {
    const timer = clock.setTimeout(callback, delayMs);
    (timer as { unref?(): void } | undefined)?.unref?.();
    return timer;
  },
  clearTimeout: (timer) => clock.clearTimeout(timer),
});
