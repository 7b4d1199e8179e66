import { detached } from '../text/detach.ts';
import type { HealingEvent, LoggedFix } from './event.ts';
import { OutcomeHistory, type OverTime } from './outcomes-over-time.ts';
import { type ReadOptions, readCallBatches, readEventBatches } from './read.ts';
import { outcomeOf, type Tally, TallyCounter } from './tally.ts';

/** The runs of a fix, counted by how they ended. */
export interface FixTally extends Tally {
  readonly ended: Readonly<Record<string, number>>;
}

/** The totals of the log and of the counted calls. */
export interface Stats {
  /** When the first and the last record were written; null if there are none. */
  readonly since: string | null;
  readonly until: string | null;
  readonly total: Tally;
  readonly tools: ReadonlyMap<string, Tally>;
  /** By the class of the first failure. */
  readonly classes: ReadonlyMap<string, Tally>;
  /** A run in which two fixes took part counts for both. */
  readonly fixes: ReadonlyMap<string, FixTally>;
  readonly overTime: OverTime;
}

/** Maximum number of distinct tools; the rest is counted under one name. */
const maxGroups = 5_000;
const others = '(others)';

class TallyGroups {
  readonly #counters = new Map<string, TallyCounter>();

  of(name: string): TallyCounter {
    const known = this.#counters.get(name);
    if (known !== undefined) return known;
    const kept = this.#counters.size < maxGroups ? detached(name) : others;
    const counter = this.#counters.get(kept) ?? new TallyCounter();
    this.#counters.set(kept, counter);
    return counter;
  }

  /** Those with the most failures first, then those with the most calls. */
  get tallies(): Map<string, Tally> {
    return new Map(
      [...this.#counters]
        .map(([name, counter]) => [name, counter.tally] as const)
        .sort(([, a], [, b]) => b.failures - a.failures || b.calls - a.calls),
    );
  }
}

interface CountedFix extends Partial<Pick<LoggedFix, 'status' | 'shared'>> {
  readonly fix: string;
}

const fixesOf = ({ fixes, fix_applied }: HealingEvent): readonly CountedFix[] => {
  // A person may have edited the record.
  if (Array.isArray(fixes)) return fixes.filter((fix) => typeof fix?.fix === 'string');
  return fix_applied === null ? [] : [{ fix: fix_applied }];
};

/** Adds up events and counted calls. */
class StatsCounter {
  readonly #total = new TallyCounter();
  readonly #tools = new TallyGroups();
  readonly #classes = new TallyGroups();
  readonly #fixes = new TallyGroups();
  readonly #overTime = new OutcomeHistory();
  readonly #ended = new Map<string, Map<string, number>>();
  #since: string | null = null;
  #until: string | null = null;

  addCalls(timestamp: string, tool: string, calls: number): void {
    this.#seen(timestamp);
    this.#total.addHealthy(calls);
    this.#tools.of(tool).addHealthy(calls);
  }

  addEvent(event: HealingEvent): void {
    // No call: the proxy started without a valid configuration.
    if (event.refusal === 'CONFIG_INVALID') return;
    this.#seen(event.timestamp);
    const outcome = outcomeOf(event);
    // Calls in which nothing failed are counted, whether or not they are in the log too.
    if (outcome === 'succeeded') return;
    this.#total.addFailure(event, outcome);
    this.#overTime.add(event.timestamp, outcome);
    this.#tools.of(event.tool).addFailure(event, outcome);
    if (typeof event.class === 'string') this.#classes.of(event.class).addFailure(event, outcome);
    const counted = new Set<string>();
    for (const { fix, status, shared } of fixesOf(event)) {
      if (!counted.has(fix)) this.#fixes.of(fix).addFailure(event, outcome);
      counted.add(fix);
      // One that ran for another call is counted with that one.
      if (status !== undefined) this.#count(fix, shared === true ? 'shared' : status);
    }
  }

  get stats(): Stats {
    const fixes = [...this.#fixes.tallies].map(
      ([fix, tally]) => [fix, { ...tally, ended: Object.fromEntries(this.#ended.get(fix) ?? []) }] as const,
    );
    return {
      since: this.#since,
      until: this.#until,
      total: this.#total.tally,
      tools: this.#tools.tallies,
      classes: this.#classes.tallies,
      fixes: new Map(fixes),
      overTime: this.#overTime.overTime,
    };
  }

  #seen(timestamp: string): void {
    if (this.#since === null || timestamp < this.#since) this.#since = detached(timestamp);
    if (this.#until === null || timestamp > this.#until) this.#until = timestamp;
  }

  #count(fix: string, status: string): void {
    let statuses = this.#ended.get(fix);
    if (statuses === undefined) {
      if (this.#ended.size >= maxGroups) return;
      statuses = new Map();
      this.#ended.set(detached(fix), statuses);
    }
    const count = statuses.get(status);
    if (count !== undefined) statuses.set(status, count + 1);
    else if (statuses.size < 20) statuses.set(detached(status), 1);
  }
}

/**
 * Adds up the log of a memory folder and its counted calls.
 *
 * What it keeps does not grow with the length of the log. Throws if a file cannot be read.
 */
export const readStats = async (memoryDir: string, options: ReadOptions = {}): Promise<Stats> => {
  const counter = new StatsCounter();
  for await (const batch of readEventBatches(memoryDir, options)) {
    for (const event of batch) counter.addEvent(event);
  }
  for await (const batch of readCallBatches(memoryDir, options)) {
    for (const { timestamp, tool, calls } of batch) counter.addCalls(timestamp, tool, calls);
  }
  return counter.stats;
};
