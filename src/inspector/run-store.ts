import type { RunDetail, RunSummary } from './model.ts';

/** A run that is kept: one of this process, of another, or of the log. */
export interface KeptRun {
  readonly summary: RunSummary;
  /** All that is known of it; undefined where another process knows more. */
  readonly detail?: RunDetail | undefined;
}

interface Entry {
  readonly runId: string;
  readonly startedAt: number;
  readonly kept: KeptRun;
}

/**
 * The newest runs, up to a number; whoever comes late sees all of them. Processes tell of theirs in any order, so what is
 * dropped is what began first, not what came first.
 */
export class RunStore {
  readonly #capacity: number;
  /** A tenth more than the capacity may wait to be dropped: dropping one at a time is slow. */
  readonly #most: number;
  #runs = new Map<string, Entry>();
  #newestFirst: readonly KeptRun[] | undefined;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#most = Math.ceil(capacity * 1.1);
  }

  get(runId: string): KeptRun | undefined {
    return this.#runs.get(runId)?.kept;
  }

  /** Keeps a run, or what is newly known of it. */
  put(runId: string, startedAt: number, kept: KeptRun): void {
    this.#runs.set(runId, { runId, startedAt, kept });
    this.#newestFirst = undefined;
    if (this.#runs.size > this.#most) this.#drop();
  }

  /** The runs, the newest first. */
  newestFirst(): readonly KeptRun[] {
    this.#newestFirst ??= this.#sorted((a, b) => b.startedAt - a.startedAt).map(({ kept }) => kept);
    return this.#newestFirst;
  }

  #drop(): void {
    const newest = this.#sorted((a, b) => a.startedAt - b.startedAt).slice(-this.#capacity);
    this.#runs = new Map(newest.map((entry) => [entry.runId, entry]));
  }

  #sorted(compare: (a: Entry, b: Entry) => number): Entry[] {
    return [...this.#runs.values()].sort(compare);
  }
}
