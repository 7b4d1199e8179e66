import type { Diagnosis } from '../model/diagnosis.ts';
import type { Refusal, RunReport } from '../model/run.ts';
import type { FixName } from '../model/terms.ts';
import { isDelayFix } from '../policy/delay-fixes.ts';
import { isLostToRestart } from '../policy/lost-to-restart.ts';
import { durationText } from '../text/duration.ts';
import { BlastRadius, type BlastRadiusOptions } from './blast-radius.ts';
import { CircuitBreaker } from './breaker.ts';
import { TokenBucket } from './token-bucket.ts';

export interface LimitOptions {
  /** Consecutive failed runs that open an upstream's breaker, and how long it stays open. */
  readonly breaker: { readonly failures: number; readonly openMs: number };
  /** Retries after a delay fix that an upstream gets per window. */
  readonly retryBudget: { readonly retries: number; readonly windowMs: number };
  readonly blastRadius: BlastRadiusOptions;
  /** How long a run waits for an upstream that cannot be reached, in ms. */
  readonly outagePatienceMs: number;
}

interface Upstream {
  readonly breaker: CircuitBreaker;
  readonly retries: TokenBucket;
  /** Why the breaker opened. */
  because: string;
  /** What to call when it opens. */
  readonly listeners: Set<() => void>;
}

/** A run, as the limits know it. */
export interface LimitedRun {
  readonly tool: string;
  readonly upstream: string;
  /** Whether this run is the trial run of an open breaker. */
  isTrial: boolean;
  /** The time that is left for it, in ms. */
  readonly remainingMs: number;
  /** When its next retry may be made, on the monotonic clock. */
  retryAt: number;
}

/** Refusals that say nothing of the upstream. */
const uncounted: ReadonlySet<unknown> = new Set(['CANCELLED', 'BREAKER_OPEN', 'RETRY_BUDGET_SPENT']);

const upstreamClasses: ReadonlySet<string> = new Set(['network', 'server']);

/** Keeps healing from making things worse: per upstream a breaker and a retry budget, for all of them the blast radius. */
export class Limits {
  readonly #options: LimitOptions;
  readonly #upstreams = new Map<string, Upstream>();
  readonly #radius: BlastRadius;
  #needsSuccesses: boolean;

  constructor(options: LimitOptions) {
    this.#options = options;
    this.#radius = new BlastRadius(options.blastRadius);
    this.#needsSuccesses = this.#radius.active;
  }

  /** Whether successful calls have to be recorded; false while no failure is counted. */
  get needsSuccesses(): boolean {
    return this.#needsSuccesses;
  }

