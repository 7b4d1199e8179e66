/** A token bucket: holds at most `capacity` tokens and gains that many every `windowMs`, evenly. */
export class TokenBucket {
  readonly #capacity: number;
  readonly #perMs: number;
  /** Negative while tokens are promised that the bucket does not have yet. */
  #tokens: number;
  #filledAt: number;

  constructor({
    capacity,
    windowMs,
    at,
  }: { readonly capacity: number; readonly windowMs: number; readonly at: number }) {
    this.#capacity = capacity;
    this.#perMs = capacity / windowMs;
    this.#tokens = capacity;
    this.#filledAt = at;
  }

  /** The number of tokens taken at the moment; more than the capacity if some are promised. */
  used(at: number): number {
    return this.#capacity - this.#filled(at);
  }

  /** The time until there is a token that nobody was promised, in ms. */
  waitMs(at: number): number {
    return Math.max(0, (1 - this.#filled(at)) / this.#perMs);
  }

  /**
   * Takes one token, or the next one that nobody was promised. Returns the time until it is there, in ms; null if that is longer
   * than `maxWaitMs`, and then no token is taken. `at` is the monotonic clock.
   */
  take(at: number, maxWaitMs = 0): number | null {
    const waitMs = this.waitMs(at);
    if (waitMs > maxWaitMs) return null;
    this.#tokens = this.#filled(at) - 1;
    this.#filledAt = at;
    return waitMs;
  }

  #filled(at: number): number {
    return Math.min(this.#capacity, this.#tokens + (at - this.#filledAt) * this.#perMs);
  }
}
