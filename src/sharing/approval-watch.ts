import type { Clock } from '../model/clock.ts';
import { Cancellation } from '../platform/cancellation.ts';
import { unrefClock } from '../platform/unref-clock.ts';
import { sleep } from '../platform/wait.ts';
import { errorText } from '../text/error-text.ts';
import type { ApprovalSeen, ApprovalStore } from './approval-store.ts';

export interface ApprovalWatchParts {
  readonly clock: Clock;
  readonly store: Pick<ApprovalStore, 'see'>;
  /** Called once if the database cannot be used. */
  readonly warn: (message: string) => void;
}

/** What happens to a question that is followed. */
export interface FollowedQuestion {
  /** Takes each look. */
  readonly seen: (seen: ApprovalSeen) => void;
  /** Runs the fix. Resolves with whether it has: if not, as during a cool-down, it is called again later. */
  readonly run: (cancellation: Cancellation) => Promise<boolean>;
}

/** The time until the first look, and the longest time between two looks, in ms. */
const firstLookMs = 3_000;
const maxLookMs = 30_000;
const growth = 1.5;
/** The longest time that a look may take, in ms. */
const patienceMs = 5_000;

/** What a question is followed through. */
const goesOn: ReadonlySet<string> = new Set(['pending', 'approved', 'denied', 'lost', 'unusable']);

/**
 * Looks at the questions that this process has asked the approvers of a fleet, and has each fix run once it is approved. A look
 * is one statement, and another one that greets the database if the last greeting is long ago; its connection is not kept. Keeps no process from ending.
 */
export class ApprovalWatch {
  readonly #parts: ApprovalWatchParts;
  readonly #clock: Clock;
  readonly #open = new Map<string, Promise<void>>();
  readonly #cancellation = new Cancellation();
  #hasWarned = false;

  constructor(parts: ApprovalWatchParts) {
    this.#parts = parts;
    this.#clock = unrefClock(parts.clock);
  }

  /** Follows a question until it has ended. */
  follow(id: string, question: FollowedQuestion): void {
    if (this.#open.has(id) || this.#cancellation.aborted) return;
    const followed = this.#follow(id, question)
      .catch(() => {})
      .finally(() => this.#open.delete(id));
    this.#open.set(id, followed);
  }

  /** Ends all looks, and waits for a fix that is being ended. */
  async close(): Promise<void> {
    this.#cancellation.abort(new DOMException('the healer was closed', 'AbortError'));
    await Promise.all(this.#open.values());
  }

  async #follow(id: string, { seen, run }: FollowedQuestion): Promise<void> {
    const cancellation = this.#cancellation;
    for (let pauseMs = firstLookMs; await sleep(this.#clock, pauseMs, cancellation); ) {
      const look = await this.#look(id);
      if (typeof look === 'object') seen(look);
      const state = typeof look === 'object' ? look.state : look;
      if (state === 'approved' && (await run(cancellation))) return;
      if (!goesOn.has(state)) return;
      // A denial may be changed, and an administrator may repair the database: neither is urgent.
      const isRare = state === 'denied' || state === 'unusable';
      pauseMs = isRare ? maxLookMs : Math.min(pauseMs * growth, maxLookMs);
    }
  }

  /** `lost`: the database did not respond · `unusable`: it refuses to be looked at. */
  async #look(id: string): Promise<ApprovalSeen | 'lost' | 'unusable'> {
    const wait = { remainingMs: 2 * patienceMs, cancels: this.#cancellation };
    try {
      return await this.#parts.store.see(id, wait);
    } catch (error) {
      if ((error as { readonly failure?: unknown }).failure !== 'unusable') return 'lost';
      if (!this.#hasWarned)
        this.#parts.warn(
          `the database of the fleet does not show whether question ${id} is decided, which is tried again every ${maxLookMs / 1_000} s: ${errorText(error)}`,
        );
      this.#hasWarned = true;
      return 'unusable';
    }
  }
}
