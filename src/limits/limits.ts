import type { Diagnosis } from '../model/diagnosis.ts';
import type { Refusal, RunReport } from '../model/run.ts';
import type { FixName } from '../model/words.ts';
import { isReplaced } from '../policy/replaced.ts';
import { isWait } from '../policy/waits.ts';
import { BlastRadius, type BlastRadiusOptions } from './blast-radius.ts';
import { CircuitBreaker } from './breaker.ts';
import { TokenBucket } from './token-bucket.ts';

export interface LimitOptions {
  /** Failed runs in a row that open an upstream's breaker, and how long it stays open. */
  readonly breaker: { readonly failures: number; readonly openMs: number };
  /** Retries after a mere wait that an upstream gets per window. */
  readonly retryBudget: { readonly retries: number; readonly windowMs: number };
  readonly blastRadius: BlastRadiusOptions;
}

interface Upstream {
  readonly breaker: CircuitBreaker;
  readonly retries: TokenBucket;
}

/** A run, as the limits know it. */
export interface LimitedRun {
  readonly tool: string;
  readonly upstream: string;
  /** Whether this run is the one that tries out of an open breaker. */
  trial: boolean;
}

const troubles: ReadonlySet<string> = new Set(['network', 'server']);

/** What keeps healing from making things worse: per upstream a breaker and a retry budget, over all the blast radius. */
export class Limits {
  readonly #options: LimitOptions;
  readonly #upstreams = new Map<string, Upstream>();
  readonly #radius: BlastRadius;
  /** Whether a call that goes well could have something to tell. */
  #listening: boolean;

  constructor(options: LimitOptions) {
    this.#options = options;
    this.#radius = new BlastRadius(options.blastRadius);
    this.#listening = this.#radius.active;
  }

  /** Whether healthy calls have to be told at all; false on the untroubled path. */
  get listening(): boolean {
    return this.#listening;
  }

  /** Notes a call that went well, or that failed at its first attempt. */
  note(tool: string, upstream: string, failed: boolean, at: number): void {
    if (this.#radius.active) this.#radius.note(tool, failed, at);
    if (!failed) this.#upstreams.get(upstream)?.breaker.succeeded();
  }

  /** Says why a failure may not be healed now; null where it may. */
  refuseHealing(run: LimitedRun, diagnosis: Diagnosis, at: number): Refusal | null {
    if (run.trial || !troubles.has(diagnosis.class)) return null;
    const answer = this.#upstream(run.upstream, at).breaker.ask(at);
    if (answer === 'trial') run.trial = true;
    if (answer !== 'refused') return null;
    return {
      code: 'BREAKER_OPEN',
      reason: `healing rests: ${this.#options.breaker.failures} runs in a row have failed at the upstream ${run.upstream}`,
    };
  }

  /** Says why a fix may not run now; null where it may, and then a wait has used up a piece of the retry budget. */
  refuseFix(run: LimitedRun, diagnosis: Diagnosis, fix: FixName, at: number): Refusal | null {
    if (!isWait(fix)) {
      const exceeded = this.#radius.exceeded(at);
      if (exceeded === null) return null;
      const { failing, inUse } = exceeded;
      return {
        code: 'BLAST_RADIUS',
        reason: `${failing} of the ${inUse} tools in use fail at once: that is not what ${fix} mends`,
      };
    }
    if (isReplaced(diagnosis) || this.#upstream(run.upstream, at).retries.take(at)) return null;
    const { retries, windowMs } = this.#options.retryBudget;
    return {
      code: 'RETRY_BUDGET_SPENT',
      reason: `the ${retries} retries per ${windowMs} ms of the upstream ${run.upstream} are used up`,
    };
  }

  /** Notes how a run ended in which something failed. */
  ended(run: LimitedRun, report: RunReport, at: number): void {
    const { breaker } = this.#upstream(run.upstream, at);
    if (report.status === 'healed') {
      breaker.succeeded();
      if (this.#radius.active) this.#radius.note(run.tool, false, at);
    } else if (this.#tells(report)) {
      breaker.failed(at);
    } else if (run.trial) {
      breaker.abandoned();
    }
    this.#listening = this.#radius.active || [...this.#upstreams.values()].some((each) => !each.breaker.untroubled);
  }

  /** How the breakers and the retry budgets stand. */
  heldBack(at: number) {
    const { retries, windowMs } = this.#options.retryBudget;
    const all = [...this.#upstreams];
    return {
      breakers: all.map(([upstream, { breaker }]) => ({
        upstream,
        state: breaker.state,
        forMs: breaker.openForMs(at),
      })),
      budgets: all.map(([upstream, bucket]) => ({
        key: `retries of ${upstream}`,
        used: Math.ceil(bucket.retries.used(at)),
        of: retries,
        windowMs,
      })),
    };
  }

  /** Whether a failed run tells that its upstream is in trouble. */
  #tells({ lastDiagnosis, refusal }: RunReport): boolean {
    if (lastDiagnosis === null || !troubles.has(lastDiagnosis.class) || isReplaced(lastDiagnosis)) return false;
    return refusal?.code !== 'CANCELLED' && refusal?.code !== 'BREAKER_OPEN';
  }

  #upstream(name: string, at: number): Upstream {
    let upstream = this.#upstreams.get(name);
    if (upstream === undefined) {
      const { retries: capacity, windowMs } = this.#options.retryBudget;
      upstream = {
        breaker: new CircuitBreaker(this.#options.breaker),
        retries: new TokenBucket({ capacity, windowMs, at }),
      };
      this.#upstreams.set(name, upstream);
    }
    return upstream;
  }
}
