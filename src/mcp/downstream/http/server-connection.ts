import type { HealerPort } from '../../healing/healer-port.ts';
import type { Message } from '../../jsonrpc/message.ts';
import type { SessionOptions } from '../../relay/options.ts';
import { RelaySession } from '../../relay/relay-session.ts';
import type { CreateUpstream } from '../../relay/upstream-port.ts';
import type { Pausable } from './sse-response.ts';

/** Maximum number of messages that are buffered before somebody listens. */
const maxBuffered = 100;

/** One server, the relay in front of it and the healer of its calls. Its client is set later, by `listen`. */
export class ServerConnection {
  /** Resolves when the server has ended for good and all healing has ended. */
  readonly closed: Promise<void>;
  readonly #options: SessionOptions;
  readonly #session: RelaySession;
  readonly #holders = new Set<object>();
  #healer: (HealerPort & AsyncDisposable) | undefined;
  #toClient: (bytes: Buffer) => void = (bytes) => this.#buffer(bytes);
  #buffered: Buffer[] = [];
  #waiting: (() => void)[] = [];
  #isOver = false;

  private constructor(options: SessionOptions, createUpstream: CreateUpstream) {
    this.#options = options;
    this.#session = new RelaySession(options, createUpstream, {
      toClient: (bytes) => this.#toClient(bytes),
      onDrain: () => this.#resumeWaiting(),
    });
    this.closed = this.#session.upstream.closed.then(() => this.#settle());
  }

  /**
   * Starts a server. Its messages are buffered until somebody listens.
   *
   * @throws HealError COMMAND_NOT_FOUND if it cannot be started, and all errors of `createHealer`.
   */
  static async open(options: SessionOptions, createUpstream: CreateUpstream): Promise<ServerConnection> {
    const connection = new ServerConnection(options, createUpstream);
    await connection.#open();
    return connection;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Sets the receiver of the server's messages. */
  listen(toClient: (bytes: Buffer) => void): void {
    this.#toClient = toClient;
    for (const bytes of this.#buffered.splice(0)) toClient(bytes);
    this.resume(this);
  }

  fromClient(bytes: Buffer): void {
    this.#session.relay.fromClient(bytes);
  }

  /** Resolves when the server accepts more data. */
  whenWritable(): Promise<void> {
    if (!this.#session.upstream.full) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Stops reading from the server until all holders have resumed. */
  pause(holder: object): void {
    if (this.#holders.size === 0) this.#session.upstream.pause();
    this.#holders.add(holder);
  }

  resume(holder: object): void {
    if (this.#holders.delete(holder) && this.#holders.size === 0) this.#session.upstream.resume();
  }

  /** Ends all healing and then the server. */
  async close(): Promise<void> {
    this.#session.relay.abandonHealing();
    for (const holder of this.#holders) this.resume(holder);
    await this.#session.upstream.close();
    await this.closed;
  }

  /** Restarts the server after its open requests. */
  restart(stop: AbortSignal): void {
    this.#session.restart(stop);
  }

  kill(): void {
    this.#session.upstream.kill();
  }

  async #open(): Promise<void> {
    this.#healer = await this.#options.createHealer(this.#session.control);
    try {
      await this.#session.start(this.#healer);
    } catch (error) {
      await this.#healer[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Beyond the maximum, the server has to wait. */
  #buffer(bytes: Buffer): void {
    this.#buffered.push(bytes);
    if (this.#buffered.length >= maxBuffered) this.pause(this);
  }

  async #settle(): Promise<void> {
    this.#resumeWaiting();
    await this.#session.idle(this.#options.limits.graceMs);
    this.#isOver = true;
    await this.#healer?.[Symbol.asyncDispose]();
  }

  #resumeWaiting(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** The channel from a session to its server. */
export interface ServerChannel extends Pausable {
  /** @param messages The message in the bytes, or the messages of a batch. */
  send(bytes: Buffer, messages: readonly Message[]): void;
  /** Resolves when the server accepts more data. */
  whenWritable(): Promise<void>;
  /** Ends the channel with its session. */
  end(): Promise<void>;
}

/** Receives the messages of a channel. */
export interface ChannelListener {
  fromServer(bytes: Buffer): void;
  /** The server has ended for good. */
  lost(reason: string): void;
}

export const serverEnded = 'the MCP server has ended';

/** A channel to a server that serves only this session and ends with it. */
export const dedicatedChannel = (connection: ServerConnection, session: ChannelListener): ServerChannel => {
  connection.listen((bytes) => session.fromServer(bytes));
  void connection.closed.then(() => session.lost(serverEnded));
  return {
    send: (bytes) => connection.fromClient(bytes),
    whenWritable: () => connection.whenWritable(),
    pause: (holder) => connection.pause(holder),
    resume: (holder) => connection.resume(holder),
    end: () => connection.close(),
  };
};
