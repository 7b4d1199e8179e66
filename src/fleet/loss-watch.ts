import type { Clock } from '../model/clock.ts';
import type { FleetDatabaseError } from './database-error.ts';
import type { LossNote } from './loss-note.ts';

/** A database that has not responded for this long is given no time to come back, in ms. */
const freshMs = 60_000;
/** The time that a database has to come back, in ms; less if a call has less than twice that. */
const patienceMs = 5_000;
/** The same if it responds to parts of what it was asked, in ms: each response gives it more time, up to this. */
const wholePatienceMs = 15_000;
/** How long a database that was lost is not asked again, in ms: a host that swallows packets costs a time-out each time. */
const restLostMs = 5_000;
/** The same for one that responded, but cannot be used. */
const restUnusableMs = 60_000;

/** A try that is shorter could never succeed, in ms. */
const minimumMs = 50;
/** The same if another process has waited in vain: the database may be back, and slow. */
const minimumAfterLossMs = 250;

/** A timer may fire this much too early by the monotonic clock, in ms. */
const earlyMs = 5;

const patienceOf = (remainingMs: number): number => Math.min(patienceMs, remainingMs / 2);

/**
 * Decides when a database that fails counts as lost. Processes of one machine ask it one after the other: the time that one has
 * waited in vain counts for the next.
 */
export class LossWatch {
  readonly #clock: Clock;
  readonly #answeredAt: () => number | null;
  readonly #note: LossNote | undefined;
  #isNoted = false;
  /** When it was first asked after its last response. */
  #askedSince: number | null = null;
  #rest: { readonly until: number; readonly failure: FleetDatabaseError } | null = null;
  #isTold = false;

  constructor(clock: Clock, answeredAt: () => number | null, note?: LossNote) {
    this.#clock = clock;
    this.#answeredAt = answeredAt;
    this.#note = note;
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
    this.#askedSince ??= this.#notedSince(now) ?? now;
    const leastMs = this.#isNoted ? minimumAfterLossMs : minimumMs;
    return Math.max(leastMs, this.leftMs(remainingMs));
  }

  /**
   * The time that the database still has to respond, in ms: more than there was if it has responded to a part.
   *
   * @param remainingMs The time that the call has.
   */
  leftMs(remainingMs = Number.POSITIVE_INFINITY): number {
    const now = this.#clock.monotonic();
    const askedSince = this.#askedSince ?? now;
    const heardAt = Math.max(askedSince, this.#answeredAt() ?? askedSince);
    const wholeMs = Math.min(wholePatienceMs, remainingMs / 2);
    return Math.min(heardAt + patienceOf(remainingMs), askedSince + wholeMs) - now;
  }

  answered(): void {
    this.#askedSince = null;
    this.#rest = null;
    this.#isTold = false;
    if (this.#isNoted) void this.#note?.clear();
    this.#isNoted = false;
  }

  /** Since when another process of this machine has waited for it in vain; null if none has a moment ago. */
  #notedSince(now: number): number | null {
    const loss = this.#note?.read() ?? null;
    const lostMs = loss === null ? Number.NaN : this.#clock.now() - loss.lostAt;
    this.#isNoted = lostMs >= 0 && lostMs <= restLostMs;
    return loss === null || !this.#isNoted ? null : now - Math.max(0, this.#clock.now() - loss.askedAt);
  }

  /**
   * Whether the database counts as lost, after this failure. The other processes of the machine are told if it was waited for.
   *
   * @param remainingMs The time that the call has.
   */
  async isLost(failure: FleetDatabaseError, remainingMs = Number.POSITIVE_INFINITY): Promise<boolean> {
    const now = this.#clock.monotonic();
    if (this.#rest !== null) return true;
    const answeredAt = this.#answeredAt();
    const wasThere = answeredAt !== null && now - answeredAt < freshMs;
    this.#askedSince ??= now;
    const isLate = this.leftMs(remainingMs) <= earlyMs;
    const isLost = failure.failure === 'unusable' || !wasThere || isLate;
    if (isLost) {
      const wallAt = this.#clock.now();
      const askedAt = wallAt - (now - this.#askedSince);
      this.#askedSince = null;
      this.#rest = { until: now + (failure.failure === 'lost' ? restLostMs : restUnusableMs), failure };
      if (isLate && failure.failure === 'lost') {
        this.#isNoted = true;
        await this.#note?.write({ askedAt, lostAt: wallAt });
      }
    }
    return isLost;
  }

  /** Whether the present loss has been told. */
  get isTold(): boolean {
    return this.#isTold;
  }

  /** Whether this loss has not been told yet. */
  isNews(): boolean {
    const isNews = !this.#isTold;
    this.#isTold = true;
    return isNews;
  }
}
