import { setTimeout as sleep } from 'node:timers/promises';

const patienceMs = 5_000;

/** Everything that is to be ended in the end, whatever happens. */
export class Closing {
  readonly #ends: (() => unknown)[] = [];
  readonly #kills: (() => void)[] = [];
  #closed = false;

  /** Ends it in the end, the last one first; at once where the end has come already. */
  add(end: () => unknown): void {
    this.#ends.push(end);
    if (this.#closed) void this.close();
  }

  /** Does it where the process ends before everything could be closed; it must not wait for anything. */
  addKill(kill: () => void): void {
    this.#kills.push(kill);
  }

  /** Ends everything; what cannot be ended does not keep the rest from it. */
  async close(): Promise<void> {
    this.#closed = true;
    for (let end = this.#ends.pop(); end !== undefined; end = this.#ends.pop()) {
      const control = new AbortController();
      const ending = Promise.resolve().then(end);
      await Promise.race([ending, sleep(patienceMs, undefined, { signal: control.signal })]).catch(() => {});
      control.abort();
    }
  }

  /** Leaves nothing behind that can be ended without waiting. */
  readonly killNow = (): void => {
    for (const kill of this.#kills.splice(0)) {
      try {
        kill();
      } catch {
        // It is gone.
      }
    }
  };
}
