type Listener = () => void;

/**
 * What an AbortController is, without the cost: making a signal and listening to it takes 6 us, a healing needs four, and
 * most tools and fixes never read theirs. The signal is created when it is first read.
 */
export class Cancellation {
  #aborted = false;
  #reason: unknown;
  #control: AbortController | undefined;
  #listeners: Listener[] | undefined;

  get aborted(): boolean {
    return this.#aborted;
  }

  /** Why; undefined while it is not aborted. */
  get reason(): unknown {
    return this.#reason;
  }

  get signal(): AbortSignal {
    if (this.#control === undefined) {
      this.#control = new AbortController();
      if (this.#aborted) this.#control.abort(this.#reason);
    }
    return this.#control.signal;
  }

  /** Aborts; later calls change nothing. */
  abort(reason: unknown): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#reason = reason;
    // One that is removed meanwhile is not called.
    for (let next = this.#listeners?.shift(); next !== undefined; next = this.#listeners?.shift()) next();
    this.#control?.abort(reason);
  }

  add(listener: Listener): void {
    if (this.#listeners === undefined) this.#listeners = [listener];
    else this.#listeners.push(listener);
  }

  remove(listener: Listener): void {
    const at = this.#listeners?.indexOf(listener) ?? -1;
    if (at >= 0) this.#listeners?.splice(at, 1);
  }
}

/** A source of cancellation: created here, or from a caller's signal. */
export type CancelSource = AbortSignal | Cancellation;

/** Calls the listener once, when it aborts; never if it has aborted already. */
export const listen = (cancels: CancelSource, listener: Listener): void => {
  if (cancels instanceof Cancellation) cancels.add(listener);
  else cancels.addEventListener('abort', listener, { once: true });
};

/** Forgets the listener. */
export const unlisten = (cancels: CancelSource, listener: Listener): void => {
  if (cancels instanceof Cancellation) cancels.remove(listener);
  else cancels.removeEventListener('abort', listener);
};

/** The signal, created when it is first read. */
export const signalOf = (cancels: CancelSource): AbortSignal =>
  cancels instanceof Cancellation ? cancels.signal : cancels;
