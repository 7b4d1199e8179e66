import type { OutcomeBudget } from './bounded-outcomes.ts';
import type { TimedOutcome } from './separate-trials.ts';

/** How an action did for a call of one tool. */
export interface ToolOutcome extends TimedOutcome {
  readonly tool: string;
}

/**
 * The newest outcomes of one kind, column by column: there may be 200,000 of them, and an object for each would take four times the
 * memory. If there is no room left, each new one takes the place of the oldest of its own list.
 */
export class OutcomeColumns {
  readonly #at: number[] = [];
  readonly #windows: number[] = [];
  readonly #starts: number[] = [];
  readonly #succeeded: boolean[] = [];
  readonly #tools: string[] = [];
  readonly #max: number;
  readonly #budget: OutcomeBudget;
  #next = 0;

  constructor(max: number, budget: OutcomeBudget) {
    this.#max = max;
    this.#budget = budget;
  }

  /** Whether older ones had to go. */
  get isFull(): boolean {
    return this.#at.length >= this.#max;
  }

  add({ at, windowMs, succeeded, startedAt }: TimedOutcome, tool: string): void {
    const isKept = this.#at.length < this.#max && this.#budget.left > 0;
    if (!isKept && this.#at.length === 0) return;
    const place = isKept ? this.#at.length : this.#next;
    if (isKept) this.#budget.left -= 1;
    else this.#next = (this.#next + 1) % this.#at.length;
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
