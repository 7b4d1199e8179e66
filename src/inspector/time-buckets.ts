type Outcome = 'healed' | 'failed' | 'unknown';
type Bucket = { t: number } & Record<Outcome, number>;

const firstWidthMs = 60_000;
const maxBuckets = 240;

/** Counts per time interval, initially one minute; the interval doubles if there are too many. */
export class TimeBuckets {
  #widthMs = firstWidthMs;
  #buckets = new Map<number, Bucket>();

  add(at: number, outcome: Outcome): void {
    this.#bucket(at)[outcome] += 1;
    while (this.#buckets.size > maxBuckets) this.#widen();
  }

  /** The non-empty intervals, oldest first; `t` is the start of each in ms since the epoch. */
  get list(): Bucket[] {
    return [...this.#buckets.values()].sort((a, b) => a.t - b.t).map((bucket) => ({ ...bucket }));
  }

  #bucket(at: number): Bucket {
    const t = Math.floor(at / this.#widthMs) * this.#widthMs;
    let bucket = this.#buckets.get(t);
    if (bucket === undefined) {
      bucket = { t, healed: 0, failed: 0, unknown: 0 };
      this.#buckets.set(t, bucket);
    }
    return bucket;
  }

  #widen(): void {
    const before = this.#buckets;
    this.#widthMs *= 2;
    this.#buckets = new Map();
    for (const { t, healed, failed, unknown } of before.values()) {
      const bucket = this.#bucket(t);
      bucket.healed += healed;
      bucket.failed += failed;
      bucket.unknown += unknown;
    }
  }
}
