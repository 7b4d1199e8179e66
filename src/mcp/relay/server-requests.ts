import { type Message, rawText } from '../jsonrpc/message.ts';
import { cancelled, cancelledKey } from '../protocol/cancellation.ts';

/**
 * The requests of the server that the client has not answered. When the server is gone they are taken back, and the
 * answers that are on their way all the same do not reach the next one, which may have used the same ids.
 */
export class ServerRequests {
  readonly #open = new Map<string, string>();
  readonly #stale = new Set<string>();

  asked({ key, bytes, id }: Message): void {
    if (id === undefined) return;
    this.#stale.delete(key);
    this.#open.set(key, rawText(bytes, id));
  }

  /** Takes note of an answer. False if it is for a server that is gone. */
  answered(key: string): boolean {
    return this.#open.delete(key) || !this.#stale.delete(key);
  }

  /** Takes note of a `notifications/cancelled` of the server's. */
  cancelled(notification: Message): void {
    this.#open.delete(cancelledKey(notification));
  }

  /** Takes all of them back: returns what the client is told. */
  cancelAll(reason: string): Buffer[] {
    const told: Buffer[] = [];
    for (const [key, rawId] of this.#open) {
      this.#stale.add(key);
      told.push(cancelled(rawId, reason));
    }
    this.#open.clear();
    return told;
  }
}
