import type { Clock } from '../../../model/clock.ts';
import { Cancellation } from '../../../platform/cancellation.ts';
import { sleep, untilAborted, within } from '../../../platform/wait.ts';
import type { OutboundMessage } from '../../jsonrpc/outbox.ts';
import { skipWhitespace } from '../../jsonrpc/raw-json.ts';
import { describeExit, type ExitStatus } from '../../relay/exit-status.ts';
import type { ProxyLimits } from '../../relay/options.ts';
import type { LaunchChanges, RelayPort, Upstream, UpstreamHost } from '../../relay/upstream-port.ts';
import { RestartBudget } from './restart-budget.ts';
import type { ServerProcess } from './server-process.ts';

export interface SupervisorOptions {
  readonly clock: Clock;
  readonly limits: ProxyLimits;
}

/** `draining`: the server finishes its open requests, and new ones wait for the next server. */
type State = 'starting' | 'draining' | 'running' | 'down' | 'closed';

const queueBytes = 1_048_576;

const isBatch = (bytes: Buffer): boolean => bytes[skipWhitespace(bytes, 0)] === 0x5b;

/** A restart may take this many times as long as the first start: the machine may be busier by then. */
const startFactor = 2;
/** The first response may be late because the client was: beyond this, in ms, the first start is no measure. */
const maxStartMs = 300_000;

/**
 * An upstream whose server process is replaced when it dies or hangs. Messages that arrive while there is no server wait
 * for the next one, which is started when a request waits for it.
 */
export abstract class ServerSupervisor implements Upstream {
  /** Resolves when the last server has ended and none follows. */
  readonly closed: Promise<ExitStatus>;
  protected readonly host: UpstreamHost;
  protected relay!: RelayPort;
  readonly #options: SupervisorOptions;
  readonly #budget: RestartBudget;
  #resolveClosed: (status: ExitStatus) => void = () => {};
  #state: State = 'down';
  #server: ServerProcess | undefined;
  /** The last server that was started; once it has ended, what it has started may still be there. */
  #last: ServerProcess | undefined;
  /** When the first server was started, on the monotonic clock. */
  #openedAt = 0;
  #lastStatus: ExitStatus = { code: 0, signal: null };
  /** The number of requests that had been answered when the present server started. */
  #answeredBefore = 0;
  #waiting: OutboundMessage[] = [];
  #changes: LaunchChanges = {};
  #restarting: Promise<unknown> = Promise.resolve();
  #starting: Promise<Error | undefined> = Promise.resolve(undefined);
  #closing = false;
  #skipWait: () => void = () => {};
  /** Whether there is no server because none was needed, so that the next start is no restart after a failure. */
  #isResting = false;

