import { createHistogram } from 'node:perf_hooks';
import type { Totals } from './model.ts';

/** The upper bounds of the buckets in ms. */
const shownEnds = [10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 60_000];
/** Longer durations count as one day. */
const maxRecordedMs = 86_400_000;

/** A histogram of durations with constant memory. */
export class Histogram {
  /** For quantiles with three significant digits; it cannot count the values between two bounds. */
  readonly #times = createHistogram({ lowest: 1, highest: maxRecordedMs, figures: 3 });
  readonly #shown = new Array<number>(shownEnds.length + 1).fill(0);

  add(ms: number): void {
    this.#times.record(Math.min(maxRecordedMs, Math.max(1, Math.round(ms))));
    const end = shownEnds.findIndex((limit) => ms <= limit);
    const place = end === -1 ? shownEnds.length : end;
    this.#shown[place] = (this.#shown[place] ?? 0) + 1;
  }

  get summary(): Totals['healMs'] {
    return {
      p50: this.#quantile(50),
      p95: this.#quantile(95),
      histogram: this.#shown.map((count, index) => ({ leMs: shownEnds[index] ?? null, count })),
    };
  }

  #quantile(percentile: number): number | null {
    return this.#times.count === 0 ? null : this.#times.percentile(percentile);
  }
}
