import { Pace } from '../limits/pace.ts';
import type { Clock } from '../model/clock.ts';
import { type CancelSource, listen, unlisten } from '../platform/cancellation.ts';

interface UpstreamQueue {
  readonly pace: Pace;
  readonly waiting: Set<(isTurn: boolean) => void>;
  timer: unknown;
  /** When a retry last reached the upstream, on the monotonic clock. */
  reachedAt: number;
  /** What to call when a retry succeeds. */
  readonly listeners: Set<() => void>;
}

/**
 * Lets calls that have waited for an upstream return to it one after the other. The pace counts when they go, not when they were
 * to go: a busy process that wakes late does not send them all at one instant.
 */
export class Turns {
  readonly #clock: Clock;
  readonly #queues = new Map<string, UpstreamQueue>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The least time until the turn of a call that joins now, in ms. */
  expectedMs(upstream: string): number {
    const { pace, waiting } = this.#queueOf(upstream);
    return pace.leastMs(waiting.size, this.#clock.monotonic());
  }

  /** Resolves with true when it is the turn of this call, with false if it was cancelled before. */
  take(upstream: string, cancels: CancelSource): Promise<boolean> {
    const queue = this.#queueOf(upstream);
    if (cancels.aborted) return Promise.resolve(false);
    if (queue.waiting.size === 0 && queue.pace.take(this.#clock.monotonic())) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = (isTurn: boolean): void => {
        queue.waiting.delete(settle);
        unlisten(cancels, onAbort);
        resolve(isTurn);
      };
      const onAbort = (): void => {
        settle(false);
        if (queue.waiting.size === 0) this.#stop(queue);
      };
      listen(cancels, onAbort);
      queue.waiting.add(settle);
      this.#schedule(queue);
    });
  }

  /** A retry has reached the upstream. */
  recordReached(upstream: string): void {
    this.#queueOf(upstream).reachedAt = this.#clock.monotonic();
  }

  /** A call comes that has waited for a rate limit. */
  expectLimit(upstream: string): void {
    this.#queueOf(upstream).pace.careful(this.#clock.monotonic());
  }

  /** A retry has succeeded: the upstream is back, and the next ones may go a little faster. */
  recordSuccess(upstream: string): void {
    const { pace, listeners } = this.#queueOf(upstream);
    this.recordReached(upstream);
    pace.succeeded(this.#clock.monotonic());
    for (const listener of [...listeners]) listener();
  }

  /** A retry has met a rate limit. @param sentAt When it was made. @param askedMs The wait that the limit asks for. */
  recordLimit(upstream: string, sentAt: number, askedMs: number): void {
    const { pace } = this.#queueOf(upstream);
    pace.limited(this.#clock.monotonic(), sentAt, askedMs);
  }

  /** Calls the listener whenever a retry succeeds. Returns what removes it. */
  onSuccess(upstream: string, listener: () => void): () => void {
    const { listeners } = this.#queueOf(upstream);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Whether a retry has reached the upstream since then: the others may expect to reach it too. */
  wasReachedSince(upstream: string, at: number): boolean {
    return this.#queueOf(upstream).reachedAt >= at;
  }

  #schedule(queue: UpstreamQueue): void {
    if (queue.timer !== undefined || queue.waiting.size === 0) return;
    // Rounded up: a timer that fires a moment too early would be set again and again.
    const waitMs = Math.ceil(queue.pace.waitMs(this.#clock.monotonic()));
    queue.timer = this.#clock.setTimeout(() => {
      queue.timer = undefined;
      this.#release(queue);
    }, waitMs);
  }

  #release(queue: UpstreamQueue): void {
    for (const settle of queue.waiting) {
      if (!queue.pace.take(this.#clock.monotonic())) break;
      settle(true);
    }
    this.#schedule(queue);
  }

  #stop(queue: UpstreamQueue): void {
    this.#clock.clearTimeout(queue.timer);
    queue.timer = undefined;
  }

  #queueOf(upstream: string): UpstreamQueue {
    let queue = this.#queues.get(upstream);
    if (queue === undefined) {
      queue = {
        pace: new Pace(this.#clock.monotonic()),
        waiting: new Set(),
        timer: undefined,
        reachedAt: Number.NEGATIVE_INFINITY,
        listeners: new Set(),
      };
      this.#queues.set(upstream, queue);
    }
    return queue;
  }
}
