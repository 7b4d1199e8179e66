import { isRecord } from '../../text/is-record.ts';
import { type Message, rawText } from '../jsonrpc/message.ts';
import { parseSpan } from '../jsonrpc/raw-json.ts';
import { uriOf } from './subscriptions.ts';

/** Sends a request under one of healflow's own ids and resolves with its response. */
export type SendRequest = (request: Message) => Promise<Message>;

/**
 * The state that a client has set on its server: the handshake, the log level, the subscriptions. It is replayed to a
 * new server. A client of the stateless protocol sets none of it, so nothing is replayed.
 */
export class Handshake {
  #initialize: Message | undefined;
  #initialized: Buffer | undefined;
  #logLevel: Message | undefined;
  readonly #subscriptions = new Map<string, Message>();

  noteRequest(message: Message): void {
    switch (message.method) {
      case 'initialize':
        this.#initialize = message;
        this.#initialized = undefined;
        break;
      case 'logging/setLevel':
        this.#logLevel = message;
        break;
      case 'resources/subscribe':
        this.#subscriptions.set(uriOf(message), message);
        break;
      case 'resources/unsubscribe':
        this.#subscriptions.delete(uriOf(message));
        break;
      default:
    }
  }

  noteNotification(message: Message): void {
    if (message.method === 'notifications/initialized') this.#initialized = message.bytes;
  }

  /** Whether the client uses the protocol with a handshake. */
  get isInitialized(): boolean {
    return this.#initialize !== undefined;
  }

  get hasSubscriptions(): boolean {
    return this.#subscriptions.size > 0;
  }

  /**
   * Resolves with the capabilities of the new server; undefined if there was no handshake. Rejects if the server refuses
   * the handshake; errors in its other responses do not matter.
   */
  async replay(ask: SendRequest, sendNotification: (bytes: Buffer) => void): Promise<unknown> {
    if (this.#initialize === undefined) return undefined;
    const response = await ask(this.#initialize);
    if (response.error !== undefined) {
      throw new Error(`it refused the handshake: ${rawText(response.bytes, response.error).slice(0, 200)}`);
    }
    if (this.#initialized !== undefined) {
      sendNotification(this.#initialized);
      const rest = this.#logLevel === undefined ? [] : [this.#logLevel];
      await Promise.all([...rest, ...this.#subscriptions.values()].map(ask));
    }
    const result = parseSpan(response.bytes, response.result);
    return isRecord(result) ? result.capabilities : undefined;
  }
}
