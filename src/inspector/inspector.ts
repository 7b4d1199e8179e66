import type { ServerResponse } from 'node:http';
import { systemClock } from '../clock.ts';
import { followEvents } from '../event-log/follow.ts';
import type { HealthSnapshot, ObservedHealer, RunObserver } from '../healer/observer.ts';
import { type Listening, listen } from '../http/listen.ts';
import type { Clock } from '../model/clock.ts';
import { onExit } from '../platform/exit-hook.ts';
import { unrefClock } from '../platform/unref-clock.ts';
import { newProcessId, newToken } from '../sharing/process-token.ts';
import { messageOf } from '../text/error-text.ts';
import { InspectorApi } from './api.ts';
import { Collector } from './collector.ts';
import { Counts } from './counts.ts';
import type { FleetApi, FleetSource } from './fleet-api.ts';
import { Hub } from './hub.ts';
import type { LearningApi, LearningSource } from './learning-api.ts';
import { runOfEvent, summaryOf } from './log-run.ts';
import type { RunDetail } from './model.ts';
import { announce } from './peer-files.ts';
import { Peers } from './peers.ts';
import { type ChangeHandler, requestHandler } from './request-handler.ts';
import { keptOf, RunStore } from './run-store.ts';
import { RunPages } from './runs-page.ts';
import { streamTo } from './stream.ts';
import { version } from './version.ts';

/** The options of `createInspector`. */
export interface InspectorOptions {
  /**
   * The port to listen on, from 0 to 65535. The address is always 127.0.0.1.
   *
   * @default 0, any free port
   */
  readonly port?: number | undefined;
  /**
   * The name of this process on the page.
   *
   * @default healflow
   */
  readonly title?: string | undefined;
  /**
   * Maximum number of runs to keep; the oldest are dropped.
   *
   * @default 10000
   */
  readonly keep?: number | undefined;
  /**
   * The clock for time stamps and timers.
   *
   * @default the system's clock
   */
  readonly clock?: Clock | undefined;
}

/** A page that shows runs: of this process, of this user's other processes, and of the log. */
export interface Inspector extends AsyncDisposable {
  /** The observer that collects the runs. `createHealer({ inspect })` takes it, or the inspector itself. */
  readonly observer: RunObserver;
  /** The URL of the page, with the token that gives access to it. */
  readonly url: string;
  /** Stops listening and reading. */
  close(): Promise<void>;
  /** Closes the inspector, as {@link Inspector.close} does. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** The folders of an inspector without a healer. */
export interface Sources {
  readonly memoryDir: string;
  readonly stateDir: string;
}

/** Delay before queued events are processed, and again before they are sent. */
const soonMs = 10;
const totalsEveryMs = 1_000;
const closeGraceMs = 500;
const restAfterMs = 10_000;

/** Serves the page of an inspector. */
export class InspectorServer implements Inspector {
  readonly #collector: Collector;
  readonly #options: InspectorOptions;
  readonly #clock: Clock;
  readonly #id = newProcessId();
  readonly #token = newToken();
  readonly #startedAt: number;
  readonly #store: RunStore;
  readonly #hub: Hub;
  readonly #counts = new Counts();
  readonly #peers: Peers;
  readonly #api: InspectorApi;
  readonly #healers: ObservedHealer[] = [];
  readonly #until = new AbortController();
  #sources: Sources | undefined;
  #fleet: FleetApi | undefined;
  #learning: LearningApi | undefined;
  #listener: Listening | undefined;
  #takeBack: (() => void) | undefined;
  #viewers = 0;
  #following: Promise<void> | undefined;
  #totalsTimer: unknown;
  #restTimer: unknown;
  #sentVersion = 0;
  #notice: string | undefined;

  constructor(options: InspectorOptions, file?: RunDetail) {
    const clock = unrefClock(options.clock ?? systemClock);
    this.#options = options;
    this.#clock = clock;
    this.#startedAt = clock.now();
    this.#store = new RunStore(options.keep ?? 10_000);
    const defer = (work: () => void): unknown => clock.setTimeout(work, soonMs);
    this.#hub = new Hub(defer);
    const shared = { store: this.#store, hub: this.#hub, counts: this.#counts, clock };
    this.#peers = new Peers({ ...shared, ownId: this.#id });
    this.#collector = new Collector({
      ...shared,
      defer,
      processId: this.#id,
      onAttach: (healer) => this.#attach(healer),
    });
    this.#api = new InspectorApi({
      ...shared,
      pages: new RunPages(this.#store, this.#counts, () => this.#sources?.memoryDir),
      peers: this.#peers,
      version,
      file,
      self: () =>
        this.#healers.length === 0
          ? undefined
          : { id: this.#id, pid: process.pid, title: this.#title, startedAt: this.#startedAt },
      health: () => this.#health(),
      notice: () => this.#notice,
      fleet: () => this.#fleet,
      learning: () => this.#learning,
      refreshPeers: () => this.#refreshPeers(),
    });
  }

  get observer(): RunObserver {
    return this.#collector;
  }

  get url(): string {
    return `${this.#listener?.url ?? ''}/#token=${this.#token}`;
  }

  /**
   * Starts to listen.
   *
   * @param hold - Whether it keeps the process alive.
   * @throws HealError `CANNOT_LISTEN` if the port is taken or not a port.
   */
  async open(hold = false): Promise<void> {
    const handler = requestHandler({
      token: this.#token,
      handleApi: (path, query) => {
        this.#collector.settle();
        return this.#api.handle(path, query);
      },
      stream: (response, localOnly) => this.#stream(response, localOnly),
      changes: () => this.#changes,
    });
    this.#listener = await listen(handler, { port: this.#options.port ?? 0, clock: this.#clock });
    if (!hold) this.#listener.unref();
  }

