import { BoundedSet } from './bounded-set.ts';
import { Histogram } from './histogram.ts';
import type { Group, Outcomes, RunSummary, Totals } from './model.ts';
import { TimeBuckets } from './time-buckets.ts';

type Outcome = keyof Outcomes;

/** How often each arrow was taken, by `From->To`. */
export type Arrows = Totals['arrows'];

/** More names than that are counted together. */
const mostNames = 1_000;
const otherNames = '(others)';
/** So many runs of each side are remembered, so that none is counted twice: as it ends, and as the log tells of it. */
const remembered = 20_000;

const isOutcome = (status: RunSummary['status']): status is Outcome => status !== 'running';

const none = (): Record<Outcome, number> => ({ healed: 0, failed: 0, unknown: 0, succeeded: 0 });

class Groups {
  readonly #groups = new Map<string, Record<Outcome, number>>();

  add(name: string, outcome: Outcome): void {
    const counts = this.#groups.get(name);
    if (counts !== undefined) counts[outcome] += 1;
    else if (this.#groups.size < mostNames || name === otherNames) this.#groups.set(name, { ...none(), [outcome]: 1 });
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

/** The totals over all runs that are known, of which each is counted once. */
export class Counts {
  readonly #outcomes = none();
  readonly #byTool = new Groups();
  readonly #byFix = new Groups();
  readonly #byClass = new Groups();
  readonly #overTime = new TimeBuckets();
  readonly #healMs = new Histogram();
  /** By where they come from, then where they go: a healing takes nine, which is no time for making names. */
  readonly #arrows = new Map<string, Map<string, number>>();
  /** The arrows of other processes, by process. */
  readonly #others = new Map<string, Arrows>();
  #past: Arrows = {};
  /** The runs that were counted as they ended, and those as the log told of them; an old log tells of many at once. */
  readonly #ended = new BoundedSet(remembered);
  readonly #logged = new BoundedSet(remembered);
  #version = 0;

  /** Changes with every change of the totals. */
  get version(): number {
    return this.#version;
  }

  /** Counts a run that has ended, unless it was counted before. @param isLogged Whether the log tells of it. */
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

  /** Counts an arrow of the chart that a run of this process took. */
  arrow(from: string, to: string): void {
    let counts = this.#arrows.get(from);
    if (counts === undefined) {
      counts = new Map();
      this.#arrows.set(from, counts);
    }
    counts.set(to, (counts.get(to) ?? 0) + 1);
    this.#version += 1;
  }

  /** How often runs of this process took each arrow. */
  get ownArrows(): Arrows {
    const arrows = [...this.#arrows].flatMap(([from, counts]) => [...counts].map(([to, n]) => [`${from}->${to}`, n]));
    return Object.fromEntries(arrows);
  }

  /** Takes in how often runs of another process took each arrow, as that process counts. */
  arrowsOf(processId: string, arrows: Arrows): void {
    this.#others.set(processId, arrows);
    this.#version += 1;
  }

  /** Keeps what a process counted that has ended. */
  processEnded(processId: string): void {
    const arrows = this.#others.get(processId);
    if (arrows === undefined) return;
    this.#others.delete(processId);
    this.#past = sumOf([this.#past, arrows]);
  }

  /** How many runs there are in all, or of one tool, class, fix or outcome; undefined if it takes a search to know. */
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
