const firstDelayMs = 1_000;
const maxDelayMs = 30_000;
const growth = 1.5;

/** The delay before a broken connection is made again, in ms, after this number of failures. */
export const reconnectDelayMs = (failures: number): number => Math.min(maxDelayMs, firstDelayMs * growth ** failures);

/** How long a stream has to live before its end counts as an interruption. */
const livedMs = 5_000;

/**
 * Spaces the requests for a stream that the server ends. A server that ends each stream at once is asked ever more rarely,
 * whatever it sends first: an id or a short `retry` does not make such a stream useful.
 */
export class ReconnectPacer {
  #failures = 0;

  /**
   * @param livedFor How long the stream lived, in ms; undefined if there was none.
   * @param hadMessage Whether a message came on it.
   */
  ended(livedFor: number | undefined, hadMessage: boolean): void {
    const wasUseful = livedFor !== undefined && (hadMessage || livedFor >= livedMs);
    this.#failures = wasUseful ? 0 : this.#failures + 1;
  }

  /** @param retryMs What the server asked for. */
  delayMs(retryMs: number | undefined): number {
    if (this.#failures === 0) return retryMs ?? firstDelayMs;
    return Math.max(retryMs ?? 0, reconnectDelayMs(this.#failures - 1));
  }
}

/** Whether a connection may succeed later: there was no server, or it cannot respond for now. */
export const isRetryableStatus = (status: number | undefined): boolean =>
  status === undefined || status >= 500 || [401, 408, 425, 429].includes(status);
