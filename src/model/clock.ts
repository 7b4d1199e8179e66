/** The source of time; tests pass a fake one. XState's `createActor` accepts it as its `clock`. */
export interface Clock {
  /** Returns the wall clock's time in ms since the epoch, for timestamps. */
  now(): number;
  /** Returns the time in ms since some fixed point. It never jumps; for durations and deadlines. */
  monotonic(): number;
  /** Calls `callback` after `delayMs` milliseconds. Returns the timer for `clearTimeout`. */
  setTimeout(callback: () => void, delayMs: number): unknown;
  /** Cancels a timer. */
  clearTimeout(timer: unknown): void;
}

/** A source of random numbers: each call returns a number from 0 (inclusive) to 1 (exclusive), like `Math.random`. */
export type Random = () => number;
