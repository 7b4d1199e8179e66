import { BoundedSet } from './bounded-set.ts';
import { Histogram } from './histogram.ts';
import type { Group, Outcomes, RunSummary, Totals } from './model.ts';
import { TimeBuckets } from './time-buckets.ts';

type Outcome = keyof Outcomes;

/** The number of times each transition was taken, by `From->To`. */
export type Arrows = Totals['arrows'];

/** Maximum number of groups; further names are counted together. */
const maxNames = 1_000;
const otherNames = '(others)';
/** Number of runs of each source that are remembered, so that a run that is also in the log is counted once. */
const remembered = 20_000;

const isOutcome = (status: RunSummary['status']): status is Outcome => status !== 'running';

const none = (): Record<Outcome, number> => ({ healed: 0, failed: 0, unknown: 0, succeeded: 0 });

class Groups {
  readonly #groups = new Map<string, Record<Outcome, number>>();

  add(name: string, outcome: Outcome): void {
    const counts = this.#groups.get(name);
    if (counts !== undefined) counts[outcome] += 1;
    else if (this.#groups.size < maxNames || name === otherNames) this.#groups.set(name, { ...none(), [outcome]: 1 });
    else this.add(otherNames, outcome);
  }

  get(name: string): number {
    const counts = this.#groups.get(name);
    return counts === undefined ? 0 : Object.values(counts).reduce((sum, count) => sum + count, 0);
  }

  get list(): Group[] {
    return [...this.#groups].map(([name, counts]) => ({ name, ...counts }));
  }
}

/** The totals of all known runs, each counted once. */
export class Counts {
  readonly #outcomes = none();
  readonly #byTool = new Groups();
  readonly #byFix = new Groups();
  readonly #byClass = new Groups();
  readonly #overTime = new TimeBuckets();
  readonly #healMs = new Histogram();
  /** By source state, then target state: avoids building a key for each transition. */
  readonly #arrows = new Map<string, Map<string, number>>();
  /** The transitions of other processes, by process. */
  readonly #others = new Map<string, Arrows>();
  #past: Arrows = {};
  /** The runs counted when they ended, and those counted from the log. */
  readonly #ended = new BoundedSet(remembered);
  readonly #logged = new BoundedSet(remembered);
  #version = 0;

  /** Increases with every change of the totals. */
  get version(): number {
    return this.#version;
  }

  /** Counts a finished run, unless it was counted before. @param isLogged Whether it comes from the log. */
  add(run: RunSummary, isLogged = false): void {
    const { runId, status, endedAt, durationMs } = run;
    if (!isOutcome(status) || this.#ended.has(runId) || this.#logged.has(runId)) return;
    (isLogged ? this.#logged : this.#ended).add(runId);
    this.#version += 1;
    this.#outcomes[status] += 1;
    this.#byTool.add(run.tool, status);
    if (run.class !== null) this.#byClass.add(run.class, status);
    for (const fix of run.fixes.length > 1 ? new Set(run.fixes) : run.fixes) this.#byFix.add(fix, status);
    if (endedAt !== null && status !== 'succeeded') this.#overTime.add(endedAt, status);
    if (status === 'healed' && durationMs !== null) this.#healMs.add(durationMs);
  }

  /** Counts a transition of a run of this process. */
  arrow(from: string, to: string): void {
    let counts = this.#arrows.get(from);
    if (counts === undefined) {
      counts = new Map();
      this.#arrows.set(from, counts);
    }
    counts.set(to, (counts.get(to) ?? 0) + 1);
    this.#version += 1;
  }

  /** The transition counts of this process. */
  get ownArrows(): Arrows {
    const arrows = [...this.#arrows].flatMap(([from, counts]) => [...counts].map(([to, n]) => [`${from}->${to}`, n]));
    return Object.fromEntries(arrows);
  }

  /** Sets the transition counts of another process. */
  arrowsOf(processId: string, arrows: Arrows): void {
    this.#others.set(processId, arrows);
    this.#version += 1;
  }

  /** Keeps the counts of a process that has ended. */
  processEnded(processId: string): void {
    const arrows = this.#others.get(processId);
    if (arrows === undefined) return;
    this.#others.delete(processId);
    this.#past = sumOf([this.#past, arrows]);
  }

  /** The number of all runs, or those of one tool, class, fix or outcome; undefined if only a search can tell. */
  total(filters: Readonly<Record<string, string>>): number | undefined {
    const [first, ...more] = Object.entries(filters);
    if (first === undefined) return Object.values(this.#outcomes).reduce((sum, count) => sum + count, 0);
    if (more.length > 0) return undefined;
    const [name, value] = first;
    switch (name) {
      case 'tool':
        return this.#byTool.get(value);
      case 'class':
        return this.#byClass.get(value);
      case 'fix':
        return this.#byFix.get(value);
      case 'outcome':
        return this.#outcomes[value as Outcome];
      default:
        return undefined;
    }
  }

  get totals(): Totals {
    return {
      outcomes: { ...this.#outcomes },
      byTool: this.#byTool.list,
      byFix: this.#byFix.list,
      byClass: this.#byClass.list,
      overTime: this.#overTime.list,
      healMs: this.#healMs.summary,
      arrows: sumOf([this.ownArrows, this.#past, ...this.#others.values()]),
    };
  }
}

const sumOf = (all: readonly Arrows[]): Arrows => {
  const sum: Record<string, number> = {};
  for (const [key, count] of all.flatMap((arrows) => Object.entries(arrows))) sum[key] = (sum[key] ?? 0) + count;
  return sum;
};
