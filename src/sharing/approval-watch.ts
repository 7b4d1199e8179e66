import type { Clock } from '../model/clock.ts';
import { Cancellation } from '../platform/cancellation.ts';
import { unrefClock } from '../platform/unref-clock.ts';
import { sleep } from '../platform/wait.ts';
import type { ApprovalStore } from './approval-store.ts';

export interface ApprovalWatchParts {
  readonly clock: Clock;
  readonly store: Pick<ApprovalStore, 'see'>;
}

/** The time until the first look, and the longest time between two looks, in ms. */
const firstLookMs = 3_000;
const maxLookMs = 30_000;
const growth = 1.5;
/** The longest time that a look may take, in ms. */
const patienceMs = 5_000;

/**
 * Looks at the questions that this process has asked the approvers of a fleet, and has each fix run once it is approved. A look
 * is one statement, and another one that greets the database if the last greeting is long ago; its connection is not kept. Keeps no process from ending.
 */
export class ApprovalWatch {
  readonly #parts: ApprovalWatchParts;
  readonly #clock: Clock;
  readonly #open = new Map<string, Promise<void>>();
  readonly #cancellation = new Cancellation();

  constructor(parts: ApprovalWatchParts) {
    this.#parts = parts;
    this.#clock = unrefClock(parts.clock);
  }

  /**
   * Follows a question until it has ended.
   *
   * @param run Runs the fix. Resolves with whether it has: if not, as during a cool-down, it is called again later.
   */
  follow(id: string, run: (cancellation: Cancellation) => Promise<boolean>): void {
    if (this.#open.has(id) || this.#cancellation.aborted) return;
    const followed = this.#follow(id, run)
      .catch(() => {})
      .finally(() => this.#open.delete(id));
    this.#open.set(id, followed);
  }

  /** Ends all looks, and waits for a fix that is being ended. */
  async close(): Promise<void> {
    this.#cancellation.abort(new DOMException('the healer was closed', 'AbortError'));
    await Promise.all(this.#open.values());
  }

  async #follow(id: string, run: (cancellation: Cancellation) => Promise<boolean>): Promise<void> {
    const cancellation = this.#cancellation;
    for (let pauseMs = firstLookMs; ; pauseMs = Math.min(pauseMs * growth, maxLookMs)) {
      if (!(await sleep(this.#clock, pauseMs, cancellation))) return;
      const state = await this.#look(id);
      if (state === 'approved' && (await run(cancellation))) return;
      if (state !== 'pending' && state !== 'approved' && state !== undefined) return;
    }
  }

  /** Resolves with undefined if the database did not respond. */
  async #look(id: string) {
    const wait = { remainingMs: 2 * patienceMs, cancels: this.#cancellation };
    try {
      return (await this.#parts.store.see(id, wait)).state;
    } catch (error) {
      if ((error as { readonly failure?: unknown }).failure === 'unusable') throw error;
      return undefined;
    }
  }
}
