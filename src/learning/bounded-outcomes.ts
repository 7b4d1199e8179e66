import type { Outcome } from './model.ts';

/** How many outcomes may be kept in all lists together. */
export interface OutcomeBudget {
  left: number;
}

/** The newest outcomes of one kind. If there is no room left, each new one takes the place of the oldest of its own list. */
export class BoundedOutcomes<Kept extends Outcome = Outcome> {
  readonly #kept: Kept[] = [];
  readonly #max: number;
  readonly #budget: OutcomeBudget;
  #next = 0;

  constructor(max: number, budget: OutcomeBudget) {
    this.#max = max;
    this.#budget = budget;
  }

  get all(): readonly Kept[] {
    return this.#kept;
  }

  /** Whether older ones had to go. */
  get isFull(): boolean {
    return this.#kept.length >= this.#max;
  }

  add(outcome: Kept): void {
    if (this.#kept.length < this.#max && this.#budget.left > 0) {
      this.#budget.left -= 1;
      this.#kept.push(outcome);
      return;
    }
    if (this.#kept.length === 0) return;
    this.#kept[this.#next] = outcome;
    this.#next = (this.#next + 1) % this.#kept.length;
  }
}
