import type { Clock } from '../../src/model/clock.ts';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that stands still until it is told to move. */
export class FakeClock implements Clock {
  /** Every delay that was asked for, in order. */
  readonly delays: number[] = [];
  readonly #timers = new Map<number, Timer>();
  readonly #epoch: number;
  #elapsed = 0;
  #nextId = 1;

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
      const due = [...this.#timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)[0];
      if (due === undefined) break;
      const [id, { at, callback }] = due;
      this.#timers.delete(id);
      this.#elapsed = Math.max(this.#elapsed, at);
      callback();
      await settlePromises();
    }
    this.#elapsed = end;
  }
}

/** Lets everything run that is waiting for a promise. */
export const settlePromises = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
