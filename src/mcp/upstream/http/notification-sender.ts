import type { Message } from '../../jsonrpc/message.ts';
import type { ExchangeFailure } from './post-exchange.ts';
import { PendingNotifications } from './untold.ts';

export interface TellerPorts {
  /** Sends a message that needs no answer. */
  readonly send: (message: Message) => Promise<ExchangeFailure | undefined>;
  /** The server has taken a message. */
  readonly told: (message: Message) => void;
  /** The server no longer knows the session of this id. */
  readonly onLost: (sessionId: string) => void;
  readonly log: (text: string) => void;
}

/** Tells a server what needs no answer: one after the other, and again what it certainly did not take note of. */
export class NotificationSender {
  readonly #ports: TellerPorts;
  readonly #untold = new PendingNotifications();
  #telling: Promise<void> = Promise.resolve();
  #retelling: Promise<unknown> | undefined;

  constructor(ports: TellerPorts) {
    this.#ports = ports;
  }

  /** Resolves when all that was to be told has been, or could not be. Never rejects. */
  get done(): Promise<void> {
    return this.#telling;
  }

  /** Resolves when the server has been told, or could not be. Never rejects. */
  tell(message: Message): Promise<void> {
    this.#telling = this.#telling.then(() => this.#now(message));
    return this.#telling;
  }

  /** Tells again what did not get through. Undefined if there is nothing like that. */
  resendPending(): Promise<unknown> | undefined {
    if (this.#retelling === undefined && this.#untold.isEmpty) return undefined;
    this.#retelling ??= Promise.all(this.#untold.take().map((message) => this.tell(message))).finally(() => {
      this.#retelling = undefined;
    });
    return this.#retelling;
  }

  /** What did not get through concerns nobody any more. */
  forget(): void {
    this.#untold.take();
  }

  async #now(message: Message): Promise<void> {
    const { send, told, onLost, log } = this.#ports;
    const failure = await send(message);
    if (failure === undefined) told(message);
    else if (failure.lostSession !== undefined) onLost(failure.lostSession);
    else if (!this.#untold.add(message, failure.error)) {
      const what = message.kind === 'response' ? 'an answer of the client' : message.method;
      log(`${what} did not reach the MCP server: ${failure.error.message}`);
    }
  }
}
