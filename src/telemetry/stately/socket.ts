import type { Clock } from '../../model/clock.ts';

/** The part of a WebSocket client, as `ws` and browsers have it, that is used. */
export interface Socket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  onopen: (() => void) | null;
  onclose: (() => void) | null;
  onerror: ((event: unknown) => void) | null;
  send(text: string): void;
  close(): void;
  /** `ws` tells of the connection beneath, so that it need not hold the process. */
  on?(event: 'upgrade', listener: (response: { readonly socket: { unref(): void } }) => void): void;
}

export interface SocketOptions {
  readonly connect: () => Socket;
  readonly clock: Clock;
  /** Told once that nobody is there, and again only after somebody was. */
  readonly onAbsent: () => void;
}

const open = 1;
/** Messages that are kept while nobody is there; the oldest go first. */
const mostKept = 500;
/** A viewer that does not read so many bytes gets no more until it has. */
const mostBufferedBytes = 4 * 1024 * 1024;
const firstWaitMs = 1_000;
const longestWaitMs = 30_000;

/** Sends messages to a viewer that may come, go and be slow; never throws, never waits, keeps no process alive. */
export class ViewerSocket {
  readonly #options: SocketOptions;
  #socket: Socket | undefined;
  #kept: string[] = [];
  #waitMs = firstWaitMs;
  #timer: unknown;
  #toldAbsent = false;
  #closed = false;

  constructor(options: SocketOptions) {
    this.#options = options;
  }

  /** Connects, and again whenever the connection is lost. */
  start(): void {
    if (this.#closed || this.#socket !== undefined) return;
    let socket: Socket;
    try {
      socket = this.#options.connect();
    } catch {
      this.#lost(undefined);
      return;
    }
    this.#socket = socket;
    socket.on?.('upgrade', (response) => response.socket.unref());
    socket.onopen = () => {
      this.#waitMs = firstWaitMs;
      this.#toldAbsent = false;
      for (const text of this.#kept.splice(0)) this.send(text);
    };
    // An error is followed by a close.
    socket.onerror = () => {};
    socket.onclose = () => this.#lost(socket);
  }

  send(text: string): void {
    if (this.#closed) return;
    const socket = this.#socket;
    if (socket?.readyState !== open) {
      this.#kept.push(text);
      if (this.#kept.length > mostKept) this.#kept.shift();
      return;
    }
    if (socket.bufferedAmount > mostBufferedBytes) return;
    try {
      socket.send(text);
    } catch {
      // It has closed in between, and its own event tells.
    }
  }

  /** Ends the connection; nothing is sent any more. */
  close(): void {
    this.#closed = true;
    this.#kept = [];
    this.#options.clock.clearTimeout(this.#timer);
    try {
      this.#socket?.close();
    } catch {
      // It was never open.
    }
  }

  #lost(socket: Socket | undefined): void {
    if (this.#closed || this.#socket !== socket) return;
    this.#socket = undefined;
    if (!this.#toldAbsent) this.#options.onAbsent();
    this.#toldAbsent = true;
    this.#timer = this.#options.clock.setTimeout(() => this.start(), this.#waitMs);
    (this.#timer as { unref?: () => void } | null)?.unref?.();
    this.#waitMs = Math.min(longestWaitMs, this.#waitMs * 2);
  }
}
