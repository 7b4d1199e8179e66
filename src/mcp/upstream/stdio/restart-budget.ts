/** Maximum restarts of a server that ends before it has responded to anything. */
export interface RestartLimits {
  readonly maxRestarts: number;
  readonly windowMs: number;
}

const firstDelayMs = 100;
const maxDelayMs = 5_000;
/** Five restarts, the default, then span 7 s: a server that cannot start for 6 s is not given up. */
const growth = 4;

/**
 * Limits failed restarts per window, and delays each more than the one before. A restart has succeeded once the server has
 * responded to a request, even if it is killed later.
 */
export class RestartBudget {
  readonly #limits: RestartLimits;
  #restarts: number[] = [];

  constructor(limits: RestartLimits) {
    this.#limits = limits;
  }

  /** The last server has responded: earlier restarts no longer count. */
  reset(): void {
    this.#restarts = [];
  }

  /** The delay before the next restart, in ms; undefined if there were too many in the window. */
  take(nowMs: number): number | undefined {
    const { maxRestarts, windowMs } = this.#limits;
    this.#restarts = this.#restarts.filter((at) => nowMs - at < windowMs);
    if (this.#restarts.length >= maxRestarts) return undefined;
    this.#restarts.push(nowMs);
    const before = this.#restarts.length - 1;
    return before === 0 ? 0 : Math.min(maxDelayMs, firstDelayMs * growth ** (before - 1));
  }
}
