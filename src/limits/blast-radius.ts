export interface BlastRadiusOptions {
  /** More than this share of the tools in use may not fail at once; 1 switches the guard off. */
  readonly maxShare: number;
  /** Minimum number of tools in use for the share to count. */
  readonly minTools: number;
  /** Failures within this time, in ms, count as simultaneous. */
  readonly windowMs: number;
}

/** Counts the distinct tools that fail at once: if most of them do, no fix of one tool removes the cause. */
export class BlastRadius {
  readonly #options: BlastRadiusOptions;
  readonly #calls = new Map<string, number>();
  readonly #failures = new Map<string, number>();

  constructor(options: BlastRadiusOptions) {
    this.#options = options;
  }

  /** Whether the guard can ever refuse; if not, calls need not be noted. */
  get active(): boolean {
    return this.#options.maxShare < 1;
  }

  /** Notes a call of a tool. `at` is the monotonic clock. */
  note(tool: string, failed: boolean, at: number): void {
    this.#calls.set(tool, at);
    if (failed) this.#failures.set(tool, at);
    else this.#failures.delete(tool);
  }

  /** Counts the failing tools and the tools in use if too many fail; null if not. */
  excess(at: number): { readonly failing: number; readonly inUse: number } | null {
    if (!this.active) return null;
    const since = at - this.#options.windowMs;
    for (const seen of [this.#calls, this.#failures]) {
      for (const [tool, when] of seen) if (when < since) seen.delete(tool);
    }
    const failing = this.#failures.size;
    const inUse = this.#calls.size;
    const tooMany = inUse >= this.#options.minTools && failing > inUse * this.#options.maxShare;
    return tooMany ? { failing, inUse } : null;
  }
}
