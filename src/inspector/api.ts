import { chart } from '../../machines/chart.ts';
import type { HealthSnapshot } from '../healer/observer.ts';
import type { Clock } from '../model/clock.ts';
import type { Counts } from './counts.ts';
import type { FleetApi } from './fleet-api.ts';
import type { LearningApi } from './learning-api.ts';
import type { ExportedRun, Health, Mode, RunDetail } from './model.ts';
import type { PeerInfo } from './peer-files.ts';
import type { Peers } from './peers.ts';
import type { RunStore } from './run-store.ts';
import type { RunPages } from './runs-page.ts';

export interface ApiParts {
  readonly store: RunStore;
  readonly pages: RunPages;
  readonly counts: Counts;
  readonly peers: Peers;
  readonly clock: Clock;
  readonly version: string;
  /** The run of the exported file; undefined if the page shows the runs of this machine. */
  readonly file: RunDetail | undefined;
  /** This process; undefined if it records no runs. */
  readonly self: () => Omit<PeerInfo, 'token' | 'port' | 'start'> | undefined;
  /** The limits of this process: breakers, budgets and cool-downs. */
  readonly health: () => HealthSnapshot;
  /** What is wrong with the configuration of this process; undefined if nothing is. */
  readonly notice: () => string | undefined;
  /** The fleet; undefined if the page shows none. */
  readonly fleet: () => FleetApi | undefined;
  /** What was learned; undefined if the page does not show it. */
  readonly learning: () => LearningApi | undefined;
  /** Updates the runs of other processes. */
  readonly refreshPeers: () => Promise<void>;
}

const maxPerPage = 1_000;
const maxTextLength = 200;

/** The read-only API of the page; what changes something is in `FleetApi` and `LearningApi`. */
export class InspectorApi {
  readonly #parts: ApiParts;

  constructor(parts: ApiParts) {
    this.#parts = parts;
  }

  get mode(): Mode & { readonly now: number } {
    const { file, version, clock, fleet } = this.#parts;
    const learning = this.#parts.learning();
    return {
      mode: file === undefined ? 'live' : 'file',
      version,
      now: clock.now(),
      ...(file && { run: file }),
      ...(fleet() && { fleet: true }),
      ...(learning && { learning: learning.hasAny }),
    };
  }

  /** Handles a request; resolves with undefined if the path is unknown. Rejects if the log cannot be read. */
  async handle(path: string, query: URLSearchParams): Promise<unknown> {
    // Another process requests only local runs; without this check processes would request each other's without end.
    const localOnly = query.get('own') === '1';
    if (path === '/api/mode') return this.mode;
    if (path === '/api/chart') return chart;
    if (path.startsWith('/api/fleet')) return this.#parts.fleet()?.handle(path);
    if (path.startsWith('/api/learning')) return this.#parts.learning()?.handle(path, query);
    if (this.#parts.file === undefined && !localOnly) await this.#parts.refreshPeers();
    switch (path) {
      case '/api/runs':
        return this.#runs(query, localOnly);
      case '/api/totals':
        return localOnly ? { arrows: this.#parts.counts.ownArrows } : this.#parts.counts.totals;
      case '/api/health':
        return localOnly ? this.#parts.health() : this.#health();
      default:
        return this.#one(path, localOnly);
    }
  }

  #runs(query: URLSearchParams, localOnly: boolean): Promise<unknown> {
    const text = (name: string): string => (query.get(name) ?? '').slice(0, maxTextLength);
    const requested = Number(query.get('limit') ?? 200);
    const limit = Number.isInteger(requested) ? Math.min(maxPerPage, Math.max(1, requested)) : 200;
    const filters = {
      q: text('q'),
      tool: text('tool'),
      class: text('class'),
      fix: text('fix'),
      outcome: text('outcome'),
    };
    return this.#parts.pages.page(
      { filters, cursor: query.get('cursor'), limit },
      localOnly ? this.#parts.self()?.id : null,
    );
  }

  async #one(path: string, localOnly: boolean): Promise<RunDetail | ExportedRun | undefined> {
    const [, id = '', exported] = /^\/api\/runs\/([^/]{1,300})(\/export)?$/.exec(path) ?? [];
    const run = await this.#find(id, localOnly);
    if (run === undefined) return undefined;
    if (exported === undefined) return this.#signed(run);
    const { version, clock } = this.#parts;
    return { healflowExport: 1, exportedAt: clock.now(), version, run };
  }

  /** Adds the signature of its failure, so that the page can show what was learned about it. */
  async #signed(run: RunDetail): Promise<RunDetail> {
    if (run.error === null || run.signature !== undefined || this.#parts.learning() === undefined) return run;
    const { signatureOf } = await import('../learning/signature.ts');
    return { ...run, signature: signatureOf(run.error).id };
  }

  async #find(encoded: string, localOnly: boolean): Promise<RunDetail | undefined> {
    const { store, peers, pages, file } = this.#parts;
    let runId: string;
    try {
      runId = decodeURIComponent(encoded);
    } catch {
      return undefined;
    }
    if (runId === '') return undefined;
    if (file !== undefined) return file.runId === runId ? file : undefined;
    const kept = store.get(runId);
    if (kept?.detail !== undefined || localOnly) return kept?.detail;
    const there = kept && (await peers.find(kept.summary));
    if (there !== undefined) return there;
    const logged = await pages.find(runId);
    if (logged !== undefined || kept === undefined) return logged;
    const nothing = { steps: [], diagnoses: [], fixReports: [], attemptsList: [], policy: null, refusal: null };
    return { ...kept.summary, ...nothing };
  }

  async #health(): Promise<Health> {
    const { peers, self } = this.#parts;
    const all = [this.#parts.health(), ...(await peers.health())];
    const here = self();
    const notice = this.#parts.notice();
    const cards = here === undefined ? peers.cards : [here, ...peers.cards];
    return {
      ...(notice !== undefined && { notice }),
      breakers: all.flatMap(({ breakers }) => breakers),
      // Processes share the state of fixes, so each fix is listed once.
      budgets: [...new Map(all.flatMap(({ budgets }) => budgets).map((one) => [one.key, one])).values()],
      cooldowns: [...new Map(all.flatMap(({ cooldowns }) => cooldowns).map((one) => [one.key, one])).values()],
      processes: cards.map(({ id, pid, title, startedAt }) => ({ id, pid, title, startedAt, alive: true })),
    };
  }
}
