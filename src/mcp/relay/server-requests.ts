import { keyOf, type Message, rawText } from '../jsonrpc/message.ts';
import { memberAt } from '../jsonrpc/raw-json.ts';

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
  cancelled({ bytes, params }: Message): void {
    const requestId = params === undefined ? undefined : memberAt(bytes, params.start, 'requestId');
    if (requestId !== undefined) this.#open.delete(keyOf(rawText(bytes, requestId)));
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

/** A `notifications/cancelled` for the request with this raw id. */
export const cancelled = (rawId: string, reason: string | undefined): Buffer =>
  Buffer.from(
    `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${rawId}${
      reason === undefined ? '' : `,"reason":${JSON.stringify(reason)}`
    }}}\n`,
  );
