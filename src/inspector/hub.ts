import type { RunSummary, Step } from './model.ts';
import type { KeptRun } from './run-store.ts';

/** One event for viewers. */
export interface ViewerEvent {
  readonly event: 'run' | 'step' | 'totals' | 'health';
  readonly data: unknown;
}

export interface HubListener {
  /** Told of all that has happened since the last time, in order. */
  events(events: readonly ViewerEvent[]): void;
}

/** So many steps wait for the viewers at most: of a busier time, they get the runs alone. */
const mostSteps = 2_000;

/**
 * Passes on what happens to those who look. A run is never held up: what it tells is put aside, and goes out a moment
 * later. While nobody looks, nothing is put aside.
 */
export class Hub {
  readonly #viewers = new Set<HubListener>();
  readonly #later: (work: () => void) => void;
  #steps: { readonly runId: string; readonly step: Step }[] = [];
  readonly #changed = new Map<string, KeptRun>();
  #scheduled = false;

  /** @param later Does something a moment later. */
  constructor(later: (work: () => void) => void) {
    this.#later = later;
  }

  /** Whether anybody looks. */
  get listened(): boolean {
    return this.#viewers.size > 0;
  }

  /** Lets a viewer look; returns what ends that. */
  add(viewer: HubListener): () => void {
    this.#viewers.add(viewer);
    return () => this.#viewers.delete(viewer);
  }

  /** A run of this process has taken a step. */
  stepped(run: KeptRun & { readonly runId: string }, step: Step): void {
    if (this.#steps.length < mostSteps) this.#steps.push({ runId: run.runId, step });
    this.#changed.set(run.runId, run);
    this.#schedule();
  }

  /** A run has changed that another process or the log tells of. */
  changed(run: RunSummary, steps: readonly Step[] = []): void {
    if (!this.listened) return;
    for (const step of steps) if (this.#steps.length < mostSteps) this.#steps.push({ runId: run.runId, step });
    this.#changed.set(run.runId, { summary: run });
    this.#schedule();
  }

  /** Tells what is not of a single run. */
  tell(event: ViewerEvent): void {
    for (const viewer of this.#viewers) viewer.events([event]);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#later(() => this.#flush());
  }

  #flush(): void {
    this.#scheduled = false;
    const events: ViewerEvent[] = [...this.#changed.values()].map(({ summary }) => ({ event: 'run', data: summary }));
    for (const step of this.#steps) events.push({ event: 'step', data: step });
    this.#changed.clear();
    this.#steps = [];
    for (const viewer of this.#viewers) viewer.events(events);
  }
}
