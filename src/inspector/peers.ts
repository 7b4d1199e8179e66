import type { HealthSnapshot } from '../healer/observer.ts';
import { EventReader } from '../http/events.ts';
import type { Clock } from '../model/clock.ts';
import { fetchFromPeer, openPeer } from './ask-peer.ts';
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
  /** The id of this process, which is none of its own peers. */
  readonly ownId: string;
}

const largestEvent = 1_048_576;
const pageSize = 1_000;
const mostPages = 10;
const lookEveryMs = 1_000;
const answerWithinMs = 2_000;

interface Link {
  readonly card: PeerInfo;
  readonly until: AbortController;
  /** Whether its runs have taken arrows since its counts were asked for. */
  stale: boolean;
}

/** The other processes of this user that collect runs: shows theirs beside those of this one, for as long as anybody looks. */
export class Peers {
  readonly #parts: PeersParts;
  readonly #links = new Map<string, Link>();
  /** Those that no longer answer; they may yet. */
  readonly #silent = new Set<string>();
  #looking: Promise<void> | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: PeersParts) {
    this.#parts = parts;
  }

  get cards(): readonly PeerInfo[] {
    return [...this.#links.values()].map(({ card }) => card);
  }

  /** Looks who is there, unless that was done a moment ago, and waits until their runs have come. */
  async look(stateDir: string): Promise<void> {
    const { clock } = this.#parts;
    if (this.#looking === undefined && clock.monotonic() - this.#lookedAt >= lookEveryMs) {
      this.#lookedAt = clock.monotonic();
      this.#looking = this.#update(stateDir).finally(() => {
        this.#looking = undefined;
      });
    }
    await this.#looking;
  }

  /** All that a peer knows of its run; undefined if none has it. */
  async find(run: RunSummary): Promise<RunDetail | undefined> {
    const link = this.#links.get(run.processId);
    if (link === undefined) return undefined;
    return this.#ask<RunDetail>(link, `/api/runs/${encodeURIComponent(run.runId)}?own=1`).catch(() => undefined);
  }

  async health(): Promise<readonly HealthSnapshot[]> {
    const answers = [...this.#links.values()].map((link) =>
      this.#ask<HealthSnapshot>(link, '/api/health?own=1').catch(() => undefined),
    );
    return (await Promise.all(answers)).filter((answer) => answer !== undefined);
  }

  /** Nobody looks any more. */
  close(): void {
    for (const { until } of this.#links.values()) until.abort();
    this.#links.clear();
    this.#lookedAt = Number.NEGATIVE_INFINITY;
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
      const stream = await openPeer(card, '/api/stream?own=1', link.until.signal);
      void this.#follow(stream, link);
      await this.#catchUp(link);
      await this.#count(link);
      this.#silent.delete(card.id);
    } catch {
      this.#drop(link);
    }
  }

  async #follow(stream: AsyncIterable<unknown>, link: Link): Promise<void> {
    const reader = new EventReader(largestEvent, {
      event: ({ event, data }) => {
        try {
          this.#receive(link, event, JSON.parse(data ?? 'null'));
        } catch {
          // What cannot be read is passed over.
        }
      },
      overflow: () => {},
    });
    try {
      for await (const chunk of stream) reader.push(chunk as Buffer);
    } catch {
      // It ends like any other.
    }
    this.#drop(link);
  }

  async #catchUp(link: Link): Promise<void> {
    let cursor: string | null = null;
    for (let pages = 0; pages < mostPages; pages += 1) {
      const query = new URLSearchParams({ own: '1', limit: String(pageSize), ...(cursor !== null && { cursor }) });
      const page: RunsPage = await this.#ask<RunsPage>(link, `/api/runs?${query}`);
      for (const run of page.runs) {
        const known = this.#take(run);
        // Viewers that look already learn of the newest; they come upon the others as they read on.
        const isNew = known === undefined ? pages === 0 : known.status !== run.status || known.state !== run.state;
        if (isNew) this.#parts.hub.changed(run);
      }
      if (page.next === null) return;
      cursor = page.next;
    }
  }

  /** The steps that are told do not add up where some came before, or did not come at all; what it counts does. */
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

  /** Keeps a run; returns what was known of it. */
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
    const timer = clock.setTimeout(() => late.abort(), answerWithinMs);
    try {
      return await fetchFromPeer<T>(link.card, path, AbortSignal.any([link.until.signal, late.signal]));
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

  /** A run that it left open never will end. */
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
