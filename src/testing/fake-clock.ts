import type { Clock } from '../model/clock.ts';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** So many turns of the event loop a promise is waited for before time moves on: files are read meanwhile. */
const patience = 20;

/** A clock that stands still until it is told to move. */
export class FakeClock implements Clock {
  /** Every delay that was asked for, in order. */
  readonly delays: number[] = [];
  readonly #timers = new Map<number, Timer>();
  readonly #epoch: number;
  #elapsed = 0;
  #nextId = 1;

  /** @param epoch What the wall clock shows in the beginning, in ms since the epoch. @default 2026-02-04T10:30:00Z */
  constructor(epoch = Date.UTC(2026, 1, 4, 10, 30)) {
    this.#epoch = epoch;
  }

  now(): number {
    return this.#epoch + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  setTimeout(callback: () => void, delayMs: number): number {
    const id = this.#nextId++;
    this.delays.push(delayMs);
    this.#timers.set(id, { at: this.#elapsed + Math.max(0, delayMs), callback });
    return id;
  }

  clearTimeout(timer: unknown): void {
    this.#timers.delete(timer as number);
  }

  /** How many timers are waiting. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Moves time on by so many ms and runs what falls due, letting promises settle in between. */
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
   * Moves time on, from one timer to the next, until a promise settles, and gives what it settles with.
   *
   * What waits for the world, such as a program that was started, needs real time: for that a real clock is the right one.
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

  /** The timer that falls due first. */
  #next(): readonly [id: number, timer: Timer] | undefined {
    return [...this.#timers].sort(([, a], [, b]) => a.at - b.at)[0];
  }
}

/** Lets everything run that is waiting for a promise, by one turn of the event loop. */
export const settlePromises = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
