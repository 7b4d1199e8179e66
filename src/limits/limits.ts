import type { Diagnosis } from '../model/diagnosis.ts';
import type { Refusal, RunReport } from '../model/run.ts';
import type { FixName } from '../model/terms.ts';
import { isDelayFix } from '../policy/delay-fixes.ts';
import { isLostToRestart } from '../policy/lost-to-restart.ts';
import { type Scope, type ScopedTool, scopeOf } from '../policy/scope.ts';
import { durationText } from '../text/duration.ts';
import { BlastRadius, type BlastRadiusOptions } from './blast-radius.ts';
import { CircuitBreaker } from './breaker.ts';
import { TokenBucket } from './token-bucket.ts';

export interface LimitOptions {
  /** Consecutive failed runs that open the breaker of a scope, and how long it stays open. */
  readonly breaker: { readonly failures: number; readonly openMs: number };
  /** Retries after a delay fix that a scope gets per window. */
  readonly retryBudget: { readonly retries: number; readonly windowMs: number };
  readonly blastRadius: BlastRadiusOptions;
  /** How long a run waits for an upstream that cannot be reached, in ms. */
  readonly outagePatienceMs: number;
}

interface ScopeLimits {
  readonly breaker: CircuitBreaker;
  readonly retries: TokenBucket;
  /** Why the breaker opened. */
  because: string;
  /** What to call when it opens. */
  readonly listeners: Set<() => void>;
}

/** A run, as the limits know it. */
export interface LimitedRun extends ScopedTool {
  /** Whether this run is the trial run of an open breaker. */
  isTrial: boolean;
  /** The scope of that breaker. */
  trialOf?: string | undefined;
  /** The time that is left for it, in ms. */
  readonly remainingMs: number;
  /** When its next retry may be made, on the monotonic clock. */
  retryAt: number;
}

/** Refusals that say nothing of the upstream. */
const uncounted: ReadonlySet<unknown> = new Set(['CANCELLED', 'BREAKER_OPEN', 'RETRY_BUDGET_SPENT']);

const upstreamClasses: ReadonlySet<string> = new Set(['network', 'server']);

/** Keeps healing from making things worse: per scope a breaker and a retry budget, for all of them the blast radius. */
export class Limits {
  readonly #options: LimitOptions;
  readonly #scopes = new Map<string, ScopeLimits>();
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
    if (!failed) this.#succeeded({ tool, upstream });
  }

  /** A success shows that the tool is reached, and that its service works. */
  #succeeded(tool: ScopedTool): void {
    for (const grade of ['proof', 'report'] as const) this.#scopes.get(scopeOf(tool, grade).key)?.breaker.succeeded();
  }

  /** Explains why a failure may not be healed now; null if it may. */
  refuseHealing(run: LimitedRun, diagnosis: Diagnosis, at: number): Refusal | null {
    if (run.isTrial || !upstreamClasses.has(diagnosis.class)) return null;
    const scope = scopeOf(run, diagnosis.grade);
    const { breaker, because } = this.#limitsOf(scope, at);
    const permit = breaker.tryAcquire(at);
    if (permit === 'trial') {
      run.isTrial = true;
      run.trialOf = scope.key;
    }
    return permit === 'refused' ? { code: 'BREAKER_OPEN', reason: `circuit open: ${because}` } : null;
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
    const scope = scopeOf(run, diagnosis.grade);
    const waitMs = this.#limitsOf(scope, at).retries.take(at, run.remainingMs);
    if (waitMs !== null) {
      run.retryAt = at + waitMs;
      return null;
    }
    const { retries, windowMs } = this.#options.retryBudget;
    return {
      code: 'RETRY_BUDGET_SPENT',
      reason: `no retry of ${scope.text} is left before the deadline: ${retries} per ${durationText(windowMs)} (retryBudget)`,
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

  /** Calls the listener when the breaker of a scope opens. Returns what removes the listener. */
  onOpened(scope: Scope, at: number, listener: () => void): () => void {
    const { listeners } = this.#limitsOf(scope, at);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Records how a run ended in which something failed. */
  recordRun(run: LimitedRun, report: RunReport, at: number): void {
    const { lastDiagnosis, refusal } = report;
    const scope = scopeOf(run, lastDiagnosis?.grade ?? 'proof');
    const limits = this.#limitsOf(scope, at);
    const { breaker } = limits;
    const { state } = breaker;
    // What a tool says of its own backend holds for that tool, not for all of the upstream.
    const isAway = refusal?.code === 'PATIENCE_EXHAUSTED' && lastDiagnosis?.grade === 'proof';
    if (isAway) {
      limits.because = `${scope.text} could not be reached for ${durationText(this.#options.outagePatienceMs)}`;
      breaker.outlasted(at);
    } else if (report.status === 'healed') {
      this.#succeeded(run);
      if (this.#radius.active) this.#radius.note(run.tool, false, at);
    } else if (this.#countsAsFailure(report)) {
      if (breaker.state === 'Closed') limits.because = this.#manyFailures(scope);
      breaker.failed(at);
    } else if (run.isTrial) {
      breaker.abandoned();
    }
    if (run.trialOf !== undefined && run.trialOf !== scope.key) this.#scopes.get(run.trialOf)?.breaker.abandoned();
    if (breaker.state === 'Open' && state !== 'Open') for (const opened of limits.listeners) opened();
    this.#needsSuccesses = this.#radius.active || [...this.#scopes.values()].some((each) => !each.breaker.isClean);
  }

  /** The state of the breakers and the retry budgets. */
  snapshot(at: number) {
    const { retries, windowMs } = this.#options.retryBudget;
    const all = [...this.#scopes];
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

  #manyFailures({ text }: Scope): string {
    return `${this.#options.breaker.failures} consecutive failures of ${text}`;
  }

  #limitsOf(scope: Scope, at: number): ScopeLimits {
    let limits = this.#scopes.get(scope.key);
    if (limits === undefined) {
      const { retries: capacity, windowMs } = this.#options.retryBudget;
      limits = {
        breaker: new CircuitBreaker(this.#options.breaker),
        retries: new TokenBucket({ capacity, windowMs, at }),
        because: this.#manyFailures(scope),
        listeners: new Set(),
      };
      this.#scopes.set(scope.key, limits);
    }
    return limits;
  }
}
