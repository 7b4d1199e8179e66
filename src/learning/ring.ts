/** How many outcomes may be kept in all lists together. */
export interface OutcomeBudget {
  left: number;
}

/** The places of a list that keeps the newest: if there is no room left, each new one takes the place of the oldest of the list. */
export class Ring {
  readonly #max: number;
  readonly #budget: OutcomeBudget;
  #size = 0;
  #next = 0;

  constructor(max: number, budget: OutcomeBudget) {
    this.#max = max;
    this.#budget = budget;
  }

  /** Whether older ones had to go. */
  get isFull(): boolean {
    return this.#size >= this.#max;
  }

  /** The place of a new one; null if there is none. */
  take(): number | null {
    if (this.#size < this.#max && this.#budget.left > 0) {
      this.#budget.left -= 1;
      this.#size += 1;
      return this.#size - 1;
    }
    if (this.#size === 0) return null;
    const place = this.#next;
    this.#next = (place + 1) % this.#size;
    return place;
  }
}
