/** Maximum number of values kept as they are; their quantiles are exact. */
const exactValues = 2_048;
/** Beyond that, values within 1 % of each other are counted together. */
const growth = 1.01;
/** Those of times up to a week; longer ones are added when they come. */
const usualBuckets = 2_048;

const growthLog = Math.log(growth);
let lastValue = 0;
let lastBucket = 0;

/** The last result is kept, since the same time counts for a tool, a class, a fix and the total: it saves three of four logarithms. */
const bucketOf = (value: number): number => {
  if (value !== lastValue) {
    lastBucket = value < 1 ? 0 : 1 + Math.floor(Math.log(value) / growthLog);
    lastValue = value;
  }
  return lastBucket;
};
const middleOf = (bucket: number): number => (bucket === 0 ? 0 : growth ** (bucket - 0.5));

/**
 * Quantiles of values that are not negative: exact for up to 2,048 values, within 1 % for more.
 *
 * What it keeps does not grow with the number of values. `createHistogram` of `node:perf_hooks` does not fit: it refuses 0,
 * rounds even a few values, and takes 50 KB from the start, which is 250 MB for 5,000 tools, most of which have few values.
 */
export class Quantiles {
  #values: number[] | null = [];
  #buckets: number[] = [];
  #count = 0;
  #largest = 0;

  add(value: number): void {
    this.#count += 1;
    if (value > this.#largest) this.#largest = value;
    if (this.#values === null) {
      this.#addToBucket(value);
      return;
    }
    this.#values.push(value);
    if (this.#values.length <= exactValues) return;
    this.#buckets = new Array(usualBuckets).fill(0);
    for (const kept of this.#values) this.#addToBucket(kept);
    this.#values = null;
  }

  /**
   * Returns the smallest value that at least this share of the values does not exceed (the nearest-rank method);
   * null if there are none.
   *
   * @param share From 0 to 1: 0.5 for the median.
   */
  at(share: number): number | null {
    if (this.#count === 0) return null;
    const rank = Math.max(1, Math.ceil(share * this.#count));
    if (this.#values !== null) return this.#values.toSorted((a, b) => a - b)[rank - 1] ?? null;
    let seen = 0;
    for (const [bucket, count = 0] of this.#buckets.entries()) {
      seen += count;
      if (seen >= rank) return Math.min(Math.round(middleOf(bucket)), this.#largest);
    }
    return this.#largest;
  }

  #addToBucket(value: number): void {
    const bucket = bucketOf(value);
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
  }
}
