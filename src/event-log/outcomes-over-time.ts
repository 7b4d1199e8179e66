import { parseTimestamp } from './timestamp.ts';

/** How runs in which something failed have ended, within one span of time. */
export interface TimeBucket {
  /** When it begins, in ms since the epoch. */
  readonly t: number;
  readonly healed: number;
  readonly failed: number;
  readonly unknown: number;
}

/** Ends of runs over time, in buckets of one width. */
export interface OverTime {
  /** The width of a bucket, in ms. */
  readonly bucketMs: number;
  /** Those in which something ended, the oldest first. */
  readonly buckets: readonly TimeBucket[];
}

type Counts = { healed: number; failed: number; unknown: number };
const outcomes = ['healed', 'failed', 'unknown'] as const;

const narrowestMs = 60_000;
const maxBuckets = 512;

/** Counts ends of runs over time: with wider and wider buckets, so that what it keeps does not grow. */
export class OutcomeHistory {
  #bucketMs = narrowestMs;
  #buckets = new Map<number, Counts>();

  add(timestamp: string, outcome: string): void {
    const time = parseTimestamp(timestamp);
    const kind = outcomes.find((one) => one === outcome);
    if (Number.isNaN(time) || kind === undefined) return;
    this.#at(Math.floor(time / this.#bucketMs))[kind] += 1;
    while (this.#buckets.size > maxBuckets) this.#widen();
  }

  get overTime(): OverTime {
    const buckets = [...this.#buckets]
      .sort(([a], [b]) => a - b)
      .map(([index, counts]) => ({ t: index * this.#bucketMs, ...counts }));
    return { bucketMs: this.#bucketMs, buckets };
  }

  #at(index: number): Counts {
    const known = this.#buckets.get(index);
    if (known !== undefined) return known;
    const counts: Counts = { healed: 0, failed: 0, unknown: 0 };
    this.#buckets.set(index, counts);
    return counts;
  }

  #widen(): void {
    const narrow = this.#buckets;
    this.#buckets = new Map();
    this.#bucketMs *= 2;
    for (const [index, counts] of narrow) {
      const wide = this.#at(Math.floor(index / 2));
      for (const outcome of outcomes) wide[outcome] += counts[outcome];
    }
  }
}
