import type { HealthSnapshot } from '../healer/observer.ts';
import { EventReader } from '../http/events.ts';
import type { Clock } from '../model/clock.ts';
import { fetchFromProcess, openProcess } from '../sharing/ask-process.ts';
import type { Arrows, Counts } from './counts.ts';
import type { Hub } from './hub.ts';
import type { RunDetail, RunSummary, RunsPage, Step } from './model.ts';
import { type PeerInfo, readPeers } from './peer-files.ts';
import { keptOf, type RunStore } from './run-store.ts';

export interface PeersParts {
  readonly store: RunStore;
  readonly hub: Hub;
  readonly counts: Counts;
  readonly clock: Clock;
  /** The id of this process, which is not one of its peers. */
  readonly ownId: string;
}

const maxEventBytes = 1_048_576;
const pageSize = 1_000;
const maxPages = 10;
const refreshIntervalMs = 1_000;
const responseTimeoutMs = 2_000;

interface Link {
  readonly card: PeerInfo;
  readonly until: AbortController;
  /** Whether its runs have taken transitions since its counts were loaded. */
  stale: boolean;
}

/**
 * The user's other processes that record runs. While there are viewers, their runs are shown with those of this
 * process.
 */
export class Peers {
  readonly #parts: PeersParts;
  readonly #links = new Map<string, Link>();
  /** Processes that do not respond at the moment. */
  readonly #silent = new Set<string>();
  #refreshing: Promise<void> | undefined;
  #refreshedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: PeersParts) {
    this.#parts = parts;
  }

  get cards(): readonly PeerInfo[] {
    return [...this.#links.values()].map(({ card }) => card);
  }

  /** Finds other processes, unless this was done a moment ago, and waits until their runs are loaded. */
  async refresh(stateDir: string): Promise<void> {
    const { clock } = this.#parts;
    if (this.#refreshing === undefined && clock.monotonic() - this.#refreshedAt >= refreshIntervalMs) {
      this.#refreshedAt = clock.monotonic();
      this.#refreshing = this.#update(stateDir).finally(() => {
        this.#refreshing = undefined;
      });
    }
    await this.#refreshing;
  }

  /** Fetches the details of a run from its process; undefined if no process has it. */
  async find(run: RunSummary): Promise<RunDetail | undefined> {
    const link = this.#links.get(run.processId);
    if (link === undefined) return undefined;
    return this.#ask<RunDetail>(link, `/api/runs/${encodeURIComponent(run.runId)}?own=1`).catch(() => undefined);
  }

  async health(): Promise<readonly HealthSnapshot[]> {
    const responses = [...this.#links.values()].map((link) =>
      this.#ask<HealthSnapshot>(link, '/api/health?own=1').catch(() => undefined),
    );
    return (await Promise.all(responses)).filter((response) => response !== undefined);
  }

  /** Disconnects from the other processes when the last viewer has gone. */
  close(): void {
    for (const { until } of this.#links.values()) until.abort();
    this.#links.clear();
    this.#refreshedAt = Number.NEGATIVE_INFINITY;
  }

  async #update(stateDir: string): Promise<void> {
    const { clock, ownId } = this.#parts;
    const cards = (await readPeers(stateDir, clock)).filter(({ id }) => id !== ownId);
    const ids = new Set(cards.map(({ id }) => id));
    for (const id of this.#silent) if (!ids.has(id)) this.#hasEnded(id);
    const work = [...this.#links.values()].filter(({ stale }) => stale).map((link) => this.#count(link));
    for (const card of cards) if (!this.#links.has(card.id)) work.push(this.#begin(card));
    await Promise.all(work);
  }

  async #begin(card: PeerInfo): Promise<void> {
    const link: Link = { card, until: new AbortController(), stale: true };
    this.#links.set(card.id, link);
    try {
      const stream = await openProcess(card, '/api/stream?own=1', link.until.signal);
      void this.#follow(stream, link);
      await this.#catchUp(link);
      await this.#count(link);
      this.#silent.delete(card.id);
    } catch {
      this.#drop(link);
    }
  }

  async #follow(stream: AsyncIterable<unknown>, link: Link): Promise<void> {
    const reader = new EventReader(maxEventBytes, {
      event: ({ event, data }) => {
        try {
          this.#receive(link, event, JSON.parse(data ?? 'null'));
        } catch {
          // Ignores invalid events.
        }
      },
      overflow: () => {},
    });
    try {
      for await (const chunk of stream) reader.push(chunk as Buffer);
    } catch {
      // Handled like a normal end of the stream.
    }
    this.#drop(link);
  }

  async #catchUp(link: Link): Promise<void> {
    let cursor: string | null = null;
    for (let pages = 0; pages < maxPages; pages += 1) {
      const query = new URLSearchParams({ own: '1', limit: String(pageSize), ...(cursor !== null && { cursor }) });
      const page: RunsPage = await this.#ask<RunsPage>(link, `/api/runs?${query}`);
      for (const run of page.runs) {
        const known = this.#take(run);
        // Current viewers only receive the newest runs; they load the others page by page.
        const isNew = known === undefined ? pages === 0 : known.status !== run.status || known.state !== run.state;
        if (isNew) this.#parts.hub.changed(run);
      }
      if (page.next === null) return;
      cursor = page.next;
    }
  }

  /** Loads the counts of a process, because its steps may be incomplete. */
  async #count(link: Link): Promise<void> {
    link.stale = false;
    try {
      const { arrows } = await this.#ask<{ arrows: Arrows }>(link, '/api/totals?own=1');
      this.#parts.counts.arrowsOf(link.card.id, arrows);
    } catch {
      link.stale = true;
    }
  }

  #receive(link: Link, event: string | undefined, data: unknown): void {
    const { hub, store } = this.#parts;
    if (event === 'run') {
      const run = data as RunSummary;
      this.#take(run);
      hub.changed(run);
    } else if (event === 'step') {
      const { runId, step } = data as { runId: string; step: Step };
      link.stale = true;
      const run = store.get(runId)?.summary;
      if (run !== undefined) hub.changed(run, step);
    }
  }

  /** Stores a run; returns the previous version. */
  #take(run: RunSummary): RunSummary | undefined {
    const { store, counts } = this.#parts;
    const known = store.get(run.runId)?.summary;
    store.put(keptOf(run));
    counts.add(run);
    return known;
  }

  async #ask<T>(link: Link, path: string): Promise<T> {
    const { clock } = this.#parts;
    const late = new AbortController();
    const timer = clock.setTimeout(() => late.abort(), responseTimeoutMs);
    try {
      return await fetchFromProcess<T>(link.card, path, AbortSignal.any([link.until.signal, late.signal]));
    } finally {
      clock.clearTimeout(timer);
    }
  }

  #drop(link: Link): void {
    link.until.abort();
    if (this.#links.get(link.card.id) !== link) return;
    this.#links.delete(link.card.id);
    this.#silent.add(link.card.id);
  }

  /** Marks active runs of an ended process as unknown. */
  #hasEnded(id: string): void {
    this.#silent.delete(id);
    const { store, hub, counts } = this.#parts;
    counts.processEnded(id);
    for (const { summary } of store.newestFirst()) {
      if (summary.processId !== id || summary.status !== 'running') continue;
      const run: RunSummary = { ...summary, status: 'unknown', error: summary.error ?? 'its process has ended' };
      store.put(keptOf(run));
      hub.changed(run);
    }
  }
}
