/** One server that many use: started when somebody needs it, and again when it is gone for good. */
export class LazyServer<T extends { readonly isOver: boolean }> {
  readonly #start: () => Promise<T>;
  #starting: Promise<T> | undefined;
  #running: T | undefined;

  constructor(start: () => Promise<T>) {
    this.#start = start;
  }

  /** The one that runs now. */
  get running(): T | undefined {
    return this.#running?.isOver === true ? undefined : this.#running;
  }

  /** Rejects where it cannot be started; the next one who asks tries anew. */
  get(): Promise<T> {
    if (this.#running?.isOver === true) {
      this.#running = undefined;
      this.#starting = undefined;
    }
    this.#starting ??= this.#begin();
    return this.#starting;
  }

  async #begin(): Promise<T> {
    try {
      this.#running = await this.#start();
      return this.#running;
    } catch (error) {
      this.#starting = undefined;
      throw error;
    }
  }
}
