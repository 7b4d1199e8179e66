// Not the global of this name: that is read through an accessor, which costs more than the clock.
import { performance } from 'node:perf_hooks';
import type { Clock } from './model/clock.ts';

/** The maximum delay of a Node timer, in ms: 24.8 days. A longer one fires at once. */
const maxTimerMs = 2 ** 31 - 1;

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, Math.min(delayMs, maxTimerMs)),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
};
