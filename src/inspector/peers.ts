import type { HealthNow } from '../healer/observer.ts';
import { EventReader } from '../http/events.ts';
import type { Clock } from '../model/clock.ts';
import { askPeer, openPeer } from './ask-peer.ts';
import type { Counts } from './counts.ts';
import type { Hub } from './hub.ts';
import type { RunDetail, RunSummary, RunsPage, Step } from './model.ts';
import { type PeerCard, readPeers } from './peer-files.ts';
import type { RunStore } from './run-store.ts';

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
  readonly card: PeerCard;
  readonly until: AbortController;
}

/** The other processes of this user that collect runs: shows theirs beside those of this one, for as long as anybody looks. */
export class Peers {
  readonly #parts: PeersParts;
  readonly #links = new Map<string, Link>();
  #looking: Promise<void> | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: PeersParts) {
    this.#parts = parts;
  }

  get cards(): readonly PeerCard[] {
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

  /** All that a peer knows of its run; undefined where none has it. */
  async find(run: RunSummary): Promise<RunDetail | undefined> {
    const link = this.#links.get(run.processId);
    if (link === undefined) return undefined;
    return this.#ask<RunDetail>(link, `/api/runs/${encodeURIComponent(run.runId)}?own=1`).catch(() => undefined);
  }

  async health(): Promise<readonly HealthNow[]> {
    const answers = [...this.#links.values()].map((link) =>
      this.#ask<HealthNow>(link, '/api/health?own=1').catch(() => undefined),
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
    const fresh = cards.filter(({ id }) => !this.#links.has(id));
    for (const card of fresh) this.#links.set(card.id, { card, until: new AbortController() });
    await Promise.all(fresh.map(({ id }) => this.#begin(this.#links.get(id))));
  }

  async #begin(link: Link | undefined): Promise<void> {
    if (link === undefined) return;
    try {
      const stream = await openPeer(link.card, '/api/stream?own=1', link.until.signal);
      void this.#follow(stream, link);
      await this.#catchUp(link);
    } catch {
      this.#drop(link);
    }
  }

  async #follow(stream: AsyncIterable<unknown>, link: Link): Promise<void> {
    const reader = new EventReader(largestEvent, {
      event: ({ event, data }) => {
        try {
          this.#receive(event, JSON.parse(data ?? 'null'));
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
      for (const run of page.runs) this.#take(run);
      if (page.next === null) return;
      cursor = page.next;
    }
  }

  #receive(event: string | undefined, data: unknown): void {
    const { hub, counts } = this.#parts;
    if (event === 'run') {
      const run = data as RunSummary;
      this.#take(run);
      hub.changed(run);
    } else if (event === 'step') {
      const { runId, step } = data as { runId: string; step: Step };
      counts.arrow(step.from, step.to);
      const run = this.#parts.store.get(runId)?.summary;
      if (run !== undefined) hub.changed(run, [step]);
    }
  }

  #take(run: RunSummary): void {
    const { store, counts } = this.#parts;
    store.put(run.runId, run.startedAt, { summary: run });
    counts.add(run);
  }

  async #ask<T>(link: Link, path: string): Promise<T> {
    const { clock } = this.#parts;
    const late = new AbortController();
    const timer = clock.setTimeout(() => late.abort(), answerWithinMs);
    try {
      return await askPeer<T>(link.card, path, AbortSignal.any([link.until.signal, late.signal]));
    } finally {
      clock.clearTimeout(timer);
    }
  }

  /** It has ended: a run that it left open never will. */
  #drop(link: Link): void {
    link.until.abort();
    if (this.#links.get(link.card.id) !== link) return;
    this.#links.delete(link.card.id);
    const { store, hub } = this.#parts;
    for (const { summary } of store.newestFirst()) {
      if (summary.processId !== link.card.id || summary.status !== 'running') continue;
      const run: RunSummary = { ...summary, status: 'unknown', error: summary.error ?? 'its process has ended' };
      store.put(run.runId, run.startedAt, { summary: run });
      hub.changed(run);
    }
  }
}
