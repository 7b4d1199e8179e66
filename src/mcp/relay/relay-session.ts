import type { UpstreamControl } from '../../model/fix.ts';
import { within } from '../../platform/wait.ts';
import { randomId } from '../../random.ts';
import { messageOf } from '../../text/error-text.ts';
import type { HealerPort } from '../healing/healer-port.ts';
import { createLog, createRunLog } from '../healing/run-log.ts';
import { IdGenerator } from '../jsonrpc/ids.ts';
import type { SessionOptions } from './options.ts';
import { Relay } from './relay.ts';
import type { CreateUpstream, Upstream } from './upstream-port.ts';

/** The client's side of a session. */
export interface SessionClient {
  readonly toClient: (bytes: Buffer) => void;
  /** The server takes messages again. */
  readonly onDrain: () => void;
}

/** One upstream and the relay in front of it. The client's side belongs to the caller. */
export class RelaySession {
  readonly upstream: Upstream;
  /** What the server can do for a fix; usable once the session has started. */
  readonly control: UpstreamControl;
  readonly log: (text: string) => void;
  readonly #options: SessionOptions;
  readonly #toClient: (bytes: Buffer) => void;
  #relay: Relay | undefined;
  #onIdle: () => void = () => {};

  constructor(options: SessionOptions, createUpstream: CreateUpstream, { toClient, onDrain }: SessionClient) {
    this.#options = options;
    this.#toClient = toClient;
    this.log = createLog(options);
    const upstream = createUpstream({ onDrain, log: this.log });
    this.upstream = upstream;
    this.control = {
      callTool: (name, args, signal) => this.relay.callTool(name, args, signal),
      ...(upstream.restart && {
        restartWithEnv: (env, signal) => upstream.restart?.({ env }, signal) ?? Promise.resolve(),
        restartWith: (changes, signal) => upstream.restart?.(changes, signal) ?? Promise.resolve(),
      }),
      ...(upstream.restartIfIdle && { restartIfIdle: upstream.restartIfIdle.bind(upstream) }),
      ...(upstream.setHeader && { setHeader: upstream.setHeader.bind(upstream) }),
    };
  }

  get relay(): Relay {
    if (this.#relay === undefined) throw new Error('the session has not started yet');
    return this.#relay;
  }

  /** Starts the server. Rejects if that fails. */
  async start(healer: HealerPort): Promise<void> {
    this.#relay = this.#createRelay(healer);
    this.upstream.attach(this.#relay);
    await this.upstream.open();
  }

  /** Restarts the server after its open requests, as a fix does. A server behind a URL stays. */
  restart(stop: AbortSignal): void {
    const { restart } = this.upstream;
    if (restart === undefined) {
      this.log('there is nothing to restart: the MCP server is behind a URL');
      return;
    }
    const failed = (error: unknown): void => this.log(`the MCP server was not restarted: ${messageOf(error)}`);
    restart.call(this.upstream, {}, stop).then(() => this.log('the MCP server was restarted on request'), failed);
  }

  /** Resolves when no tool call is open any more, after the time, or when one of the promises resolves. */
  async idle(timeMs: number, ends: readonly Promise<unknown>[] = []): Promise<void> {
    const idle = new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
    if (this.relay.openCalls > 0) await within(this.#options.clock, timeMs, [...ends, idle]);
  }

  #createRelay(healer: HealerPort): Relay {
    const { clock, random, limits, redact } = this.#options;
    const { progressEveryMs, attemptTimeoutMs, deadlineMs } = limits;
    return new Relay({
      ...{ healer, clock, progressEveryMs, attemptTimeoutMs, deadlineMs },
      ids: new IdGenerator(randomId(random)),
      toClient: this.#toClient,
      toUpstream: (bytes, key) => this.upstream.send(bytes, key),
      withdraw: (key) => this.upstream.withdraw(key),
      healed: createRunLog(redact, this.log),
      idle: () => this.#onIdle(),
    });
  }
}
