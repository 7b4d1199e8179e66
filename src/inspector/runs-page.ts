import { type LogPlace, readBackwards } from '../event-log/read-backwards.ts';
import type { Counts } from './counts.ts';
import { type Filters, filterNames, matches } from './filters.ts';
import { runOfEvent, summaryOf } from './log-run.ts';
import type { RunDetail, RunSummary, RunsPage } from './model.ts';
import type { RunStore } from './run-store.ts';

/** Where a page begins: at a run that is kept, or in the log. */
type Cursor =
  | { readonly in: 'kept'; readonly startedAt: number; readonly runId: string }
  | { readonly in: 'log'; readonly place: LogPlace | undefined; readonly skip: number };

export interface PageQuery {
  readonly filters: Filters;
  readonly cursor: string | null;
  readonly limit: number;
}

/** So many pieces of the log are read for one page at most; the next page goes on. */
const mostPieces = 40;
/** So many runs that only the log knows are remembered once they were listed. */
const mostListed = 5_000;

const encode = (cursor: Cursor): string => Buffer.from(JSON.stringify(cursor)).toString('base64url');

const decode = (text: string): Cursor | undefined => {
  try {
    const cursor = JSON.parse(Buffer.from(text, 'base64url').toString()) as Cursor;
    return cursor.in === 'kept' || cursor.in === 'log' ? cursor : undefined;
  } catch {
    return undefined;
  }
};

/** Lists runs by pages, the newest first: those that are kept, and then the older ones of the log. */
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

  /** One page. @param own The process whose runs alone are wanted; null for all. Throws where the log cannot be read. */
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

  /** A run that only the log knows; undefined if it is in none of its pieces. */
  async find(runId: string): Promise<RunDetail | undefined> {
    const listed = this.#listed.get(runId);
    const memoryDir = this.#memoryDir();
    if (listed !== undefined || memoryDir === undefined) return listed;
    let place: LogPlace | undefined;
    do {
      const piece = await readBackwards(memoryDir, place);
      const event = piece.events.find((one) => runOfEvent(one).runId === runId);
      if (event !== undefined) return runOfEvent(event);
      place = piece.next ?? undefined;
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
    for (let pieces = 0; pieces < mostPieces; pieces += 1) {
      const piece = await readBackwards(memoryDir, place);
      for (const [index, event] of piece.events.entries()) {
        if (index < skip) continue;
        if (runs.length >= limit) return { in: 'log', place, skip: index };
        this.#list(event, filters, runs);
      }
      if (piece.next === null) return null;
      place = piece.next;
      skip = 0;
    }
    return { in: 'log', place, skip };
  }

  #list(event: Parameters<typeof runOfEvent>[0], filters: Filters, runs: RunSummary[]): void {
    const run = runOfEvent(event);
    // One that is kept was listed already, or comes to be kept meanwhile.
    if (this.#store.get(run.runId) !== undefined || runs.some(({ runId }) => runId === run.runId)) return;
    const summary = summaryOf(run);
    if (!matches(summary, filters)) return;
    runs.push(summary);
    this.#listed.set(run.runId, run);
    if (this.#listed.size <= mostListed) return;
    const [oldest] = this.#listed.keys();
    if (oldest !== undefined) this.#listed.delete(oldest);
  }
}
