import type { OutboundMessage } from '../../jsonrpc/outbox.ts';

/** Sends messages in order to a server that could take two of them at once. */
export class SendQueue {
  readonly #start: (item: OutboundMessage) => Promise<unknown> | undefined;
  #waiting: OutboundMessage[] = [];
  #bytes = 0;
  #holds = 0;

  /** @param start Sends a message. Later messages wait for the promise, if there is one; it does not reject. */
  constructor(start: (item: OutboundMessage) => Promise<unknown> | undefined) {
    this.#start = start;
  }

  /** The number of bytes that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The keys of the messages that wait. */
  get keys(): string[] {
    return this.#waiting.flatMap(({ key }) => (key === '' ? [] : [key]));
  }

  push(item: OutboundMessage): void {
    this.#waiting.push(item);
    this.#bytes += item.bytes.length;
    this.#flush();
  }

  /** Removes a message that still waits. */
  dequeue(key: string): boolean {
    const at = this.#waiting.findIndex((item) => item.key === key);
    if (key === '' || at === -1) return false;
    this.#bytes -= this.#waiting[at]?.bytes.length ?? 0;
    this.#waiting.splice(at, 1);
    return true;
  }

  /** Sends nothing until the promise has settled. */
  hold(until: Promise<unknown>): void {
    const release = (): void => {
      this.#holds -= 1;
      this.#flush();
    };
    this.#holds += 1;
    until.then(release, release);
  }

  /** Removes all messages. */
  clear(): OutboundMessage[] {
    this.#bytes = 0;
    return this.#waiting.splice(0);
  }

  #flush(): void {
    while (this.#holds === 0) {
      const item = this.#waiting.shift();
      if (item === undefined) return;
      this.#bytes -= item.bytes.length;
      const until = this.#start(item);
      if (until !== undefined) this.hold(until);
    }
  }
}
