import type { Clock } from '../model/clock.ts';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** Maximum turns of the event loop to wait for a promise before time advances, so that file reads can finish. */
const patience = 20;

/** A clock whose time passes only when a test advances it. */
export class FakeClock implements Clock {
  /** Every delay that was requested, in ms and in order. */
  readonly delays: number[] = [];
  readonly #timers = new Map<number, Timer>();
  readonly #epoch: number;
  #elapsed = 0;
  #nextId = 1;

  /**
   * Makes a stopped clock.
   *
   * @param epoch - The initial time of the wall clock, in ms since the epoch; 2026-02-04T10:30:00Z by default.
   */
  constructor(epoch = Date.UTC(2026, 1, 4, 10, 30)) {
    this.#epoch = epoch;
  }

  /** Returns the wall clock's time, in ms since the epoch. */
  now(): number {
    return this.#epoch + this.#elapsed;
  }

  /** Returns the time that has passed since the clock was made, in ms. */
  monotonic(): number {
    return this.#elapsed;
  }

  /** Calls `callback` once the clock has been advanced by `delayMs`. Returns the timer for `clearTimeout`. */
  setTimeout(callback: () => void, delayMs: number): number {
    const id = this.#nextId++;
    this.delays.push(delayMs);
    this.#timers.set(id, { at: this.#elapsed + Math.max(0, delayMs), callback });
    return id;
  }

  /** Cancels a timer. */
  clearTimeout(timer: unknown): void {
    this.#timers.delete(timer as number);
  }

  /** The number of waiting timers. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Advances the time by `ms` milliseconds, runs the timers that are due, and lets promises settle in between. */
  async advance(ms: number): Promise<void> {
    const end = this.#elapsed + ms;
    await settlePromises();
    for (;;) {
      const due = this.#next();
      if (due === undefined || due[1].at > end) break;
      const [id, { at, callback }] = due;
      this.#timers.delete(id);
      this.#elapsed = Math.max(this.#elapsed, at);
      callback();
      await settlePromises();
    }
    this.#elapsed = end;
  }

  /**
   * Advances the time from one timer to the next until the promise settles, and settles in the same way.
   *
   * Use a real clock to wait for things outside this process, such as a program that was started.
   */
  async runUntil<T>(promise: PromiseLike<T>): Promise<T> {
    let settled = false;
    const settle = (): void => {
      settled = true;
    };
    promise.then(settle, settle);
    for (let turns = 1; ; turns += 1) {
      await settlePromises();
      if (settled) return promise;
      const due = turns % patience === 0 ? this.#next() : undefined;
      if (due !== undefined) await this.advance(Math.max(0, due[1].at - this.#elapsed));
    }
  }

  /** Returns the next timer. */
  #next(): readonly [id: number, timer: Timer] | undefined {
    return [...this.#timers].sort(([, a], [, b]) => a.at - b.at)[0];
  }
}

/** Resolves after one turn of the event loop, after all callbacks of settled promises. */
export const settlePromises = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
