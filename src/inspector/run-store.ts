import type { RunDetail, RunSummary } from './model.ts';

/** A run that is kept: one of this process, of another, or of the log. */
export interface KeptRun {
  readonly runId: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly summary: RunSummary;
  /** All that is known of it; undefined if another process knows more. */
  readonly detail?: RunDetail | undefined;
}

/**
 * The newest runs, up to a number; whoever comes late sees all of them. Processes tell of theirs in any order, so what is
 * dropped is what began first, not what came first.
 */
export class RunStore {
  readonly #capacity: number;
  /** A tenth more than the capacity may wait to be dropped: dropping one at a time is slow. */
  readonly #most: number;
  #runs = new Map<string, KeptRun>();
  /** When the newest one began, and whether all came in the order in which they began, as those of one process do. */
  #newest = Number.NEGATIVE_INFINITY;
  #inOrder = true;
  #newestFirst: readonly KeptRun[] | undefined;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#most = Math.ceil(capacity * 1.1);
  }

  get(runId: string): KeptRun | undefined {
    return this.#runs.get(runId);
  }

  /** Keeps a run, or what is newly known of it. */
  put(run: KeptRun): void {
    const { runId, startedAt } = run;
    if (startedAt >= this.#newest) this.#newest = startedAt;
    else if (!this.#runs.has(runId)) this.#inOrder = false;
    this.#runs.set(runId, run);
    this.#newestFirst = undefined;
    if (this.#runs.size > this.#most) this.#drop();
  }

  /** The runs, the newest first. */
  newestFirst(): readonly KeptRun[] {
    this.#newestFirst ??= this.#sorted((a, b) => b.startedAt - a.startedAt);
    return this.#newestFirst;
  }

  #drop(): void {
    if (!this.#inOrder) {
      this.#runs = new Map(this.#sorted((a, b) => a.startedAt - b.startedAt).map((run) => [run.runId, run]));
      this.#inOrder = true;
    }
    let tooMany = this.#runs.size - this.#capacity;
    for (const runId of this.#runs.keys()) {
      if (tooMany === 0) return;
      this.#runs.delete(runId);
      tooMany -= 1;
    }
  }

  #sorted(compare: (a: KeptRun, b: KeptRun) => number): KeptRun[] {
    return [...this.#runs.values()].sort(compare);
  }
}

/** A run of which this process knows no more than its summary, or what the log tells. */
export const keptOf = (summary: RunSummary, detail?: RunDetail): KeptRun => ({
  runId: summary.runId,
  startedAt: summary.startedAt,
  summary,
  detail,
});
