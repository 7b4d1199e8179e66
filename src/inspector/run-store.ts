import type { RunDetail, RunSummary } from './model.ts';

/** A run that is kept: one of this process, of another, or of the log. */
export interface KeptRun {
  readonly summary: RunSummary;
  /** All that is known of it; undefined where another process knows more. */
  readonly detail?: RunDetail | undefined;
}

/** The newest runs, up to a number; whoever comes late sees all of them. */
export class RunStore {
  readonly #capacity: number;
  readonly #runs = new Map<string, { readonly startedAt: number; readonly kept: KeptRun }>();
  #sorted: KeptRun[] | undefined;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#runs.size;
  }

  get(runId: string): KeptRun | undefined {
    return this.#runs.get(runId)?.kept;
  }

  /** Keeps a run, or what is newly known of it; the one that came first goes where there are too many. */
  put(runId: string, startedAt: number, kept: KeptRun): void {
    this.#runs.set(runId, { startedAt, kept });
    this.#sorted = undefined;
    if (this.#runs.size <= this.#capacity) return;
    const [oldest] = this.#runs.keys();
    if (oldest !== undefined) this.#runs.delete(oldest);
  }

  delete(runId: string): void {
    if (this.#runs.delete(runId)) this.#sorted = undefined;
  }

  /** The runs, the newest first. */
  newestFirst(): readonly KeptRun[] {
    this.#sorted ??= [...this.#runs.values()].sort((a, b) => b.startedAt - a.startedAt).map(({ kept }) => kept);
    return this.#sorted;
  }
}
