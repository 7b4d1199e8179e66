import { HttpError } from '../../jsonrpc/errors.ts';
import type { Message } from '../../jsonrpc/message.ts';

/** What a server must come to know, even if late; the rest concerns only the moment. */
const mustArrive: ReadonlySet<string> = new Set(['notifications/initialized', 'notifications/roots/list_changed']);

const notSent: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
const notTaken: ReadonlySet<number> = new Set([401, 425, 429, 503]);

/** Whether the server has certainly not taken note of what failed so. */
const isUndelivered = (error: Error & { code?: unknown; syscall?: unknown }): boolean =>
  error instanceof HttpError ? notTaken.has(error.status) : notSent.has(error.code) || error.syscall === 'connect';

/** Beyond this the oldest is forgotten. */
const mostKept = 100;

/** What needs no answer and did not get through. It is told before the next request. */
export class PendingNotifications {
  #messages: Message[] = [];

  /** Takes a message that failed; false if it is not to be told again. */
  add(message: Message, error: Error): boolean {
    const isLasting = message.kind === 'response' || mustArrive.has(message.method);
    if (!isLasting || !isUndelivered(error)) return false;
    this.#messages.push(message);
    if (this.#messages.length > mostKept) this.#messages.shift();
    return true;
  }

  /** Takes all of them out. */
  take(): Message[] {
    return this.#messages.splice(0);
  }

  get isEmpty(): boolean {
    return this.#messages.length === 0;
  }
}
