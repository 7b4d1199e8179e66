import { type OutcomeBudget, Ring } from './ring.ts';
import type { TimedOutcome } from './separate-trials.ts';

/** How an action did for a call of one tool. */
export interface ToolOutcome extends TimedOutcome {
  readonly tool: string;
}

/**
 * The newest outcomes of one kind, column by column: there may be 200,000 of them, and an object for each would take four times the
 * memory.
 */
export class OutcomeColumns {
  readonly #at: number[] = [];
  readonly #windows: number[] = [];
  readonly #starts: number[] = [];
  readonly #succeeded: boolean[] = [];
  readonly #tools: string[] = [];
  readonly #ring: Ring;

  constructor(max: number, budget: OutcomeBudget) {
    this.#ring = new Ring(max, budget);
  }

  /** Whether older ones had to go. */
  get isFull(): boolean {
    return this.#ring.isFull;
  }

  add({ at, windowMs, succeeded, startedAt }: TimedOutcome, tool: string): void {
    const place = this.#ring.take();
    if (place === null) return;
    this.#at[place] = at;
    this.#windows[place] = windowMs;
    this.#starts[place] = startedAt;
    this.#succeeded[place] = succeeded;
    this.#tools[place] = tool;
  }

  /** Those of the tools that are accepted. */
  of(accepts: (tool: string) => boolean): ToolOutcome[] {
    const found: ToolOutcome[] = [];
    this.#tools.forEach((tool, place) => {
      if (accepts(tool)) found.push({ ...this.#outcome(place), tool });
    });
    return found;
  }

  get all(): TimedOutcome[] {
    return this.#at.map((_, place) => this.#outcome(place));
  }

  #outcome(place: number): TimedOutcome {
    return {
      succeeded: this.#succeeded[place] === true,
      windowMs: this.#windows[place] ?? 0,
      at: this.#at[place] ?? 0,
      startedAt: this.#starts[place] ?? 0,
    };
  }
}