  /** Records a call that succeeded, or whose first attempt failed. */
  recordCall(tool: string, upstream: string, failed: boolean, at: number): void {
    if (this.#radius.active) this.#radius.note(tool, failed, at);
    if (!failed) this.#upstreams.get(upstream)?.breaker.succeeded();
  }

  /** Explains why a failure may not be healed now; null if it may. */
  refuseHealing(run: LimitedRun, diagnosis: Diagnosis, at: number): Refusal | null {
    if (run.isTrial || !upstreamClasses.has(diagnosis.class)) return null;
    const permit = this.#upstream(run.upstream, at).breaker.tryAcquire(at);
    if (permit === 'trial') run.isTrial = true;
    if (permit !== 'refused') return null;
    return { code: 'BREAKER_OPEN', reason: `circuit open: ${this.#upstream(run.upstream, at).because}` };
  }

  /**
   * Explains why a fix may not run now; null if it may. A delay fix has then taken one retry of the budget, which may have to
   * wait for its time.
   */
  refuseFix(run: LimitedRun, diagnosis: Diagnosis, fix: FixName, at: number): Refusal | null {
    if (!isDelayFix(fix)) {
      const excess = this.#radius.excess(at);
      if (excess === null) return null;
      const { failing, inUse } = excess;
      return {
        code: 'BLAST_RADIUS',
        reason: `${failing} of ${inUse} active tools are failing; ${fix} cannot fix that`,
      };
    }
    if (isLostToRestart(diagnosis)) return null;
    const waitMs = this.#upstream(run.upstream, at).retries.take(at, run.remainingMs);
    if (waitMs !== null) {
      run.retryAt = at + waitMs;
      return null;
    }
    const { retries, windowMs } = this.#options.retryBudget;
    return {
      code: 'RETRY_BUDGET_SPENT',
      reason: `no retry of upstream ${run.upstream} is left before the deadline: ${retries} per ${durationText(windowMs)} (retryBudget)`,
    };
  }

  /**
   * How long a run may wait for an upstream that cannot be reached, in ms; null if it does not wait at all. The trial run of a
   * breaker tries only once.
   */
  patienceMs({ isTrial }: LimitedRun): number | null {
    const { outagePatienceMs } = this.#options;
    if (outagePatienceMs === 0) return null;
    return isTrial ? 0 : outagePatienceMs;
  }

  /** Calls the listener when the breaker of an upstream opens. Returns what removes the listener. */
  onOpened(upstream: string, at: number, listener: () => void): () => void {
    const { listeners } = this.#upstream(upstream, at);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Records how a run ended in which something failed. */
  recordRun(run: LimitedRun, report: RunReport, at: number): void {
    const upstream = this.#upstream(run.upstream, at);
    const { breaker } = upstream;
    const { state } = breaker;
    // What a tool says of its own backend holds for that tool, not for all of the upstream.
    const isAway = report.refusal?.code === 'PATIENCE_EXHAUSTED' && report.lastDiagnosis?.grade === 'proof';
    if (isAway) {
      upstream.because = `upstream ${run.upstream} could not be reached for ${durationText(this.#options.outagePatienceMs)}`;
      breaker.outlasted(at);
    } else if (report.status === 'healed') {
      breaker.succeeded();
      if (this.#radius.active) this.#radius.note(run.tool, false, at);
    } else if (this.#countsAsFailure(report)) {
      if (breaker.state === 'Closed') upstream.because = this.#manyFailures(run.upstream);
      breaker.failed(at);
    } else if (run.isTrial) {
      breaker.abandoned();
    }
    if (breaker.state === 'Open' && state !== 'Open') for (const opened of upstream.listeners) opened();
    this.#needsSuccesses = this.#radius.active || [...this.#upstreams.values()].some((each) => !each.breaker.isClean);
  }

  /** The state of the breakers and the retry budgets. */
  snapshot(at: number) {
    const { retries, windowMs } = this.#options.retryBudget;
    const all = [...this.#upstreams];
    return {
      breakers: all.map(([upstream, { breaker }]) => ({
        upstream,
        state: breaker.state,
        forMs: breaker.remainingOpenMs(at),
      })),
      budgets: all.map(([upstream, bucket]) => ({
        key: `retries of ${upstream}`,
        used: Math.min(retries, Math.ceil(bucket.retries.used(at))),
        of: retries,
        windowMs,
      })),
    };
  }

  /** Whether a failed run counts against its upstream. */
  #countsAsFailure({ lastDiagnosis, refusal }: RunReport): boolean {
    if (lastDiagnosis === null || !upstreamClasses.has(lastDiagnosis.class) || isLostToRestart(lastDiagnosis))
      return false;
    return !uncounted.has(refusal?.code);
  }

  #manyFailures(upstream: string): string {
    return `${this.#options.breaker.failures} consecutive failures of upstream ${upstream}`;
  }

  #upstream(name: string, at: number): Upstream {
    let upstream = this.#upstreams.get(name);
    if (upstream === undefined) {
      const { retries: capacity, windowMs } = this.#options.retryBudget;
      upstream = {
        breaker: new CircuitBreaker(this.#options.breaker),
        retries: new TokenBucket({ capacity, windowMs, at }),
        because: this.#manyFailures(name),
        listeners: new Set(),
      };
      this.#upstreams.set(name, upstream);
    }
    return upstream;
  }
}
