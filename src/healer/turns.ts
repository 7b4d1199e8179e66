import { TokenBucket } from '../limits/token-bucket.ts';
import type { Clock } from '../model/clock.ts';
import { type CancelSource, listen, unlisten } from '../platform/cancellation.ts';

/** Calls that go at once, and the time in which as many more may go, in ms: 50 per second. */
const pace = { capacity: 20, windowMs: 400 } as const;

interface UpstreamQueue {
  readonly bucket: TokenBucket;
  readonly waiting: Set<(isTurn: boolean) => void>;
  timer: unknown;
  /** When a retry last reached the upstream, on the monotonic clock. */
  reachedAt: number;
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

  /** The time until the turn of a call that joins now, in ms. */
  expectedMs(upstream: string): number {
    const { bucket, waiting } = this.#queueOf(upstream);
    const msPerTurn = pace.windowMs / pace.capacity;
    return waiting.size * msPerTurn + bucket.waitMs(this.#clock.monotonic());
  }

  /** Resolves with true when it is the turn of this call, with false if it was cancelled before. */
  take(upstream: string, cancels: CancelSource): Promise<boolean> {
    const queue = this.#queueOf(upstream);
    if (cancels.aborted) return Promise.resolve(false);
    if (queue.waiting.size === 0 && queue.bucket.take(this.#clock.monotonic()) !== null) return Promise.resolve(true);
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

  /** Whether a retry has reached the upstream since then: the others may expect to reach it too. */
  wasReachedSince(upstream: string, at: number): boolean {
    return this.#queueOf(upstream).reachedAt >= at;
  }

  #schedule(queue: UpstreamQueue): void {
    if (queue.timer !== undefined || queue.waiting.size === 0) return;
    // Rounded up: a timer that fires a moment too early would be set again and again.
    const waitMs = Math.ceil(queue.bucket.waitMs(this.#clock.monotonic()));
    queue.timer = this.#clock.setTimeout(() => {
      queue.timer = undefined;
      this.#release(queue);
    }, waitMs);
  }

  #release(queue: UpstreamQueue): void {
    for (const settle of queue.waiting) {
      if (queue.bucket.take(this.#clock.monotonic()) === null) break;
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
      const bucket = new TokenBucket({ ...pace, at: this.#clock.monotonic() });
      queue = { bucket, waiting: new Set(), timer: undefined, reachedAt: Number.NEGATIVE_INFINITY };
      this.#queues.set(upstream, queue);
    }
    return queue;
  }
}
