/** A token bucket: holds at most `capacity` tokens and gains that many every `windowMs`, evenly. */
export class TokenBucket {
  readonly #capacity: number;
  readonly #perMs: number;
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

  /** The number of tokens taken at the moment. */
  used(at: number): number {
    return this.#capacity - Math.min(this.#capacity, this.#tokens + (at - this.#filledAt) * this.#perMs);
  }

  /** Takes one token; false if there is none. `at` is the monotonic clock. */
  take(at: number): boolean {
    this.#tokens = Math.min(this.#capacity, this.#tokens + (at - this.#filledAt) * this.#perMs);
    this.#filledAt = at;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
