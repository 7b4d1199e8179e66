import { type CancelSource, listen, unlisten } from './cancellation.ts';

/** How long work may go on before the event loop gets its turn, in ms. */
const sliceMs = 8;
/** Maximum pieces of work in one turn of the event loop. */
const maxPieces = 16;

interface Waiter {
  readonly go: () => void;
  /** When it goes whatever comes before it, on the clock of the work. */
  readonly until: number;
}

/**
 * Spreads the work of many calls that fail at one instant over turns of the event loop, so that timers and other calls are not held up.
 * A piece of work that comes alone goes at once.
 */
export class Slices {
  readonly #now: () => number;
  readonly #machineNow: () => number;
  /** Work that has begun goes on before more begins: it frees memory. */
  readonly #continuing = new Set<Waiter>();
  readonly #beginning = new Set<Waiter>();
  /** When the work of this turn of the event loop began, on the system's clock; undefined if none has. */
  #sliceStart: number | undefined;
  #planned = 0;
  /** The earliest `until` of a waiter. */
  #earliest = Number.POSITIVE_INFINITY;

  /** @param now The clock of the work, in ms. @param machineNow The time of this machine, by which slices are measured. */
  constructor(now: () => number, machineNow: () => number) {
    this.#now = now;
    this.#machineNow = machineNow;
  }

  /** Whether work waits. */
  get busy(): boolean {
    return this.#beginning.size > 0 || this.#continuing.size > 0;
  }

  /**
   * Resolves when a piece of work may begin; undefined if it may at once. It goes at once too when it is cancelled, or its time has
   * come, so that it can end.
   */
  begin(cancels: CancelSource | undefined, until: number): Promise<void> | undefined {
    return this.#enter(this.#beginning, cancels, until);
  }

  /** The same for a piece of work that has begun, and waited for something. */
  continue(cancels: CancelSource): Promise<void> | undefined {
    return this.#enter(this.#continuing, cancels, Number.POSITIVE_INFINITY);
  }

  #enter(queue: Set<Waiter>, cancels: CancelSource | undefined, until: number): Promise<void> | undefined {
    if (cancels?.aborted || (!this.busy && this.#hasTime())) return undefined;
    return new Promise((resolve) => {
      const go = (): void => {
        queue.delete(waiter);
        if (cancels !== undefined) unlisten(cancels, go);
        resolve();
      };
      const waiter: Waiter = { go, until };
      if (cancels !== undefined) listen(cancels, go);
      queue.add(waiter);
      this.#earliest = Math.min(this.#earliest, until);
      if (this.#planned === 0) this.#plan();
    });
  }

  /** Whether this turn of the event loop has time left. */
  #hasTime(): boolean {
    const now = this.#machineNow();
    if (this.#sliceStart === undefined) {
      this.#sliceStart = now;
      setImmediate(() => {
        this.#sliceStart = undefined;
      });
    }
    return now - this.#sliceStart < sliceMs;
  }

  /** Plans pieces for the next turn. What one of them does by promises is over before the next one. */
  #plan(): void {
    this.#planned = Math.min(maxPieces, this.#continuing.size + this.#beginning.size);
    for (let piece = 0; piece < this.#planned; piece += 1) setImmediate(this.#step);
  }

  readonly #step = (): void => {
    this.#planned -= 1;
    if (this.#now() >= this.#earliest) this.#releaseLate();
    if (this.#hasTime()) {
      const [next] = this.#continuing.size > 0 ? this.#continuing : this.#beginning;
      next?.go();
    }
    if (this.#planned === 0 && this.busy) this.#plan();
  };

  #releaseLate(): void {
    const now = this.#now();
    this.#earliest = Number.POSITIVE_INFINITY;
    for (const waiter of [...this.#beginning]) {
      if (waiter.until <= now) waiter.go();
      else this.#earliest = Math.min(this.#earliest, waiter.until);
    }
  }
}