  /** Also shows the runs in these folders, unless a healer has set its own. */
  watch(sources: Sources): void {
    this.#sources ??= sources;
  }

  /** Also shows a fleet. To be called before it is opened; the caller closes the database. */
  async watchFleet(source: FleetSource): Promise<void> {
    const { FleetApi } = await import('./fleet-api.ts');
    this.#fleet = new FleetApi(source, this.#clock);
  }

  /** Also shows what was learned, and lets a person move lessons. */
  async watchLearning(source: LearningSource): Promise<void> {
    const { LearningApi } = await import('./learning-api.ts');
    this.#learning = new LearningApi(source, this.#clock);
  }

  /** Shows a text to everyone who looks at the page, until another one or undefined takes its place. Secrets are masked by the caller. */
  notify(notice: string | undefined): void {
    this.#notice = notice;
  }

  async close(): Promise<void> {
    this.#until.abort();
    this.#clock.clearTimeout(this.#totalsTimer);
    this.#clock.clearTimeout(this.#restTimer);
    this.#takeBack?.();
    this.#peers.close();
    await this.#listener?.close(closeGraceMs);
    await this.#following;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #changes(): readonly ChangeHandler[] {
    return [this.#fleet?.changes, this.#learning?.changes].filter((changes) => changes !== undefined);
  }

  get #title(): string {
    return this.#options.title ?? 'healflow';
  }

  #attach(healer: ObservedHealer): void {
    this.#healers.push(healer);
    const { memoryDir, stateDir, warn } = healer;
    this.#sources ??= { memoryDir, stateDir };
    if (this.#healers.length > 1 || this.#listener === undefined) return;
    const card = {
      id: this.#id,
      port: this.#listener.port,
      token: this.#token,
      title: this.#title,
      startedAt: this.#startedAt,
    };
    announce(stateDir, card, this.#clock).then(
      (takeBack) => {
        const off = onExit(takeBack);
        this.#takeBack = () => {
          off();
          takeBack();
        };
        if (this.#until.signal.aborted) this.#takeBack();
      },
      (error: unknown) => warn(`other processes cannot show these runs: ${messageOf(error)}`),
    );
  }

  #health(): HealthSnapshot {
    const all = this.#healers.map(({ health }) => health());
    return {
      breakers: all.flatMap(({ breakers }) => breakers),
      budgets: all.flatMap(({ budgets }) => budgets),
      cooldowns: all.flatMap(({ cooldowns }) => cooldowns),
    };
  }

  async #refreshPeers(): Promise<void> {
    const sources = this.#sources;
    if (sources === undefined) return;
    this.#following ??= this.#followLog(sources.memoryDir);
    this.#clock.clearTimeout(this.#restTimer);
    this.#restTimer = this.#clock.setTimeout(() => this.#rest(), restAfterMs);
    await this.#peers.refresh(sources.stateDir);
  }

  /** Without viewers, events of the other processes are not needed. */
  #rest(): void {
    if (this.#viewers === 0) this.#peers.close();
  }

  /** Counts the runs in the log, and shows the new runs of processes that have no inspector. */
  async #followLog(memoryDir: string): Promise<void> {
    const { signal } = this.#until;
    try {
      for await (const { events, caughtUp } of followEvents(memoryDir, { clock: this.#clock, signal, pollMs: 500 })) {
        for (const event of events) {
          const run = runOfEvent(event);
          this.#counts.add(run, true);
          // Earlier records are read page by page.
          if (!caughtUp || this.#store.get(run.runId) !== undefined) continue;
          const summary = summaryOf(run);
          this.#store.put(keptOf(summary, run));
          this.#hub.changed(summary);
        }
      }
    } catch (error) {
      if (!signal.aborted) this.#healers[0]?.warn(`the log cannot be followed: ${messageOf(error)}`);
    }
  }

  #stream(response: ServerResponse, localOnly: boolean): void {
    // An open page does not keep the process alive.
    response.socket?.unref();
    const stream = { hub: this.#hub, clock: this.#clock, localOnly, hello: this.#api.mode };
    // Such a client is another process. If it counted as a viewer, each process would subscribe to all others, endlessly.
    if (localOnly) {
      streamTo(response, { ...stream, onEnd: () => {} });
      return;
    }
    this.#viewers += 1;
    void this.#refreshPeers();
    streamTo(response, {
      ...stream,
      onEnd: () => {
        this.#viewers -= 1;
        if (this.#viewers > 0) return;
        this.#clock.clearTimeout(this.#totalsTimer);
        this.#totalsTimer = undefined;
      },
    });
    this.#totalsTimer ??= this.#clock.setTimeout(() => this.#sendTotals(), totalsEveryMs);
  }

  /** Sends the totals to viewers at intervals, and finds new processes. */
  #sendTotals(): void {
    if (this.#until.signal.aborted) return;
    if (this.#sentVersion !== this.#counts.version) {
      this.#sentVersion = this.#counts.version;
      this.#hub.broadcast({ event: 'totals', data: this.#counts.totals });
    }
    void this.#api
      .handle('/api/health', new URLSearchParams())
      .then((data) => this.#hub.broadcast({ event: 'health', data }))
      .catch(() => {});
    this.#totalsTimer = this.#clock.setTimeout(() => this.#sendTotals(), totalsEveryMs);
  }
}
