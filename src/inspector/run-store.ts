import type { RunDetail, RunSummary } from './model.ts';

/** A stored run of this process, another process or the log. */
export interface KeptRun {
  readonly runId: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly summary: RunSummary;
  /** Returns its details; undefined if another process has them. */
  readonly detail?: RunDetail | undefined;
}

/**
 * The newest runs, up to the capacity. Runs of other processes arrive in any order, so the runs with the earliest start
 * are dropped, not those that arrived first.
 */
export class RunStore {
  readonly #capacity: number;
  /** May exceed the capacity by a tenth, because dropping runs one at a time is slow. */
  readonly #most: number;
  #runs = new Map<string, KeptRun>();
  /** The latest start, and whether runs arrived in order of their start, as those of one process do. */
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

  /** Adds or updates a run. */
  put(run: KeptRun): void {
    const { runId, startedAt } = run;
    if (startedAt >= this.#newest) this.#newest = startedAt;
    else if (!this.#runs.has(runId)) this.#inOrder = false;
    this.#runs.set(runId, run);
    this.#newestFirst = undefined;
    if (this.#runs.size > this.#most) this.#drop();
  }

  /** The runs, newest first. */
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

/** A run with only a summary or a log record. */
export const keptOf = (summary: RunSummary, detail?: RunDetail): KeptRun => ({
  runId: summary.runId,
  startedAt: summary.startedAt,
  summary,
  detail,
});
