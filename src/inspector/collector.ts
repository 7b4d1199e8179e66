import type { InspectionEvent } from 'xstate';
import type { HealingContext } from '../../machines/healing.ts';
import type { ObservedHealer, RunObserver, StartedRun } from '../healer/observer.ts';
import type { RunReport } from '../model/run.ts';
import { messageOf } from '../text/error-text.ts';
import type { Counts } from './counts.ts';
import type { Hub } from './hub.ts';
import { RunRecord } from './run-record.ts';
import type { RunStore } from './run-store.ts';

/** Maximum number of cached masked tool names. */
const maxNames = 1_000;
/** Maximum number of pending events; if there are more, they are processed immediately. */
const maxPending = 1_000;

/** An event of a run, with its time on the monotonic clock. */
type PendingEvent =
  | { readonly what: 'began'; readonly at: number; readonly run: StartedRun }
  | { readonly what: 'step'; readonly at: number; readonly snapshot: unknown; readonly event: unknown }
  | { readonly what: 'ended'; readonly at: number; readonly report: RunReport };

export interface CollectorParts {
  readonly processId: string;
  readonly store: RunStore;
  readonly hub: Hub;
  readonly counts: Counts;
  /** Schedules a callback for a moment later. */
  readonly defer: (work: () => void) => void;
  readonly onAttach: (healer: ObservedHealer) => void;
}

/**
 * Collects the events of the runs of one healer. To not slow down runs, events are queued and processed a moment later,
 * or on the next request.
 */
export class Collector implements RunObserver {
  /** Observes the actors of runs: every microstep, because snapshots do not show the chart's transient states. */
  readonly inspect: (event: InspectionEvent) => void;
  readonly #parts: CollectorParts;
  readonly #names = new Map<string, string>();
  /** The active runs. */
  readonly #open = new Map<string, RunRecord>();
  #happened: PendingEvent[] = [];
  #healer: ObservedHealer | undefined;
  #warned = false;

  constructor(parts: CollectorParts) {
    this.#parts = parts;
    this.inspect = (event) => {
      if (event.type === '@xstate.microstep')
        this.#note({ what: 'step', at: this.#now, snapshot: event.snapshot, event: event.event });
    };
  }

  attach(healer: ObservedHealer): void {
    this.#healer = healer;
    this.#parts.onAttach(healer);
  }

  started(run: StartedRun): void {
    this.#note({ what: 'began', at: this.#now, run });
  }

  finished(report: RunReport): void {
    this.#note({ what: 'ended', at: this.#now, report });
  }

  /** Processes all queued events. */
  settle(): void {
    const happened = this.#happened;
    this.#happened = [];
    for (const one of happened) {
      try {
        this.#take(one);
      } catch (error) {
        if (!this.#warned) this.#healer?.warn(`the inspector threw: ${messageOf(error)}`);
        this.#warned = true;
      }
    }
  }

  get #now(): number {
    return this.#healer?.clock.monotonic() ?? 0;
  }

  #note(happened: PendingEvent): void {
    const waiting = this.#happened.push(happened);
    if (waiting === 1) this.#parts.defer(() => this.settle());
    else if (waiting >= maxPending) this.settle();
  }

  #take(happened: PendingEvent): void {
    if (happened.what === 'began') this.#begin(happened.run, happened.at);
    else if (happened.what === 'step') this.#step(happened.snapshot, happened.event, happened.at);
    else this.#end(happened.report, happened.at);
  }

  #begin(run: StartedRun, at: number): void {
    const record = new RunRecord(run, this.#nameOf(run.tool), this.#parts.processId, at - run.elapsedMs);
    this.#open.set(run.runId, record);
    this.#parts.store.put(record);
    this.#publish(record);
  }

  #step(snapshot: unknown, event: unknown, at: number): void {
    const { value, context } = snapshot as { value: unknown; context?: HealingContext };
    const record = typeof context?.runId === 'string' ? this.#open.get(context.runId) : undefined;
    if (record === undefined || context === undefined || typeof value !== 'string') return;
    const { output } = event as { output?: unknown };
    if (record.step({ to: value, output, context, at })) this.#publish(record);
  }

  #end(report: RunReport, at: number): void {
    const record = this.#open.get(report.runId);
    if (record === undefined) return;
    this.#open.delete(report.runId);
    record.end(report, at);
    this.#publish(record);
    this.#parts.counts.add(record.summary);
  }

  #publish(record: RunRecord): void {
    this.#parts.counts.arrow(record.before, record.state);
    this.#parts.hub.stepped(record, record.taken - 1);
  }

  #nameOf(tool: string): string {
    const known = this.#names.get(tool);
    if (known !== undefined) return known;
    const name = (this.#healer?.redact(tool) ?? '').slice(0, 200);
    if (this.#names.size < maxNames) this.#names.set(tool, name);
    return name;
  }
}
