import { type LogPlace, readBackwards } from '../event-log/read-backwards.ts';
import type { Counts } from './counts.ts';
import { type Filters, filterNames, matches } from './filters.ts';
import { runOfEvent, summaryOf } from './log-run.ts';
import type { RunDetail, RunSummary, RunsPage } from './model.ts';
import type { RunStore } from './run-store.ts';

/** The start of a page: a stored run or a position in the log. */
type Cursor =
  | { readonly in: 'kept'; readonly startedAt: number; readonly runId: string }
  | { readonly in: 'log'; readonly place: LogPlace | undefined; readonly skip: number };

export interface PageQuery {
  readonly filters: Filters;
  readonly cursor: string | null;
  readonly limit: number;
}

/** Maximum number of chunks of the log that are read for one page; the next page continues there. */
const maxChunks = 40;
/** Maximum number of cached runs from the log. */
const maxListed = 5_000;

const encode = (cursor: Cursor): string => Buffer.from(JSON.stringify(cursor)).toString('base64url');

const decode = (text: string): Cursor | undefined => {
  try {
    const cursor = JSON.parse(Buffer.from(text, 'base64url').toString()) as Cursor;
    return cursor.in === 'kept' || cursor.in === 'log' ? cursor : undefined;
  } catch {
    return undefined;
  }
};

/** Lists runs page by page, newest first: the stored ones, then the older ones from the log. */
export class RunPages {
  readonly #store: RunStore;
  readonly #counts: Counts;
  readonly #memoryDir: () => string | undefined;
  readonly #listed = new Map<string, RunDetail>();

  constructor(store: RunStore, counts: Counts, memoryDir: () => string | undefined) {
    this.#store = store;
    this.#counts = counts;
    this.#memoryDir = memoryDir;
  }

  /** Returns one page; rejects if the log cannot be read. @param own Only runs of this process; null for all. */
  async page({ filters, cursor: text, limit }: PageQuery, own: string | null | undefined): Promise<RunsPage> {
    const cursor = text === null ? undefined : decode(text);
    const runs: RunSummary[] = [];
    let next: Cursor | null = null;
    if (cursor?.in !== 'log')
      next = this.#kept((run) => (own == null || run.processId === own) && matches(run, filters), cursor, limit, runs);
    const memoryDir = this.#memoryDir();
    if (next === null && own === null && memoryDir !== undefined) {
      const from = cursor?.in === 'log' ? cursor : { in: 'log' as const, place: undefined, skip: 0 };
      next = await this.#logged(memoryDir, filters, from, limit, runs);
    }
    const wanted = Object.fromEntries(filterNames.flatMap((name) => (filters[name] ? [[name, filters[name]]] : [])));
    const counted = this.#counts.total(wanted) ?? 0;
    return { runs, next: next === null ? null : encode(next), total: Math.max(counted, runs.length) };
  }

  /** Finds a run in the log; undefined if it is not there. */
  async find(runId: string): Promise<RunDetail | undefined> {
    const listed = this.#listed.get(runId);
    const memoryDir = this.#memoryDir();
    if (listed !== undefined || memoryDir === undefined) return listed;
    let place: LogPlace | undefined;
    do {
      const chunk = await readBackwards(memoryDir, place);
      const event = chunk.events.find((one) => runOfEvent(one).runId === runId);
      if (event !== undefined) return runOfEvent(event);
      place = chunk.next ?? undefined;
    } while (place !== undefined);
    return undefined;
  }

  #kept(
    isWanted: (run: RunSummary) => boolean,
    cursor: Extract<Cursor, { in: 'kept' }> | undefined,
    limit: number,
    runs: RunSummary[],
  ): Cursor | null {
    let isPast = cursor === undefined || this.#store.get(cursor.runId) === undefined;
    for (const { summary } of this.#store.newestFirst()) {
      if (isPast) {
        if (cursor !== undefined && summary.startedAt > cursor.startedAt) continue;
        if (!isWanted(summary)) continue;
        if (runs.length === limit) {
          const last = runs.at(-1) ?? summary;
          return { in: 'kept', startedAt: last.startedAt, runId: last.runId };
        }
        runs.push(summary);
      } else if (summary.runId === cursor?.runId) {
        isPast = true;
      }
    }
    return null;
  }

  async #logged(
    memoryDir: string,
    filters: Filters,
    from: Extract<Cursor, { in: 'log' }>,
    limit: number,
    runs: RunSummary[],
  ): Promise<Cursor | null> {
    let { place, skip } = from;
    for (let chunks = 0; chunks < maxChunks; chunks += 1) {
      const chunk = await readBackwards(memoryDir, place);
      for (const [index, event] of chunk.events.entries()) {
        if (index < skip) continue;
        if (runs.length >= limit) return { in: 'log', place, skip: index };
        this.#list(event, filters, runs);
      }
      if (chunk.next === null) return null;
      place = chunk.next;
      skip = 0;
    }
    return { in: 'log', place, skip };
  }

  #list(event: Parameters<typeof runOfEvent>[0], filters: Filters, runs: RunSummary[]): void {
    const run = runOfEvent(event);
    // Stored runs are already listed.
    if (this.#store.get(run.runId) !== undefined || runs.some(({ runId }) => runId === run.runId)) return;
    const summary = summaryOf(run);
    if (!matches(summary, filters)) return;
    runs.push(summary);
    this.#listed.set(run.runId, run);
    if (this.#listed.size <= maxListed) return;
    const [oldest] = this.#listed.keys();
    if (oldest !== undefined) this.#listed.delete(oldest);
  }
}
