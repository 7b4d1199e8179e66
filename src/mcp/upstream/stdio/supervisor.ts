import type { Clock } from '../../../model/clock.ts';
import { Cancellation } from '../../../platform/cancellation.ts';
import { sleep, untilAborted, within } from '../../../platform/wait.ts';
import type { OutboundMessage } from '../../jsonrpc/outbox.ts';
import { describeExit, type ExitStatus } from '../../relay/exit-status.ts';
import type { UpstreamLoss } from '../../relay/open-requests.ts';
import type { RestartBudget } from './restart-budget.ts';

/** What a link needs of a server; `UpstreamProcess` is one. */
export interface SupervisedProcess {
  readonly outbox: {
    readonly full: boolean;
    readonly unsent: readonly OutboundMessage[];
    push(bytes: Buffer, key: string): void;
    withdraw(key: string): boolean;
  };
  readonly ended: Promise<ExitStatus>;
  /**
   * Passes on a last line that it has left without an end. Where another server follows, half a message is of no use to
   * anybody, and a whole one lacks only its end.
   */
  flushPartialLine(isLast: boolean): void;
  /** Asks it to end, and ends it when it does not. */
  terminate(): void;
  kill(signal: NodeJS.Signals): void;
  end(patienceMs?: number): Promise<ExitStatus>;
}

export interface SupervisorParts<U extends SupervisedProcess> {
  readonly start: (variables: Readonly<Record<string, string>>) => Promise<U>;
  /** Tells a new server what the one before it had been told; `tell` bypasses the queue. */
  readonly introduce: (tell: (bytes: Buffer) => void) => Promise<void>;
  readonly onLost: (loss: UpstreamLoss) => void;
  /** The last server has ended, and none will follow. */
  readonly onEnd: () => void;
  readonly onDrain: () => void;
  /** Whether a server that has died is worth another start. */
  readonly mayRestart: () => boolean;
  /** How many requests of the client's have been answered by now, over all servers. */
  readonly served: () => number;
  readonly log: (text: string) => void;
  readonly clock: Clock;
  readonly budget: RestartBudget;
  /** How long a new server may take to accept the handshake. */
  readonly startTimeoutMs: number;
  /** Resolves when the server has answered all that it was asked up to now. */
  readonly allAnswered: () => Promise<void>;
  /** How long a server that is to be replaced may take for that. */
  readonly drainMs: number;
}

/** `draining`: the server still answers what it was asked, and what is asked now waits for the next one. */
type State = 'starting' | 'draining' | 'running' | 'down' | 'closed';

const queueBytes = 1_048_576;

/**
 * The way to a server that may be replaced by another one. Messages that come while there is none wait for the next;
 * the next is started when somebody has a request for it.
 */
export class ServerSupervisor<U extends SupervisedProcess> {
  /** Resolves when the last server has ended and none will follow. */
  readonly closed: Promise<ExitStatus>;
  readonly #parts: SupervisorParts<U>;
  #resolveClosed: (ending: ExitStatus) => void = () => {};
  #state: State = 'down';
  #upstream: U | undefined;
  #lastEnding: ExitStatus = { code: 0, signal: null };
  /** What had been served when the present server came up. */
  #servedBefore = 0;
  #waiting: OutboundMessage[] = [];
  #variables: Readonly<Record<string, string>> = {};
  #restarting: Promise<unknown> = Promise.resolve();
  #bringingUp: Promise<Error | undefined> = Promise.resolve(undefined);
  #closing = false;
  #skipWait: () => void = () => {};

  constructor(parts: SupervisorParts<U>) {
    this.#parts = parts;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  get upstream(): U | undefined {
    return this.#upstream;
  }

  get isRunning(): boolean {
    return this.#state === 'running';
  }

