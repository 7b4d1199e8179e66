import type { Clock } from '../../model/clock.ts';

/** The used part of the WebSocket API of `ws` and browsers. */
export interface Socket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  onopen: (() => void) | null;
  onclose: (() => void) | null;
  onerror: ((event: unknown) => void) | null;
  send(text: string): void;
  close(): void;
  /** Emitted by `ws` with the underlying connection, which can then be unreferenced. */
  on?(event: 'upgrade', listener: (response: { readonly socket: { unref(): void } }) => void): void;
}

export interface SocketOptions {
  readonly connect: () => Socket;
  readonly clock: Clock;
  /** Called once if no viewer is connected, and again only after one was. */
  readonly onAbsent: () => void;
}

const open = 1;
/** Maximum number of messages that are kept without a viewer; the oldest are dropped. */
const maxKept = 500;
/** Maximum number of unread bytes; until the viewer has read them, messages are dropped. */
const maxBufferedBytes = 4 * 1024 * 1024;
const firstWaitMs = 1_000;
const maxWaitMs = 30_000;

/** Sends messages to a viewer, which may disconnect or be slow. Never throws, waits or keeps the process alive. */
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

  /** Connects, and reconnects if the connection is lost. */
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
    // A close event follows each error.
    socket.onerror = () => {};
    socket.onclose = () => this.#lost(socket);
  }

  send(text: string): void {
    if (this.#closed) return;
    const socket = this.#socket;
    if (socket?.readyState !== open) {
      this.#kept.push(text);
      if (this.#kept.length > maxKept) this.#kept.shift();
      return;
    }
    if (socket.bufferedAmount > maxBufferedBytes) return;
    try {
      socket.send(text);
    } catch {
      // It has just closed; the close event handles it.
    }
  }

  /** Closes the connection; nothing more is sent. */
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
    this.#waitMs = Math.min(maxWaitMs, this.#waitMs * 2);
  }
}
