/** How often a server is started again that dies before it has answered anything. */
export interface RestartLimits {
  readonly maxRestarts: number;
  readonly windowMs: number;
}

const firstDelayMs = 100;
const longestDelayMs = 5_000;

/**
 * Caps the restarts per window that led to nothing, and lets each wait longer than the one before it. A server that came up
 * and answered does not keep dying, however often it is killed.
 */
export class RestartBudget {
  readonly #limits: RestartLimits;
  #restarts: number[] = [];

  constructor(limits: RestartLimits) {
    this.#limits = limits;
  }

  /** The server that was started last has answered: what came before it is forgotten. */
  reset(): void {
    this.#restarts = [];
  }

  /** The wait before the next restart, in ms; undefined if the window has seen too many. */
  take(nowMs: number): number | undefined {
    const { maxRestarts, windowMs } = this.#limits;
    this.#restarts = this.#restarts.filter((at) => nowMs - at < windowMs);
    if (this.#restarts.length >= maxRestarts) return undefined;
    this.#restarts.push(nowMs);
    const before = this.#restarts.length - 1;
    return before === 0 ? 0 : Math.min(longestDelayMs, firstDelayMs * 2 ** (before - 1));
  }
}
