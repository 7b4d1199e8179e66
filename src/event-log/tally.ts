import { detached } from '../text/detach.ts';
import type { HealingEvent } from './event.ts';
import { Quantiles } from './quantiles.ts';

/** How the runs of one tool, class or fix ended, or of all. */
export interface Tally {
  /** Calls of the tool, those in which nothing failed too where they were counted; retries are no calls of their own. */
  readonly calls: number;
  /** Calls in which something failed, whatever came of it. */
  readonly failures: number;
  readonly healed: number;
  readonly failed: number;
  /** Not repeated, and may have taken effect. */
  readonly unknown: number;
  /** Why healing ended without success: how often, by the code of the reason. */
  readonly refused: Readonly<Record<string, number>>;
  /** From the first attempt's begin to the success, in ms; of the healed calls. */
  readonly timeToHealMs: { readonly median: number | null; readonly p95: number | null };
}

/** Maximum number of distinct reasons. */
const maxReasons = 100;

/** The outcome of a run; derived from the documented fields if the record was written by hand. */
export const outcomeOf = ({ outcome, result, error, retry_count }: HealingEvent): string => {
  if (typeof outcome === 'string') return outcome;
  if (result !== 'success') return result === 'unknown' ? 'unknown' : 'failed';
  return error !== null || retry_count > 0 ? 'healed' : 'succeeded';
};

/** Counts runs. */
export class TallyCounter {
  #healthy = 0;
  #healed = 0;
  #failed = 0;
  #unknown = 0;
  readonly #refused = new Map<string, number>();
  readonly #times = new Quantiles();

  addHealthy(calls: number): void {
    this.#healthy += calls;
  }

  /** @param outcome As `outcomeOf` tells it, for a run in which something failed. */
  addFailure(event: HealingEvent, outcome: string): void {
    if (outcome === 'healed') {
      this.#healed += 1;
      if (typeof event.duration_ms === 'number' && event.duration_ms >= 0) this.#times.add(event.duration_ms);
    } else if (outcome === 'unknown') {
      this.#unknown += 1;
    } else {
      this.#failed += 1;
    }
    if (typeof event.refusal !== 'string') return;
    const count = this.#refused.get(event.refusal);
    if (count !== undefined) this.#refused.set(event.refusal, count + 1);
    else if (this.#refused.size < maxReasons) this.#refused.set(detached(event.refusal), 1);
  }

  get tally(): Tally {
    const failures = this.#healed + this.#failed + this.#unknown;
    return {
      calls: this.#healthy + failures,
      failures,
      healed: this.#healed,
      failed: this.#failed,
      unknown: this.#unknown,
      refused: Object.fromEntries([...this.#refused].sort(([, a], [, b]) => b - a)),
      timeToHealMs: { median: this.#times.at(0.5), p95: this.#times.at(0.95) },
    };
  }
}
