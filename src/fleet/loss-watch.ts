import type { Clock } from '../model/clock.ts';
import type { FleetDatabaseError } from './database-error.ts';

/** A database that has not responded for this long is given no time to come back, in ms. */
const freshMs = 60_000;
/** The time that a database has to come back, in ms; less if a call has less than twice that. */
const patienceMs = 5_000;
/** How long a database that was lost is not asked again, in ms: a host that swallows packets costs a time-out each time. */
const restLostMs = 5_000;
/** The same for one that responded, but cannot be used. */
const restUnusableMs = 60_000;

/** A try that is shorter could never succeed, in ms. */
const minimumMs = 50;

const patienceOf = (remainingMs: number): number => Math.min(patienceMs, remainingMs / 2);

/** Decides when a database that fails counts as lost. */
export class LossWatch {
  readonly #clock: Clock;
  readonly #answeredAt: () => number | null;
  /** When it was first asked after its last response. */
  #askedSince: number | null = null;
  #rest: { readonly until: number; readonly failure: FleetDatabaseError } | null = null;
  #isTold = false;

  constructor(clock: Clock, answeredAt: () => number | null) {
    this.#clock = clock;
    this.#answeredAt = answeredAt;
  }

  /**
   * The database is about to be asked. Throws what was wrong with it while it must not be.
   *
   * @param remainingMs The time that the call has.
   * @returns the time that the database has to respond, in ms.
   */
  ask(remainingMs = Number.POSITIVE_INFINITY): number {
    const now = this.#clock.monotonic();
    if (this.#rest !== null && now < this.#rest.until) throw this.#rest.failure;
    this.#rest = null;
    this.#askedSince ??= now;
    return Math.max(minimumMs, this.#askedSince + patienceOf(remainingMs) - now);
  }

  answered(): void {
    this.#askedSince = null;
    this.#rest = null;
    this.#isTold = false;
  }

  /**
   * Whether the database counts as lost, after this failure.
   *
   * @param remainingMs The time that the call has.
   */
  isLost(failure: FleetDatabaseError, remainingMs = Number.POSITIVE_INFINITY): boolean {
    const now = this.#clock.monotonic();
    if (this.#rest !== null) return true;
    const answeredAt = this.#answeredAt();
    const wasThere = answeredAt !== null && now - answeredAt < freshMs;
    this.#askedSince ??= now;
    const isLate = now - this.#askedSince >= patienceOf(remainingMs);
    const isLost = failure.failure === 'unusable' || !wasThere || isLate;
    if (isLost) {
      this.#askedSince = null;
      this.#rest = { until: now + (failure.failure === 'lost' ? restLostMs : restUnusableMs), failure };
    }
    return isLost;
  }

  /** Whether this loss has not been told yet. */
  isNews(): boolean {
    const isNews = !this.#isTold;
    this.#isTold = true;
    return isNews;
  }
}
