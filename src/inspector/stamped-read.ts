import type { Clock } from '../model/clock.ts';
import type { Read } from './fleet-model.ts';

export interface StampedReadParts<T> {
  /** Identifies what would be read: as long as it stays the same, nothing is read again. */
  readonly stamp: () => Promise<string>;
  readonly read: () => Promise<T>;
  /** What is said of a read that failed. */
  readonly explain: (error: unknown) => string;
  readonly clock: Clock;
}

/** A read that took long is repeated only after this many times as long. */
const restFactor = 5;

/**
 * Reads something that takes long, once for all who ask: one read at a time, and only if it has changed. If it cannot be read, the
 * value of the last read is still there.
 */
export class StampedRead<T> {
  readonly #parts: StampedReadParts<T>;
  #value: T | null = null;
  #valueAt = 0;
  #stamp: string | null = null;
  #problem: string | null = null;
  /** Until when it is not read again, on the monotonic clock. */
  #restUntil = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor(parts: StampedReadParts<T>) {
    this.#parts = parts;
  }

  async get(): Promise<Read<T>> {
    const { clock } = this.#parts;
    if (this.#reading === undefined && clock.monotonic() >= this.#restUntil) this.#reading = this.#update();
    await this.#reading;
    const ageMs = this.#value === null ? 0 : Math.round(clock.monotonic() - this.#valueAt);
    return { value: this.#value, problem: this.#problem, ageMs };
  }

  /** Reads again with the next `get`, although the last read was a moment ago: resolves once none is in progress. */
  async expire(): Promise<void> {
    await this.#reading;
    this.#restUntil = Number.NEGATIVE_INFINITY;
    this.#stamp = null;
  }

  async #update(): Promise<void> {
    const { clock, stamp: stampOf, read, explain } = this.#parts;
    const beganAt = clock.monotonic();
    try {
      const stamp = await stampOf();
      if (stamp !== this.#stamp) {
        this.#value = await read();
        this.#stamp = stamp;
        this.#restUntil = clock.monotonic() + restFactor * (clock.monotonic() - beganAt);
      }
      this.#valueAt = beganAt;
      this.#problem = null;
    } catch (error) {
      this.#problem = explain(error);
    } finally {
      this.#reading = undefined;
    }
  }
}
