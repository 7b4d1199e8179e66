import { setTimeout as sleep } from 'node:timers/promises';

const timeoutMs = 5_000;

/** Cleanup that runs at the end of the demo, even if it fails. */
export class Closing {
  readonly #ends: (() => unknown)[] = [];
  readonly #kills: (() => void)[] = [];
  #closed = false;

  /** Adds a cleanup; the last one added runs first. It runs immediately if already closed. */
  add(end: () => unknown): void {
    this.#ends.push(end);
    if (this.#closed) void this.close();
  }

  /** Adds a synchronous cleanup for an exit of the process before everything is closed. */
  addKill(kill: () => void): void {
    this.#kills.push(kill);
  }

  /** Runs every cleanup, even if some fail or time out. */
  async close(): Promise<void> {
    this.#closed = true;
    for (let end = this.#ends.pop(); end !== undefined; end = this.#ends.pop()) {
      const control = new AbortController();
      const ending = Promise.resolve().then(end);
      await Promise.race([ending, sleep(timeoutMs, undefined, { signal: control.signal })]).catch(() => {});
      control.abort();
    }
  }

  /** Runs the synchronous cleanups. */
  readonly killNow = (): void => {
    for (const kill of this.#kills.splice(0)) {
      try {
        kill();
      } catch {
        // Already gone.
      }
    }
  };
}
