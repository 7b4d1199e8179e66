import type { RunSummary, Step } from './model.ts';
import type { KeptRun } from './run-store.ts';

/** One event for viewers. */
export interface ViewerEvent {
  readonly event: 'run' | 'step' | 'totals' | 'health';
  readonly data: unknown;
}

export interface HubListener {
  /** Whether it wants the runs of this process alone: another process, which asks each for its own. */
  readonly own?: boolean;
  /** Told of all that has happened since the last time, in order. */
  events(events: readonly ViewerEvent[]): void;
}

interface Told {
  readonly own: boolean;
  readonly run: KeptRun;
}

/** So many steps wait for the viewers at most: of a busier time, they get the runs alone. */
const mostSteps = 2_000;
/** So many runs wait at most: viewers see the others when they ask for the list again. */
const mostRuns = 10_000;

/**
 * Passes on what happens to those who look. A run is never held up: what it tells is put aside, and goes out a moment
 * later. While nobody looks, nothing is put aside.
 */
export class Hub {
  readonly #viewers = new Set<HubListener>();
  readonly #later: (work: () => void) => void;
  readonly #changed = new Map<string, Told>();
  #steps: { readonly own: boolean; readonly runId: string; readonly step: Step }[] = [];
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
    if (this.listened) this.#put(run.runId, { own: true, run }, step);
  }

  /** A run has changed that another process or the log tells of. */
  changed(run: RunSummary, step?: Step): void {
    if (this.listened) this.#put(run.runId, { own: false, run: { summary: run } }, step);
  }

  /** Tells what is not of a single run. */
  tell(event: ViewerEvent): void {
    for (const viewer of this.#viewers) if (viewer.own !== true) viewer.events([event]);
  }

  #put(runId: string, told: Told, step: Step | undefined): void {
    if (this.#changed.size < mostRuns || this.#changed.has(runId)) this.#changed.set(runId, told);
    if (step !== undefined && this.#steps.length < mostSteps) this.#steps.push({ own: told.own, runId, step });
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#later(() => this.#flush());
  }

  #flush(): void {
    this.#scheduled = false;
    const runs = [...this.#changed.values()].map(({ own, run: { summary } }) => told(own, 'run', summary));
    const steps = this.#steps.map(({ own, runId, step }) => told(own, 'step', { runId, step }));
    const all = [...runs, ...steps];
    this.#changed.clear();
    this.#steps = [];
    for (const viewer of this.#viewers) {
      const wanted = viewer.own === true ? all.filter(({ own }) => own) : all;
      if (wanted.length > 0) viewer.events(wanted.map(({ event }) => event));
    }
  }
}

const told = (own: boolean, event: ViewerEvent['event'], data: unknown) => ({ own, event: { event, data } });
