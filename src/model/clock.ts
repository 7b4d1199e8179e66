/** Where time comes from; tests pass a fake one. XState's `createActor` takes it as its `clock`. */
export interface Clock {
  /** The wall clock: milliseconds since the epoch, for timestamps. */
  now(): number;
  /** A clock that never jumps: milliseconds since some start, for durations and deadlines. */
  monotonic(): number;
  setTimeout(callback: () => void, delayMs: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** Where randomness comes from: a number in [0, 1). */
export type Random = () => number;
