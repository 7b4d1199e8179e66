/** A command that went on running when its fix was done, such as `ssh -N`. */
export interface Tunnel {
  readonly isRunning: boolean;
  /** Ends it with its whole process group; resolves when it is gone. */
  end(): Promise<void>;
}

/** The tunnels that fixes have opened, by the key of the fix: at most one each. They run until healflow ends. */
export class Tunnels {
  readonly #open = new Map<string, Tunnel>();
  readonly #ending = new Set<Promise<void>>();
  #isClosed = false;

  /** Keeps a tunnel; ends it at once if healflow has ended meanwhile. */
  keep(key: string, tunnel: Tunnel): void {
    this.#open.set(key, tunnel);
    if (this.#isClosed) void this.end(key).catch(() => {});
  }

  /** Whether the tunnel of this fix has ended by itself, so that the success of the fix no longer counts. */
  hasEnded(key: string): boolean {
    return this.#open.get(key)?.isRunning === false;
  }

  /** Ends the tunnel of this fix, if there is one: it may hang, and its successor needs its port. */
  async end(key: string): Promise<void> {
    const tunnel = this.#open.get(key);
    this.#open.delete(key);
    if (tunnel === undefined) return;
    const ending = tunnel.end();
    this.#ending.add(ending);
    try {
      await ending;
    } finally {
      this.#ending.delete(ending);
    }
  }

  /** Ends all of them. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#ending, ...[...this.#open.keys()].map((key) => this.end(key))]);
  }
}
