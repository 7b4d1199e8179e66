import { HttpError } from '../../jsonrpc/errors.ts';
import type { Message } from '../../jsonrpc/message.ts';
import type { ExchangeFailure } from './post-exchange.ts';

/** Notifications that the server must get, even if late. All others only concern the moment. */
const mustArrive: ReadonlySet<string> = new Set(['notifications/initialized', 'notifications/roots/list_changed']);

const unsentCodes: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
const unreadStatuses: ReadonlySet<number> = new Set([401, 425, 429, 503]);

/** Whether the server has certainly not handled the message. */
const isUndelivered = (error: Error & { code?: unknown; syscall?: unknown }): boolean =>
  error instanceof HttpError
    ? unreadStatuses.has(error.status)
    : unsentCodes.has(error.code) || error.syscall === 'connect';

/** Beyond this the oldest is dropped. */
const maxPending = 100;

export interface NotificationSenderPorts {
  /** Sends a message that has no response. */
  readonly send: (message: Message) => Promise<ExchangeFailure | undefined>;
  /** The server has taken a message. */
  readonly onSent: (message: Message) => void;
  /** The server no longer knows the session of this id. */
  readonly onLost: (sessionId: string) => void;
  readonly log: (text: string) => void;
}

/** Sends messages that have no response, one after the other, and again those that the server certainly did not get. */
export class NotificationSender {
  readonly #ports: NotificationSenderPorts;
  #pending: Message[] = [];
  #sending: Promise<void> = Promise.resolve();
  #resending: Promise<unknown> | undefined;

  constructor(ports: NotificationSenderPorts) {
    this.#ports = ports;
  }

  /** Resolves when all messages have been sent or have failed. Never rejects. */
  get done(): Promise<void> {
    return this.#sending;
  }

  /** Resolves when the message has been sent or has failed. Never rejects. */
  send(message: Message): Promise<void> {
    this.#sending = this.#sending.then(() => this.#sendNow(message));
    return this.#sending;
  }

  /** Sends undelivered messages again; undefined if there are none. */
  resendPending(): Promise<unknown> | undefined {
    if (this.#resending === undefined && this.#pending.length === 0) return undefined;
    this.#resending ??= Promise.all(this.#pending.splice(0).map((message) => this.send(message))).finally(() => {
      this.#resending = undefined;
    });
    return this.#resending;
  }

  /** Drops the undelivered messages. */
  forget(): void {
    this.#pending = [];
  }

  async #sendNow(message: Message): Promise<void> {
    const { send, onSent, onLost, log } = this.#ports;
    const failure = await send(message);
    if (failure === undefined) onSent(message);
    else if (failure.lostSession !== undefined) onLost(failure.lostSession);
    else if (!this.#keep(message, failure.error)) {
      const what = message.kind === 'response' ? 'a response of the client' : message.method;
      log(`${what} did not reach the MCP server: ${failure.error.message}`);
    }
  }

  /** Keeps an undelivered message for the next request; false if it is dropped. */
  #keep(message: Message, error: Error): boolean {
    const isNeeded = message.kind === 'response' || mustArrive.has(message.method);
    if (!isNeeded || !isUndelivered(error)) return false;
    this.#pending.push(message);
    if (this.#pending.length > maxPending) this.#pending.shift();
    return true;
  }
}
