import type { Totals } from './model.ts';

/** The upper ends of what is shown, in ms. */
const shownEnds = [10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 60_000];
/** Eight bins for each doubling: a quantile is exact to a twelfth. */
const binsPerDoubling = 8;
const mostBins = 256;

/** How long things took; takes the same memory however many there are. */
export class Histogram {
  readonly #bins = new Uint32Array(mostBins);
  readonly #shown = new Array<number>(shownEnds.length + 1).fill(0);
  #count = 0;

  add(ms: number): void {
    const bin = Math.round(Math.log2(Math.max(1, ms)) * binsPerDoubling);
    const at = Math.min(mostBins - 1, Math.max(0, bin));
    this.#bins[at] = (this.#bins[at] ?? 0) + 1;
    const end = shownEnds.findIndex((limit) => ms <= limit);
    const place = end === -1 ? shownEnds.length : end;
    this.#shown[place] = (this.#shown[place] ?? 0) + 1;
    this.#count += 1;
  }

  get summary(): Totals['healMs'] {
    return {
      p50: this.#quantile(0.5),
      p95: this.#quantile(0.95),
      histogram: this.#shown.map((count, index) => ({ leMs: shownEnds[index] ?? null, count })),
    };
  }

  #quantile(share: number): number | null {
    if (this.#count === 0) return null;
    let left = share * this.#count;
    for (const [bin, count] of this.#bins.entries()) {
      left -= count;
      if (left <= 0) return Math.round(2 ** (bin / binsPerDoubling));
    }
    return null;
  }
}
