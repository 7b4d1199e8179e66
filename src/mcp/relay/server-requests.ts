import { lineShowsActivity, messageShowsActivity, noteActivity } from '../healing/call-activity.ts';
import type { ToolCall } from '../healing/tool-call.ts';
import { type Message, rawText } from '../jsonrpc/message.ts';
import { cancelledKey, cancelNotification } from '../protocol/cancellation.ts';

/**
 * The open requests of the server to the client. They are cancelled when the server is lost; a late response to one of them
 * does not reach the next server, which may use the same ids.
 */
export class ServerRequests {
  readonly #open = new Map<string, string>();
  readonly #stale = new Set<string>();
  readonly #calls: () => readonly { readonly call: ToolCall }[];

  /** @param calls The calls that the server works on: to which of them a message or a line of it belongs is not known. */
  constructor(calls: () => readonly { readonly call: ToolCall }[]) {
    this.#calls = calls;
  }

  /** Takes a line of the server that is no message. */
  printed(line: Buffer): void {
    const calls = this.#calls();
    if (calls.length > 0 && lineShowsActivity(line)) for (const { call } of calls) noteActivity(call);
  }

  /** Takes a request or notification of the server. */
  sent(message: Message): void {
    if (messageShowsActivity(message)) for (const { call } of this.#calls()) noteActivity(call);
    const { key, bytes, id } = message;
    if (id === undefined) return;
    this.#stale.delete(key);
    this.#open.set(key, rawText(bytes, id));
  }

  get hasOpen(): boolean {
    return this.#open.size > 0;
  }

  /** Takes a response; false if it is for a lost server. */
  answered(key: string): boolean {
    return this.#open.delete(key) || !this.#stale.delete(key);
  }

  /** Takes a `notifications/cancelled` of the server. */
  cancelled(notification: Message): void {
    this.#open.delete(cancelledKey(notification));
  }

  /** Cancels all; returns the notifications for the client. */
  cancelAll(reason: string): Buffer[] {
    const notifications: Buffer[] = [];
    for (const [key, rawId] of this.#open) {
      this.#stale.add(key);
      notifications.push(cancelNotification(rawId, reason));
    }
    this.#open.clear();
    return notifications;
  }
}
