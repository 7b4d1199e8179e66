import type { SessionOptions } from '../../relay/options.ts';
import type { CreateUpstream } from '../../relay/upstream-port.ts';
import { ServerConnection } from './server-connection.ts';

/** The running servers. One is started in advance, so that a command that fails is reported at once. */
export class ServerPool {
  readonly #options: SessionOptions;
  readonly #createUpstream: CreateUpstream;
  readonly #all = new Set<ServerConnection>();
  #spare: ServerConnection | undefined;
  #canStart = true;

  constructor(options: SessionOptions, createUpstream: CreateUpstream) {
    this.#options = options;
    this.#createUpstream = createUpstream;
  }

  /** Whether the last server could be started. */
  get canStart(): boolean {
    return this.#canStart;
  }

  /** @throws HealError COMMAND_NOT_FOUND if the command cannot be started. */
  async prepare(): Promise<void> {
    this.#spare = await this.#start();
  }

  /** A server that no client has used yet. */
  async take(): Promise<ServerConnection> {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare === undefined || spare.isOver ? this.#start() : spare;
  }

  /** Ends all servers, with the usual grace period. */
  async close(): Promise<void> {
    await Promise.all([...this.#all].map((connection) => connection.close()));
  }

  restart(stop: AbortSignal): void {
    for (const connection of this.#all) connection.restart(stop);
  }

  kill(): void {
    for (const connection of this.#all) connection.kill();
  }

  async #start(): Promise<ServerConnection> {
    this.#canStart = false;
    const connection = await ServerConnection.open(this.#options, this.#createUpstream);
    this.#canStart = true;
    this.#all.add(connection);
    void connection.closed.then(() => this.#all.delete(connection));
    return connection;
  }
}

/** One server for many users: started when it is needed, and again after it has ended. */
export class LazyServer<T extends { readonly isOver: boolean }> {
  readonly #start: () => Promise<T>;
  #starting: Promise<T> | undefined;
  #running: T | undefined;

  constructor(start: () => Promise<T>) {
    this.#start = start;
  }

  /** The running server. */
  get running(): T | undefined {
    return this.#running?.isOver === true ? undefined : this.#running;
  }

  /** Rejects if it cannot be started; the next call tries again. */
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
