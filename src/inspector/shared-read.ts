import type { Clock } from '../model/clock.ts';
import type { Read } from './fleet-model.ts';

export interface SharedReadParts<T> {
  readonly read: () => Promise<T>;
  /** What is said of a read that failed. */
  readonly explain: (error: unknown) => string;
  readonly clock: Clock;
  /** How long it is not read again, in ms. */
  readonly freshMs: number;
}

/**
 * Reads something once for all who ask at about the same time. If nobody asks, nothing is read. If it cannot be read, what was
 * read before is still there.
 */
export class SharedRead<T> {
  readonly #parts: SharedReadParts<T>;
  #value: T | null = null;
  #problem: string | null = null;
  /** When it was read, and when a read ended, on the monotonic clock. */
  #valueAt = 0;
  #endedAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;
  /** The number of the newest read: an older one that ends later does not count. */
  #newest = 0;

  constructor(parts: SharedReadParts<T>) {
    this.#parts = parts;
  }

  async get(): Promise<Read<T>> {
    const { clock, freshMs } = this.#parts;
    if (this.#reading === undefined && clock.monotonic() - this.#endedAt >= freshMs) this.#reading = this.#read();
    await this.#reading;
    const ageMs = this.#value === null ? 0 : Math.round(clock.monotonic() - this.#valueAt);
    return { value: this.#value, problem: this.#problem, ageMs };
  }

  /** What was read is no longer true: the next `get` reads again. */
  expire(): void {
    this.#newest += 1;
    this.#endedAt = Number.NEGATIVE_INFINITY;
    this.#reading = undefined;
  }

  async #read(): Promise<void> {
    const { clock, read, explain } = this.#parts;
    this.#newest += 1;
    const number = this.#newest;
    const beganAt = clock.monotonic();
    let value: T | null = null;
    let problem: string | null = null;
    try {
      value = await read();
    } catch (error) {
      problem = explain(error);
    }
    if (number !== this.#newest) return;
    this.#problem = problem;
    if (value !== null) [this.#value, this.#valueAt] = [value, beganAt];
    this.#endedAt = clock.monotonic();
    this.#reading = undefined;
  }
}
