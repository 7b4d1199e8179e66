import { isRecord } from '../../text/is-record.ts';
import { type Message, rawText } from '../jsonrpc/message.ts';
import { memberAt, parseSpan } from '../jsonrpc/raw-json.ts';

/** Sends a request with an id of healflow's own and resolves with its answer. */
export type SendRequest = (request: Message) => Promise<Message>;

/**
 * What a client has told its server once and for all: the handshake, the log level, the subscriptions. A server that
 * takes the place of another is told the same. A client of the stateless protocol says none of it, so nothing is replayed.
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

  /** Whether the client speaks the protocol that begins with a handshake. */
  get isInitialized(): boolean {
    return this.#initialize !== undefined;
  }

  /**
   * Resolves with the capabilities of the new server, undefined if no handshake is asked for. Rejects where it refuses
   * the handshake; what it says to the rest does not matter.
   */
  async replay(ask: SendRequest, sendNotification: (bytes: Buffer) => void): Promise<unknown> {
    if (this.#initialize === undefined) return undefined;
    const answer = await ask(this.#initialize);
    if (answer.error !== undefined) {
      throw new Error(`it refused the handshake: ${rawText(answer.bytes, answer.error).slice(0, 200)}`);
    }
    if (this.#initialized !== undefined) {
      sendNotification(this.#initialized);
      const rest = this.#logLevel === undefined ? [] : [this.#logLevel];
      await Promise.all([...rest, ...this.#subscriptions.values()].map(ask));
    }
    const result = parseSpan(answer.bytes, answer.result);
    return isRecord(result) ? result.capabilities : undefined;
  }
}

const uriOf = ({ bytes, params }: Message): string => {
  const uri = params === undefined ? undefined : memberAt(bytes, params.start, 'uri');
  return uri === undefined ? '' : rawText(bytes, uri);
};
