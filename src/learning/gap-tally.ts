import { parseTimestamp } from '../event-log/timestamp.ts';
import { detached } from '../text/detach.ts';
import { BoundedOutcomes } from './bounded-outcomes.ts';
import type { Outcome, Recovered, StillFailing } from './model.ts';
import { OutcomeColumns } from './outcome-columns.ts';
import type { OutcomeBudget } from './ring.ts';

/** What happened to one failure with nothing run. */
export interface Gap extends Outcome {
  readonly tool: string;
}

/** What told of a gap: a record of its own, a trial in which nothing ran, or the event of a run that only waited. */
export type GapSource = 'record' | 'trial' | 'event';

interface KnownGap extends Gap {
  readonly source: GapSource;
  succeeded: boolean;
  windowMs: number;
  failingMs: number;
  at: number;
}

/** The last failure of a call. */
interface LastFailure {
  readonly startedAt: number;
  readonly gap: KnownGap | undefined;
  isOver: boolean;
}

const maxGaps = 300;
const maxRuns = 300;
const maxCalls = 300;
/** How much clocks may differ between two records of one failure. */
const startToleranceMs = 1_000;
const startTolerance = 0.01;
/** The same success is in two places at nearly the same time: the record of the failure, and the event of the run. In ms. */
const sameEndMs = 1_000;

/** What is known of the natural recovery of one failure, in any process: one gap for each time that a call began to fail. */
export class GapTally {
  readonly #gaps: BoundedOutcomes<KnownGap>;
  /** The times in which something ran that may have repaired the failure. */
  readonly #runs: OutcomeColumns;
  /** By tool and arguments, the one that changed the longest ago first. */
  readonly #last = new Map<string, LastFailure>();

  constructor(budget: OutcomeBudget) {
    this.#gaps = new BoundedOutcomes(maxGaps, budget);
    this.#runs = new OutcomeColumns(maxRuns, budget);
  }

  /** Adds what a watch has recorded of a failure: only the longest time known of each counts. */
  addRecord({ kind, timestamp, tool, args, window_ms: windowMs, between }: Recovered | StillFailing): void {
    const at = parseTimestamp(timestamp);
    if (Number.isNaN(at)) return;
    const startedAt = at - windowMs;
    const key = `${args ?? ''} ${tool}`;
    const last = this.#last.get(key);
    const isOver = kind === 'recovered';
    const isSame =
      last !== undefined &&
      !last.isOver &&
      Math.abs(last.startedAt - startedAt) <= startToleranceMs + windowMs * startTolerance;
    if (isSame && last.gap !== undefined) {
      const { gap } = last;
      last.isOver = isOver;
      // How it ended after something was run says nothing about the time before.
      if (between.length > 0 || windowMs < gap.windowMs) return;
      gap.succeeded = isOver;
      gap.windowMs = windowMs;
      gap.at = at;
      if (!isOver) gap.failingMs = windowMs;
      return;
    }
    const gap =
      between.length > 0
        ? undefined
        : this.add('record', { tool, succeeded: isOver, windowMs, failingMs: isOver ? 0 : windowMs, at });
    this.#last.delete(key);
    this.#last.set(detached(key), { startedAt, gap, isOver });
    const [oldest] = this.#last.keys();
    if (oldest !== undefined && this.#last.size > maxCalls) this.#last.delete(oldest);
  }

  add(source: GapSource, gap: Gap): KnownGap {
    const known = { failingMs: gap.succeeded ? 0 : gap.windowMs, ...gap, tool: detached(gap.tool), source };
    this.#gaps.add(known);
    return known;
  }

  /** Something ran against the failure, for any call and in any process, within a time that ended then. */
  ran(at: number, windowMs: number): void {
    this.#runs.add({ at, windowMs, succeeded: true, startedAt: at - windowMs }, '');
  }

  /** The gaps in which nothing was run. */
  get all(): readonly Gap[] {
    const gaps = this.#gaps.all;
    const runs = this.#runs.all.sort((one, other) => one.at - other.at);
    const oldestRun = this.#runs.isFull ? (runs[0]?.at ?? 0) : Number.NEGATIVE_INFINITY;
    const isRunIn = (from: number, to: number): boolean =>
      from < oldestRun || runs.some(({ at, windowMs }) => at > from && at - windowMs < to);
    const told = gaps.filter(({ source, succeeded }) => source !== 'event' && succeeded);
    const isToldTwice = ({ source, succeeded, tool, at }: KnownGap): boolean =>
      succeeded &&
      source !== 'record' &&
      told.some(
        (other) =>
          other.tool === tool &&
          (source === 'event' || other.source === 'record') &&
          Math.abs(other.at - at) <= sameEndMs,
      );
    return gaps.flatMap((gap) => {
      if (isToldTwice(gap)) return [];
      const { tool, succeeded, failingMs, windowMs, at } = gap;
      const startedAt = at - windowMs;
      if (!isRunIn(startedAt, at)) return [{ tool, succeeded, windowMs, failingMs, at }];
      // What it was seen to do before anything ran still counts.
      const seenAt = startedAt + failingMs;
      if (!succeeded || failingMs === 0 || isRunIn(startedAt, seenAt)) return [];
      return [{ tool, succeeded: false, windowMs: failingMs, failingMs, at: seenAt }];
    });
  }
}
