import { type ConversationOptions, ServerConnection } from './server-connection.ts';

/** The servers that are running. One is started before anybody asks, so that a command that does not work is known at once. */
export class ServerPool {
  readonly #options: ConversationOptions;
  readonly #all = new Set<ServerConnection>();
  #spare: ServerConnection | undefined;

  constructor(options: ConversationOptions) {
    this.#options = options;
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
    await Promise.all([...this.#all].map((conversation) => conversation.close()));
  }

  kill(): void {
    for (const conversation of this.#all) conversation.kill();
  }

  async #start(): Promise<ServerConnection> {
    const conversation = await ServerConnection.open(this.#options);
    this.#all.add(conversation);
    void conversation.closed.then(() => this.#all.delete(conversation));
    return conversation;
  }
}