  get full(): boolean {
    if (this.#state === 'running') return this.#upstream?.outbox.full ?? false;
    return this.#waiting.reduce((sum, { bytes }) => sum + bytes.length, 0) >= queueBytes;
  }

  /** Starts the first server. Rejects where it cannot be started. */
  async open(): Promise<void> {
    this.#adopt(await this.#parts.start(this.#variables));
    this.#state = 'running';
  }

  send(bytes: Buffer, key: string): void {
    // What needs no answer belongs to what the old server still works on, such as a cancellation.
    if (this.#state === 'running' || (this.#state === 'draining' && key === '')) {
      this.#upstream?.outbox.push(bytes, key);
      return;
    }
    // A notification to a server that is gone, or an answer to its request, concerns nobody any more.
    if (this.#state === 'closed' || (this.#state === 'down' && key === '')) return;
    this.#waiting.push({ bytes, key });
    if (this.#state === 'down') void this.#startServer(false);
  }

  /** Takes a message back that is not on its way yet. */
  withdraw(key: string): boolean {
    const at = this.#waiting.findIndex((item) => item.key === key);
    if (at === -1) return this.#upstream?.outbox.withdraw(key) ?? false;
    this.#waiting.splice(at, 1);
    return true;
  }

  /** Replaces the server by one that has these variables too. Rejects where that fails; the signal ends only the wait. */
  async restart(variables: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#variables = { ...this.#variables, ...variables };
    const restarting = this.#restarting.then(() => this.#replace());
    this.#restarting = restarting.catch(() => {});
    await untilAborted(restarting, signal);
    signal.throwIfAborted();
  }

  /** Ends a server that does nothing any more; the next one is started when it is needed. @param reason What it did. */
  async replaceHung(reason: string): Promise<void> {
    const upstream = this.#upstream;
    if (upstream === undefined || this.#state !== 'running') return;
    // What is asked meanwhile waits for the next server.
    this.#state = 'draining';
    upstream.terminate();
    await upstream.ended;
    if (!this.#closing) this.#lost(upstream, reason);
  }

  /** Ends the server for good. @param patienceMs How long it may go on that still has something to say. */
  async close(patienceMs = 0): Promise<ExitStatus> {
    this.#beginClosing();
    await this.#upstream?.end(patienceMs);
    return this.closed;
  }

  /** Ends the server for good and at once. */
  kill(): void {
    this.#beginClosing();
    this.#upstream?.kill('SIGKILL');
  }

  #beginClosing(): void {
    this.#closing = true;
    this.#skipWait();
    if (this.#state === 'down') this.#finish();
  }

  #adopt(upstream: U): void {
    this.#upstream = upstream;
    void upstream.ended.then((ending) => {
      this.#lastEnding = ending;
      this.#upstream = undefined;
      if (this.#closing) this.#finish(upstream);
      else if (this.#state === 'running') this.#died(upstream, ending);
    });
  }

  #died(upstream: U, ending: ExitStatus): void {
    if (this.#parts.mayRestart()) this.#lost(upstream, describeExit(ending));
    else this.#finish(upstream);
  }

  #lost(upstream: U, reason: string): void {
    const { log, served, budget } = this.#parts;
    if (served() > this.#servedBefore) budget.reset();
    log(`the MCP server ${reason}; it is started again when it is needed`);
    upstream.flushPartialLine(false);
    this.#state = 'down';
    this.#collect(upstream);
    this.#lose(reason, true);
    if (this.#state === 'down' && this.#waiting.length > 0) void this.#startServer(false);
  }

  async #replace(): Promise<void> {
    await this.#bringingUp;
    const upstream = this.#upstream;
    // While there is none, the variables wait for the next one.
    if (upstream === undefined || this.#state !== 'running') return;
    this.#state = 'draining';
    const { allAnswered, drainMs, clock } = this.#parts;
    const closing = new Promise<void>((resolve) => {
      this.#skipWait = resolve;
    });
    await within(clock, drainMs, [allAnswered(), upstream.ended, closing]);
    this.#state = 'starting';
    await upstream.end();
    if (this.#closing) throw new Error('the proxy is ending');
    upstream.flushPartialLine(false);
    this.#collect(upstream);
    this.#lose('was started anew', true);
    const failure = await this.#startServer(true);
    if (failure !== undefined) throw failure;
  }

  /** What a server never got waits for the next one; what needs no answer is of no use to it. */
  #collect(upstream: U): void {
    this.#waiting = [...upstream.outbox.unsent.filter(({ key }) => key !== ''), ...this.#waiting];
  }

  #lose(reason: string, willResend: boolean): void {
    this.#parts.onLost({ reason, willResend, unsent: new Set(this.#waiting.map(({ key }) => key)) });
  }

  /** Starts servers until one is up; resolves with the reason where none came up. */
  #startServer(isPlanned: boolean): Promise<Error | undefined> {
    this.#state = 'starting';
    this.#bringingUp = this.#tryStarting(isPlanned);
    return this.#bringingUp;
  }

  async #tryStarting(isPlanned: boolean): Promise<Error | undefined> {
    const { budget, clock, log } = this.#parts;
    for (let isFree = isPlanned; !this.#closing; isFree = false) {
      const delayMs = isFree ? 0 : budget.take(clock.monotonic());
      if (delayMs === undefined) return this.#giveUp();
      if (delayMs > 0) {
        const skip = new Cancellation();
        this.#skipWait = () => skip.abort(undefined);
        await sleep(clock, delayMs, skip);
      }
      if (this.#closing) break;
      try {
        await this.#startOne();
        return undefined;
      } catch (error) {
        log(`the MCP server could not be started again: ${error instanceof Error ? error.message : String(error)}`);
        this.#lose('could not be started again', true);
      }
    }
    this.#finish();
    return new Error('the proxy is ending');
  }

  async #startOne(): Promise<void> {
    const { start, introduce, clock, startTimeoutMs } = this.#parts;
    const upstream = await start(this.#variables);
    this.#adopt(upstream);
    if (this.#closing) {
      await upstream.end();
      throw new Error('the proxy is ending');
    }
    let timer: unknown;
    const trouble = new Promise<never>((_, reject) => {
      timer = clock.setTimeout(
        () => reject(new Error(`no answer to the handshake for ${startTimeoutMs} ms`)),
        startTimeoutMs,
      );
      void upstream.ended.then((ending) => reject(new Error(`it ${describeExit(ending)}`)));
    });
    try {
      await Promise.race([introduce((bytes) => upstream.outbox.push(bytes, '')), trouble]);
    } catch (error) {
      upstream.kill('SIGKILL');
      await upstream.ended;
      throw error;
    } finally {
      clock.clearTimeout(timer);
    }
    this.#state = 'running';
    this.#servedBefore = this.#parts.served();
    for (const { bytes, key } of this.#waiting.splice(0)) upstream.outbox.push(bytes, key);
    this.#parts.onDrain();
  }

  #giveUp(): Error {
    this.#state = 'down';
    const reason = `has ended too often (the last one ${describeExit(this.#lastEnding)}) and is not started again for now`;
    this.#parts.log(`the MCP server ${reason}`);
    this.#lose(reason, false);
    this.#waiting = [];
    this.#parts.onDrain();
    return new Error(`the MCP server ${reason}`);
  }

  /** @param last The server that has just ended, where there is one. */
  #finish(last?: U): void {
    if (this.#state === 'closed') return;
    last?.flushPartialLine(true);
    this.#state = 'closed';
    this.#waiting = [];
    this.#parts.onEnd();
    this.#resolveClosed(this.#lastEnding);
  }
}