  constructor(options: SupervisorOptions, host: UpstreamHost) {
    const { maxRestarts, restartWindowMs: windowMs } = options.limits;
    this.#options = options;
    this.host = host;
    this.#budget = new RestartBudget({ maxRestarts, windowMs });
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  protected abstract createServer(changes: LaunchChanges): Promise<ServerProcess>;

  /** Whether the first start can wait until a request needs it. */
  protected mayStartLater(): Promise<boolean> {
    return Promise.resolve(false);
  }

  /** Responds to a request while there is no server because none was needed; false if the request needs one. */
  protected respondsResting(_bytes: Buffer): boolean {
    return false;
  }

  /** A request of the client is repeated to a new server. */
  protected onRepeated(_bytes: Buffer): void {}

  /** Whether the server is running and its output is read. */
  protected get isReading(): boolean {
    return this.#state === 'running' && this.#server?.isPaused === false;
  }

  get full(): boolean {
    if (this.#state === 'running') return this.#server?.outbox.full ?? false;
    return this.#waiting.reduce((sum, { bytes }) => sum + bytes.length, 0) >= queueBytes;
  }

  attach(relay: RelayPort): void {
    this.relay = relay;
  }

  async open(): Promise<void> {
    this.#openedAt = this.#options.clock.monotonic();
    if (await this.mayStartLater()) {
      this.#isResting = true;
      return;
    }
    this.#adopt(await this.createServer(this.#changes));
    this.#state = 'running';
  }

  send(bytes: Buffer, key: string): void {
    // A message without a response, such as a cancellation, belongs to the requests that the old server still works on.
    if (this.#state === 'running' || (this.#state === 'draining' && key === '')) {
      this.#server?.outbox.push(bytes, key);
      return;
    }
    // A notification to a server that is gone, or a response to its request, is dropped.
    if (this.#state === 'closed' || (this.#state === 'down' && key === '' && !isBatch(bytes))) return;
    if (this.#isResting && this.#state === 'down' && this.respondsResting(bytes)) return;
    this.#waiting.push({ bytes, key });
    if (this.#state === 'down') void this.#startServer(this.#isResting);
  }

  withdraw(key: string): boolean {
    const at = this.#waiting.findIndex((item) => item.key === key);
    if (at === -1) return this.#server?.outbox.withdraw(key) ?? false;
    this.#waiting.splice(at, 1);
    return true;
  }

  pause(): void {
    this.#server?.pause();
  }

  resume(): void {
    this.#server?.resume();
  }

  /** Rejects if the server cannot be replaced. The signal ends only the wait. */
  async restart({ env, args }: LaunchChanges, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#changes = { env: { ...this.#changes.env, ...env }, args: args ?? this.#changes.args };
    const restarting = this.#restarting.then(() => this.#replace());
    this.#restarting = restarting.catch(() => {});
    await untilAborted(restarting, signal);
    signal.throwIfAborted();
  }

  async close(patienceMs = 0): Promise<ExitStatus> {
    this.#beginClosing();
    await this.#server?.end(patienceMs);
    return this.closed;
  }

  kill(): void {
    this.#beginClosing();
    this.#last?.kill('SIGKILL');
  }

  /** Ends a server that no longer responds; the next one is started when it is needed. @param reason What it did. */
  protected async replaceHung(reason: string): Promise<void> {
    const server = this.#server;
    if (server === undefined || this.#state !== 'running') return;
    // New requests wait for the next server.
    this.#state = 'draining';
    server.terminate();
    await server.ended;
    if (!this.#closing) this.#lost(server, reason);
  }

  /** Ends a server that is not needed now; the next request starts it again. */
  protected async rest(): Promise<void> {
    const server = this.#server;
    if (server === undefined || this.#state !== 'running' || !this.relay.isQuiet) return;
    this.#state = 'draining';
    await server.end();
    if (this.#closing) return;
    server.flushPartialLine(false);
    this.host.log('the MCP server was stopped, as it is not used (proxy.idleStopMs); the next request starts it');
    this.#state = 'down';
    this.#isResting = true;
    this.#recover(server, 'was stopped');
    if (this.#waiting.length > 0) void this.#startServer(true);
  }

  #beginClosing(): void {
    this.#closing = true;
    this.#skipWait();
    if (this.#state === 'down') this.#finish();
  }

  #adopt(server: ServerProcess): void {
    this.#server = server;
    this.#last = server;
    void server.ended.then((status) => {
      this.#lastStatus = status;
      this.#server = undefined;
      if (this.#closing) this.#finish(server);
      else if (this.#state === 'running') this.#died(server, status);
    });
  }

  #died(server: ServerProcess, status: ExitStatus): void {
    // A server that has never responded is not worth another start.
    if (this.relay.hasResponse) this.#lost(server, describeExit(status));
    else this.#finish(server);
  }

  #lost(server: ServerProcess, reason: string): void {
    if (this.relay.requestsAnswered > this.#answeredBefore) this.#budget.reset();
    this.host.log(`the MCP server ${reason}; it is started again when it is needed`);
    server.flushPartialLine(false);
    this.#state = 'down';
    this.#recover(server, reason);
    if (this.#state === 'down' && this.#waiting.length > 0) void this.#startServer(false);
  }

  async #replace(): Promise<void> {
    await this.#starting;
    const server = this.#server;
    // If there is none, the changes wait for the next one.
    if (server === undefined || this.#state !== 'running') return;
    this.#state = 'draining';
    const { clock, limits } = this.#options;
    const closing = new Promise<void>((resolve) => {
      this.#skipWait = resolve;
    });
    await within(clock, limits.drainMs, [this.relay.allAnswered(), server.ended, closing]);
    this.#state = 'starting';
    await server.endForRestart();
    if (this.#closing) throw new Error('the proxy is ending');
    server.flushPartialLine(false);
    this.#recover(server, 'was restarted');
    const failure = await this.#startServer(true);
    if (failure !== undefined) throw failure;
  }

  /** Keeps the requests that a server never got for the next one; notifications are of no use to it. */
  #recover(server: ServerProcess, reason: string): void {
    this.#waiting = [...server.outbox.unsent.filter(({ key }) => key !== ''), ...this.#waiting];
    this.#reportLoss(reason, true);
  }

  #reportLoss(reason: string, willResend: boolean): void {
    this.relay.upstreamLost({ reason, willResend, unsent: new Set(this.#waiting.map(({ key }) => key)) });
  }

  /** Starts servers until one is up; resolves with the reason if none is. */
  #startServer(isPlanned: boolean): Promise<Error | undefined> {
    this.#state = 'starting';
    this.#isResting = false;
    this.#starting = this.#tryStarting(isPlanned);
    return this.#starting;
  }

  async #tryStarting(isPlanned: boolean): Promise<Error | undefined> {
    const { clock } = this.#options;
    for (let isFree = isPlanned; !this.#closing; isFree = false) {
      const delayMs = isFree ? 0 : this.#budget.take(clock.monotonic());
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
        const message = error instanceof Error ? error.message : String(error);
        const again = this.#last === undefined ? '' : ' again';
        this.host.log(`the MCP server could not be started${again}: ${message}`);
        this.#reportLoss(`could not be started${again}`, true);
      }
    }
    this.#finish();
    return new Error('the proxy is ending');
  }

  async #startOne(): Promise<void> {
    await this.#last?.groupEnded;
    if (this.#closing) throw new Error('the proxy is ending');
    const server = await this.createServer(this.#changes);
    this.#adopt(server);
    if (this.#closing) {
      await server.end();
      throw new Error('the proxy is ending');
    }
    try {
      await this.#introduce(server);
    } catch (error) {
      server.kill('SIGKILL');
      await server.ended;
      throw error;
    }
    this.#state = 'running';
    this.#answeredBefore = this.relay.requestsAnswered;
    for (const { bytes, key } of this.#waiting.splice(0)) server.outbox.push(bytes, key);
    this.host.onDrain();
  }

  /** How long a restarted server may take to accept the handshake, in ms: not less than the first one took. */
  get #startLimitMs(): number {
    const firstStartMs = (this.relay.firstResponseAt ?? this.#openedAt) - this.#openedAt;
    return Math.max(this.#options.limits.startTimeoutMs, Math.min(maxStartMs, startFactor * firstStartMs));
  }

  /** Repeats the client's handshake, past the queue. */
  async #introduce({ outbox, ended }: ServerProcess): Promise<void> {
    const { clock } = this.#options;
    const limitMs = Math.round(this.#startLimitMs);
    let timer: unknown;
    const failed = new Promise<never>((_, reject) => {
      const expire = (): void => reject(new Error(`no response to the handshake for ${limitMs} ms`));
      timer = clock.setTimeout(expire, limitMs);
      void ended.then((status) => reject(new Error(`it ${describeExit(status)}`)));
    });
    try {
      const send = (bytes: Buffer): void => {
        this.onRepeated(bytes);
        outbox.push(bytes, '');
      };
      await Promise.race([this.relay.replayHandshake(send), failed]);
    } finally {
      clock.clearTimeout(timer);
    }
  }

  #giveUp(): Error {
    this.#state = 'down';
    const reason = `has ended too often (the last one ${describeExit(this.#lastStatus)}) and is not started again for now`;
    this.host.log(`the MCP server ${reason}`);
    this.#reportLoss(reason, false);
    this.#waiting = [];
    this.host.onDrain();
    return new Error(`the MCP server ${reason}`);
  }

  /** @param last The server that has just ended, if there is one. */
  #finish(last?: ServerProcess): void {
    if (this.#state === 'closed') return;
    last?.flushPartialLine(true);
    this.#state = 'closed';
    this.#waiting = [];
    this.relay.end();
    const status = this.#lastStatus;
    void Promise.resolve(this.#last?.groupEnded).then(() => this.#resolveClosed(status));
  }
}
