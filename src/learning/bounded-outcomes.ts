import type { Outcome } from './model.ts';
import { type OutcomeBudget, Ring } from './ring.ts';

/** The newest outcomes of one kind. */
export class BoundedOutcomes<Kept extends Outcome = Outcome> {
  readonly #kept: Kept[] = [];
  readonly #ring: Ring;

  constructor(max: number, budget: OutcomeBudget) {
    this.#ring = new Ring(max, budget);
  }

  get all(): readonly Kept[] {
    return this.#kept;
  }

  add(outcome: Kept): void {
    const place = this.#ring.take();
    if (place !== null) this.#kept[place] = outcome;
  }
}
