import { within } from '../../../platform/wait.ts';
import { randomId } from '../../../random.ts';
import type { HealerPort } from '../../healing/healer-port.ts';
import { describeRun, plain, RefusalLog } from '../../healing/run-log.ts';
import { IdGenerator } from '../../jsonrpc/ids.ts';
import type { Message } from '../../jsonrpc/message.ts';
import type { ProxyOptions } from '../../modes/options.ts';
import { Relay } from '../../relay/relay.ts';
import { stdioUpstream, type Upstream } from '../../upstream/stdio/upstream.ts';
import type { Pausable } from './sse-response.ts';

export type ConversationOptions = Pick<
  ProxyOptions,
  'command' | 'env' | 'stderr' | 'createHealer' | 'limits' | 'clock' | 'random' | 'redact'
>;

/** So many messages are kept before anybody listens. */
const maxBuffered = 100;

/** One server process, the relay before it and the healer of its calls. Whom the server talks to is said later. */
export class ServerConnection {
  /** Resolves when the server has ended for good and all that was being healed is settled. */
  readonly closed: Promise<void>;
  readonly #options: ConversationOptions;
  readonly #server: Upstream;
  readonly #refusals = new RefusalLog();
  readonly #holders = new Set<object>();
  #relay: Relay | undefined;
  #healer: (HealerPort & AsyncDisposable) | undefined;
  #toClient: (bytes: Buffer) => void = (bytes) => this.#keepEarly(bytes);
  #early: Buffer[] = [];
  #onIdle: () => void = () => {};
  #waiting: (() => void)[] = [];
  #isOver = false;

  private constructor(options: ConversationOptions) {
    this.#options = options;
    this.#server = stdioUpstream(options.command, options, {
      relay: () => this.#running(),
      onDrain: () => this.#letOn(),
      log: (text) => this.#log(text),
    });
    this.closed = this.#server.closed.then(() => this.#settle());
  }

  /**
   * Starts a server. What it says before somebody listens waits.
   *
   * @throws HealError COMMAND_NOT_FOUND where it cannot be started, and whatever `createHealer` throws.
   */
  static async open(options: ConversationOptions): Promise<ServerConnection> {
    const conversation = new ServerConnection(options);
    await conversation.#open();
    return conversation;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Begins to listen to the server. */
  listen(toClient: (bytes: Buffer) => void): void {
    this.#toClient = toClient;
    for (const bytes of this.#early.splice(0)) toClient(bytes);
    this.resume(this);
  }

  fromClient(bytes: Buffer): void {
    this.#running().fromClient(bytes);
  }

  /** Resolves when the server takes more. */
  room(): Promise<void> {
    if (!this.#server.full) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Lets the server wait with what it says, for this one's sake. */
  pause(holder: object): void {
    if (this.#holders.size === 0) this.#server.pause();
    this.#holders.add(holder);
  }

  resume(holder: object): void {
    if (this.#holders.delete(holder) && this.#holders.size === 0) this.#server.resume();
  }

  /** Ends all healing and then the server. */
  async close(): Promise<void> {
    this.#relay?.giveUp();
    for (const holder of this.#holders) this.resume(holder);
    await this.#server.close();
    await this.closed;
  }

  kill(): void {
    this.#server.kill();
  }

  async #open(): Promise<void> {
    const { createHealer } = this.#options;
    const { restart, setHeader } = this.#server;
    this.#healer = await createHealer({
      callTool: (name, args, signal) => this.#running().callTool(name, args, signal),
      ...(restart && { restartWithEnv: restart }),
      ...(setHeader && { setHeader }),
    });
    this.#relay = this.#makeRelay(this.#healer);
    try {
      await this.#server.open();
    } catch (error) {
      await this.#healer[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** What a server says to nobody is kept up to a point; then it has to wait. */
  #keepEarly(bytes: Buffer): void {
    this.#early.push(bytes);
    if (this.#early.length >= maxBuffered) this.pause(this);
  }

  async #settle(): Promise<void> {
    const { clock, limits } = this.#options;
    const idle = new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
    this.#letOn();
    if (this.#running().openCalls > 0) await within(clock, limits.graceMs, [idle]);
    this.#isOver = true;
    await this.#healer?.[Symbol.asyncDispose]();
  }

  #running(): Relay {
    if (this.#relay === undefined) throw new Error('the conversation has not begun yet');
    return this.#relay;
  }

  #letOn(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #log(text: string): void {
    const { stderr, redact } = this.#options;
    stderr.write(`healflow: ${plain(redact(text))}\n`);
  }

  #makeRelay(healer: HealerPort): Relay {
    const { clock, random, limits, redact } = this.#options;
    return new Relay({
      healer,
      clock,
      ids: new IdGenerator(randomId(random)),
      progressEveryMs: limits.progressEveryMs,
      attemptTimeoutMs: limits.attemptTimeoutMs,
      deadlineMs: limits.deadlineMs,
      toClient: (bytes) => this.#toClient(bytes),
      toUpstream: (bytes, key) => this.#server.send(bytes, key),
      withdraw: (key) => this.#server.withdraw(key),
      healed: (outcome) => {
        const line = describeRun(outcome, redact) ?? this.#refusals.describe(outcome, redact);
        if (line !== undefined) this.#log(line);
      },
      idle: () => this.#onIdle(),
    });
  }
}

/** The way from a session to its server. */
export interface ServerChannel extends Pausable {
  /** @param messages What the bytes hold: one message, or those of a batch. */
  send(bytes: Buffer, messages: readonly Message[]): void;
  /** Resolves when the server takes more. */
  room(): Promise<void>;
  /** The session is over. */
  end(): Promise<void>;
}

/** What a line tells its session. */
export interface ChannelListener {
  fromServer(bytes: Buffer): void;
  /** The server is gone for good. */
  lost(reason: string): void;
}

export const serverEnded = 'the MCP server has ended';

/** A line to a server that serves this session alone, and ends with it. */
export const dedicatedChannel = (conversation: ServerConnection, session: ChannelListener): ServerChannel => {
  conversation.listen((bytes) => session.fromServer(bytes));
  void conversation.closed.then(() => session.lost(serverEnded));
  return {
    send: (bytes) => conversation.fromClient(bytes),
    room: () => conversation.room(),
    pause: (holder) => conversation.pause(holder),
    resume: (holder) => conversation.resume(holder),
    end: () => conversation.close(),
  };
};
