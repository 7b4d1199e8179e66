/** Calls per second at which calls that have waited return, while nothing says otherwise. */
const startRate = 50;
/** And at which those do that have waited for a rate limit. */
const carefulRate = 20;
const maxRate = 100;
const minRate = 4;
/** Calls that go at once; after a rate limit, a tenth of a second's. */
const burst = 10;
/** What is left of the rate after a rate limit that one call meets, and after one that most of them do. */
const backOff = { one: 0.7, most: 0.5 } as const;
/** By how much each success raises the rate, in calls per second: before any rate limit, after one, and close to the rate that met it. */
const growth = { free: 1, careful: 0.5, close: 0.05 } as const;
const closeShare = 0.8;
/** The share of recent calls that succeeded below which a rate limit lowers the rate: about two in a row that meet it. */
const lowShare = 0.5;
/** The weight of the last call in that share. */
const weight = 0.3;
/** Maximum time for which a rate limit that one call met holds the others, in ms. */
const maxHoldMs = 5_000;
/** How long a rate limit is remembered, in ms. */
const memoryMs = 60_000;

/**
 * How fast calls that have waited return to an upstream. The rate grows while they succeed, and falls when
 * one of them meets a rate limit; one that most of them meet also holds them all for as long as it asks. `at` is the monotonic clock throughout.
 */
export class Pace {
  #rate = startRate;
  #tokens = burst;
  #filledAt: number;
  /** No call goes before this time. */
  #heldUntil = Number.NEGATIVE_INFINITY;
  /** When a call last met, or waited for, a rate limit. */
  #carefulAt = Number.NEGATIVE_INFINITY;
  /** When the rate was last lowered, and what it was before. */
  #loweredAt = Number.NEGATIVE_INFINITY;
  #ceiling = Number.POSITIVE_INFINITY;
  /** The share of recent calls that succeeded. */
  #share = 1;

  constructor(at: number) {
    this.#filledAt = at;
  }

  /** The time until a call may go, in ms. */
  waitMs(at: number): number {
    this.#fill(at);
    const missing = Math.max(0, 1 - this.#tokens);
    return Math.max(this.#heldUntil - at, (missing / this.#rate) * 1_000, 0);
  }

  /** The least time until this many calls have gone, in ms: all of them succeed, so that the rate grows. */
  leastMs(calls: number, at: number): number {
    const growing = Math.log1p((calls * growth.careful) / this.#rate) / growth.careful;
    return (this.#isCareful(at) ? growing : calls / maxRate) * 1_000 + this.waitMs(at);
  }

  /** Whether a call may go now; it is then counted. */
  take(at: number): boolean {
    if (this.waitMs(at) > 0) return false;
    this.#tokens -= 1;
    return true;
  }

  /** A call of this pace has succeeded. */
  succeeded(at: number): void {
    this.#fill(at);
    this.#share += (1 - this.#share) * weight;
    const isClose = this.#rate >= this.#ceiling * closeShare;
    const step = this.#isCareful(at) ? (isClose ? growth.close : growth.careful) : growth.free;
    this.#rate = Math.min(maxRate, this.#rate + step);
  }

  /** A call comes that has waited for a rate limit: the first ones show what it allows. */
  careful(at: number): void {
    this.#fill(at);
    if (!this.#isCareful(at)) this.#rate = Math.min(this.#rate, carefulRate);
    this.#carefulAt = at;
    this.#fill(at);
  }

  /**
   * A call of this pace has met a rate limit. One alone may be that of a single user or resource.
   *
   * @param sentAt - When it was sent. Those that were on their way together lower the rate once.
   * @param askedMs - The wait that the limit asks for.
   */
  limited(at: number, sentAt: number, askedMs: number): void {
    this.careful(at);
    if (sentAt <= this.#loweredAt) return;
    this.#share -= this.#share * weight;
    const isMost = this.#share < lowShare;
    this.#loweredAt = at;
    this.#ceiling = this.#rate;
    this.#rate = Math.max(minRate, this.#rate * (isMost ? backOff.most : backOff.one));
    this.#tokens = Math.min(this.#tokens, 0);
    if (!isMost) return;
    this.#share = 1;
    this.#heldUntil = Math.max(this.#heldUntil, at + Math.min(askedMs, maxHoldMs));
  }

  #isCareful(at: number): boolean {
    return at - this.#carefulAt < memoryMs;
  }

  #fill(at: number): void {
    if (!this.#isCareful(at)) this.#ceiling = Number.POSITIVE_INFINITY;
    const most = this.#isCareful(at) ? Math.max(1, this.#rate / 10) : burst;
    this.#tokens = Math.min(most, this.#tokens + ((at - this.#filledAt) * this.#rate) / 1_000);
    this.#filledAt = at;
  }
}
