/** How often a server that dies is started again. */
export interface RestartLimits {
  readonly maxRestarts: number;
  readonly windowMs: number;
}

const firstDelayMs = 100;
const longestDelayMs = 5_000;

/** Caps restarts per window, and lets each wait longer than the one before it. */
export class RestartBudget {
  readonly #limits: RestartLimits;
  #restarts: number[] = [];

  constructor(limits: RestartLimits) {
    this.#limits = limits;
  }

  /** The wait before the next restart, in ms; undefined where the window has seen too many. */
  take(nowMs: number): number | undefined {
    const { maxRestarts, windowMs } = this.#limits;
    this.#restarts = this.#restarts.filter((at) => nowMs - at < windowMs);
    if (this.#restarts.length >= maxRestarts) return undefined;
    this.#restarts.push(nowMs);
    const before = this.#restarts.length - 1;
    return before === 0 ? 0 : Math.min(longestDelayMs, firstDelayMs * 2 ** (before - 1));
  }
}
