import type { SessionOptions } from '../../relay/options.ts';
import type { CreateUpstream } from '../../relay/upstream-port.ts';
import { ServerConnection } from './server-connection.ts';

/** The servers that are running. One is started before anybody asks, so that a command that does not work is known at once. */
export class ServerPool {
  readonly #options: SessionOptions;
  readonly #createUpstream: CreateUpstream;
  readonly #all = new Set<ServerConnection>();
  #spare: ServerConnection | undefined;

  constructor(options: SessionOptions, createUpstream: CreateUpstream) {
    this.#options = options;
    this.#createUpstream = createUpstream;
  }

  /** @throws HealError COMMAND_NOT_FOUND where the command cannot be started. */
  async prepare(): Promise<void> {
    this.#spare = await this.#start();
  }

  /** A server that nobody has talked to yet. */
  async take(): Promise<ServerConnection> {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare === undefined || spare.isOver ? this.#start() : spare;
  }

  /** Ends all of them, with the usual grace. */
  async close(): Promise<void> {
    await Promise.all([...this.#all].map((connection) => connection.close()));
  }

  kill(): void {
    for (const connection of this.#all) connection.kill();
  }

  async #start(): Promise<ServerConnection> {
    const connection = await ServerConnection.open(this.#options, this.#createUpstream);
    this.#all.add(connection);
    void connection.closed.then(() => this.#all.delete(connection));
    return connection;
  }
}

/** One server that many use: started when somebody needs it, and again when it is gone for good. */
export class LazyServer<T extends { readonly isOver: boolean }> {
  readonly #start: () => Promise<T>;
  #starting: Promise<T> | undefined;
  #running: T | undefined;

  constructor(start: () => Promise<T>) {
    this.#start = start;
  }

  /** The one that runs now. */
  get running(): T | undefined {
    return this.#running?.isOver === true ? undefined : this.#running;
  }

  /** Rejects where it cannot be started; the next one who asks tries anew. */
  get(): Promise<T> {
    if (this.#running?.isOver === true) {
      this.#running = undefined;
      this.#starting = undefined;
    }
    this.#starting ??= this.#begin();
    return this.#starting;
  }

  async #begin(): Promise<T> {
    try {
      this.#running = await this.#start();
      return this.#running;
    } catch (error) {
      this.#starting = undefined;
      throw error;
    }
  }
}
