import type { InspectionEvent } from 'xstate';
import type { HealingContext } from '../../machines/healing.ts';
import type { BegunRun, ObservedHealer, RunObserver } from '../healer/observer.ts';
import type { RunReport } from '../model/run.ts';
import type { Counts } from './counts.ts';
import type { Hub } from './hub.ts';
import { RunRecord } from './run-record.ts';
import type { RunStore } from './run-store.ts';

/** So many names of tools are remembered masked. */
const mostNames = 1_000;

/** Collects what happens to the runs of one healer. */
export class Collector implements RunObserver {
  /** Watches the actors of runs: every microstep, since the chart's transient states show in nothing else. */
  readonly inspect: (event: InspectionEvent) => void;
  readonly #processId: string;
  readonly #store: RunStore;
  readonly #hub: Hub;
  readonly #counts: Counts;
  readonly #onAttach: (healer: ObservedHealer) => void;
  readonly #names = new Map<string, string>();
  /** The runs that have not ended. */
  readonly #open = new Map<string, RunRecord>();
  #healer: ObservedHealer | undefined;

  constructor(parts: {
    readonly processId: string;
    readonly store: RunStore;
    readonly hub: Hub;
    readonly counts: Counts;
    readonly onAttach: (healer: ObservedHealer) => void;
  }) {
    this.#processId = parts.processId;
    this.#store = parts.store;
    this.#hub = parts.hub;
    this.#counts = parts.counts;
    this.#onAttach = parts.onAttach;
    this.inspect = (event) => this.#watch(event);
  }

  attach(healer: ObservedHealer): void {
    this.#healer = healer;
    this.#onAttach(healer);
  }

  began(run: BegunRun): void {
    const healer = this.#healer;
    if (healer === undefined) return;
    const { clock } = healer;
    const origin = clock.monotonic() - Math.max(0, clock.now() - run.startedAt);
    const record = new RunRecord(run, this.#nameOf(run.tool), this.#processId, origin);
    this.#open.set(run.runId, record);
    this.#store.put(record);
    this.#tell(record);
  }

  ended(report: RunReport): void {
    const record = this.#open.get(report.runId);
    if (record === undefined || this.#healer === undefined) return;
    this.#open.delete(report.runId);
    record.end(report, this.#healer.clock.monotonic());
    this.#tell(record);
    this.#counts.add(record.summary);
  }

  #watch(event: InspectionEvent): void {
    if (event.type !== '@xstate.microstep' || this.#healer === undefined) return;
    const { value, context } = event.snapshot as unknown as { value: unknown; context?: HealingContext };
    const record = typeof context?.runId === 'string' ? this.#open.get(context.runId) : undefined;
    if (record === undefined || context === undefined || typeof value !== 'string') return;
    const { output } = event.event as { output?: unknown };
    if (record.step({ to: value, output, context, at: this.#healer.clock.monotonic() })) this.#tell(record);
  }

  #tell(record: RunRecord): void {
    this.#counts.arrow(record.before, record.state);
    this.#hub.stepped(record, record.taken - 1);
  }

  #nameOf(tool: string): string {
    const known = this.#names.get(tool);
    if (known !== undefined) return known;
    const name = (this.#healer?.redact(tool) ?? '').slice(0, 200);
    if (this.#names.size < mostNames) this.#names.set(tool, name);
    return name;
  }
}
