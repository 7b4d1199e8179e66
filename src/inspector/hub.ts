import type { RunSummary, Step } from './model.ts';
import { type KeptRun, keptOf } from './run-store.ts';

/** One event for viewers. */
export interface ViewerEvent {
  readonly event: 'run' | 'step' | 'totals' | 'health';
  readonly data: unknown;
}

export interface HubListener {
  /** Whether it only wants the runs of this process, as other processes do. */
  readonly localOnly?: boolean;
  /** Receives the events since the last call, in order. */
  events(events: readonly ViewerEvent[]): void;
}

/** A run of this process, which formats its steps when they are sent. */
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

/** Maximum number of queued steps; further ones are dropped, and viewers only receive the runs. */
const maxSteps = 2_000;
/** Maximum number of queued runs; viewers see the others when they reload the list. */
const maxRuns = 10_000;

/**
 * Sends events to viewers. To not slow down runs, events are queued and sent a moment later. Without viewers, nothing
 * is queued.
 */
export class Hub {
  readonly #viewers = new Set<HubListener>();
  readonly #later: (work: () => void) => void;
  readonly #changed = new Map<string, ChangedRun>();
  #steps: QueuedStep[] = [];
  #scheduled = false;

  /** @param defer Schedules a callback for a moment later. */
  constructor(defer: (work: () => void) => void) {
    this.#later = defer;
  }

  /** Whether there are viewers. */
  get listened(): boolean {
    return this.#viewers.size > 0;
  }

  /** Adds a viewer; returns a function that removes it. */
  add(viewer: HubListener): () => void {
    this.#viewers.add(viewer);
    return () => this.#viewers.delete(viewer);
  }

  /** Queues a step of a run of this process. */
  stepped(run: SteppingRun, index: number): void {
    if (!this.listened) return;
    this.#change({ localOnly: true, run });
    if (this.#steps.length < maxSteps) this.#steps.push({ localOnly: true, run, index });
  }

  /** Queues a change of a run of another process or the log. */
  changed(summary: RunSummary, step?: Step): void {
    if (!this.listened) return;
    this.#change({ localOnly: false, run: keptOf(summary) });
    if (step !== undefined && this.#steps.length < maxSteps)
      this.#steps.push({ localOnly: false, runId: summary.runId, step });
  }

  /** Sends an event that does not belong to a single run. */
  broadcast(event: ViewerEvent): void {
    for (const viewer of this.#viewers) if (viewer.localOnly !== true) viewer.events([event]);
  }

  #change(changed: ChangedRun): void {
    const { runId } = changed.run;
    if (this.#changed.size < maxRuns || this.#changed.has(runId)) this.#changed.set(runId, changed);
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#later(() => this.#flush());
  }

  #flush(): void {
    this.#scheduled = false;
    const runs = [...this.#changed.values()].map(({ localOnly, run: { summary } }) =>
      viewerEvent(localOnly, 'run', summary),
    );
    const steps = this.#steps.map((one) =>
      viewerEvent(
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

const viewerEvent = (localOnly: boolean, event: ViewerEvent['event'], data: unknown) => ({
  localOnly,
  event: { event, data },
});
