/** A command that went on running when its fix was done, such as `ssh -N`. */
export interface Tunnel {
  readonly isRunning: boolean;
  /** Ends it with its whole process group; resolves when it is gone. */
  end(): Promise<void>;
}

/** The tunnels that fixes have opened, by the key of the fix: at most one each. They run until healflow ends. */
export class Tunnels {
  readonly #open = new Map<string, Tunnel>();

  keep(key: string, tunnel: Tunnel): void {
    this.#open.set(key, tunnel);
  }

  /** Whether the tunnel of this fix has ended by itself, so that the success of the fix no longer counts. */
  hasEnded(key: string): boolean {
    return this.#open.get(key)?.isRunning === false;
  }

  /** Ends the tunnel of this fix, if there is one: it may hang, and its successor needs its port. */
  async end(key: string): Promise<void> {
    const tunnel = this.#open.get(key);
    this.#open.delete(key);
    await tunnel?.end();
  }

  /** Ends all of them. */
  async close(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((key) => this.end(key)));
  }
}
