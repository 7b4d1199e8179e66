import type { RunSummary, Step } from './model.ts';
import { type KeptRun, keptOf } from './run-store.ts';

/** One event for viewers. */
export interface ViewerEvent {
  readonly event: 'run' | 'step' | 'totals' | 'health';
  readonly data: unknown;
}

export interface HubListener {
  /** Whether it wants the runs of this process alone: another process, which asks each for its own. */
  readonly localOnly?: boolean;
  /** Told of all that has happened since the last time, in order. */
  events(events: readonly ViewerEvent[]): void;
}

/** A run of this process, which makes its steps into what is shown once they are told. */
export interface SteppingRun extends KeptRun {
  stepAt(index: number): Step;
}

interface ChangedRun {
  readonly localOnly: boolean;
  readonly run: KeptRun;
}

type QueuedStep =
  | { readonly localOnly: true; readonly run: SteppingRun; readonly index: number }
  | { readonly localOnly: false; readonly runId: string; readonly step: Step };

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
  readonly #changed = new Map<string, ChangedRun>();
  #steps: QueuedStep[] = [];
  #scheduled = false;

  /** @param defer Does something a moment later. */
  constructor(defer: (work: () => void) => void) {
    this.#later = defer;
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
  stepped(run: SteppingRun, index: number): void {
    if (!this.listened) return;
    this.#change({ localOnly: true, run });
    if (this.#steps.length < mostSteps) this.#steps.push({ localOnly: true, run, index });
  }

  /** A run has changed that another process or the log tells of. */
  changed(summary: RunSummary, step?: Step): void {
    if (!this.listened) return;
    this.#change({ localOnly: false, run: keptOf(summary) });
    if (step !== undefined && this.#steps.length < mostSteps)
      this.#steps.push({ localOnly: false, runId: summary.runId, step });
  }

  /** Tells what is not of a single run. */
  broadcast(event: ViewerEvent): void {
    for (const viewer of this.#viewers) if (viewer.localOnly !== true) viewer.events([event]);
  }

  #change(changed: ChangedRun): void {
    const { runId } = changed.run;
    if (this.#changed.size < mostRuns || this.#changed.has(runId)) this.#changed.set(runId, changed);
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#later(() => this.#flush());
  }

  #flush(): void {
    this.#scheduled = false;
    const runs = [...this.#changed.values()].map(({ localOnly, run: { summary } }) => told(localOnly, 'run', summary));
    const steps = this.#steps.map((one) =>
      told(
        one.localOnly,
        'step',
        one.localOnly
          ? { runId: one.run.runId, step: one.run.stepAt(one.index) }
          : { runId: one.runId, step: one.step },
      ),
    );
    const all = [...runs, ...steps];
    this.#changed.clear();
    this.#steps = [];
    for (const viewer of this.#viewers) {
      const wanted = viewer.localOnly === true ? all.filter(({ localOnly }) => localOnly) : all;
      if (wanted.length > 0) viewer.events(wanted.map(({ event }) => event));
    }
  }
}

const told = (localOnly: boolean, event: ViewerEvent['event'], data: unknown) => ({
  localOnly,
  event: { event, data },
});
