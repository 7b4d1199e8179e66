import type { RunSummary, Step } from './model.ts';
import { type KeptRun, keptOf } from './run-store.ts';

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

/** A run of this process, which makes its steps into what is shown once they are told. */
export interface SteppingRun extends KeptRun {
  stepAt(index: number): Step;
}

interface ToldRun {
  readonly own: boolean;
  readonly run: KeptRun;
}

type ToldStep =
  | { readonly own: true; readonly run: SteppingRun; readonly index: number }
  | { readonly own: false; readonly runId: string; readonly step: Step };

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
  readonly #changed = new Map<string, ToldRun>();
  #steps: ToldStep[] = [];
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
  stepped(run: SteppingRun, index: number): void {
    if (!this.listened) return;
    this.#change({ own: true, run });
    if (this.#steps.length < mostSteps) this.#steps.push({ own: true, run, index });
  }

  /** A run has changed that another process or the log tells of. */
  changed(summary: RunSummary, step?: Step): void {
    if (!this.listened) return;
    this.#change({ own: false, run: keptOf(summary) });
    if (step !== undefined && this.#steps.length < mostSteps)
      this.#steps.push({ own: false, runId: summary.runId, step });
  }

  /** Tells what is not of a single run. */
  tell(event: ViewerEvent): void {
    for (const viewer of this.#viewers) if (viewer.own !== true) viewer.events([event]);
  }

  #change(changed: ToldRun): void {
    const { runId } = changed.run;
    if (this.#changed.size < mostRuns || this.#changed.has(runId)) this.#changed.set(runId, changed);
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#later(() => this.#flush());
  }

  #flush(): void {
    this.#scheduled = false;
    const runs = [...this.#changed.values()].map(({ own, run: { summary } }) => told(own, 'run', summary));
    const steps = this.#steps.map((one) =>
      told(
        one.own,
        'step',
        one.own ? { runId: one.run.runId, step: one.run.stepAt(one.index) } : { runId: one.runId, step: one.step },
      ),
    );
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
