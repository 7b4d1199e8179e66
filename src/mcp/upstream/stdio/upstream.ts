import type { Writable } from 'node:stream';
import type { OversizeLine } from '../../jsonrpc/lines.ts';
import { type Message, rawIdOf, readMessage } from '../../jsonrpc/message.ts';
import { rejectOversize } from '../../jsonrpc/oversize.ts';
import type { ExitStatus } from '../../relay/exit-status.ts';
import type { LaunchChanges, UpstreamHost } from '../../relay/upstream-port.ts';
import { type ChildServer, startChildServer } from './child-server.ts';
import { HangDetector } from './hang-detector.ts';
import { IdleStop } from './idle-stop.ts';
import { ResponseCache } from './response-cache.ts';
import { ServerProcess } from './server-process.ts';
import { StdoutFilter, type StdoutNoise } from './stdout-noise.ts';
import { ServerSupervisor, type SupervisorOptions } from './supervisor.ts';

export interface StdioUpstreamOptions extends SupervisorOptions {
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly stderr: Writable;
  /** Where lines of its stdout go that are no messages. @default 'pass': to the client */
  readonly stdoutNoise?: StdoutNoise | undefined;
  /** The first server, if it has been started already. */
  readonly started?: Promise<ChildServer> | undefined;
  /** The file that keeps the server's handshake and lists for `limits.lazy`; undefined if none can. */
  readonly cacheFile?: string | undefined;
}

const pingResponse = (request: Message): Buffer =>
  Buffer.from(`{"jsonrpc":"2.0","id":${rawIdOf(request)},"result":{}}\n`);

/** Minimum time between two restarts of a server whose own client is closed, in ms. */
const reopenMs = 30_000;

/** A server that the proxy starts, and starts again if it dies or hangs. */
export class StdioUpstream extends ServerSupervisor {
  readonly #options: StdioUpstreamOptions;
  /** When it was last replaced because its own client was closed, on the monotonic clock. */
  #reopenedAt = Number.NEGATIVE_INFINITY;
  readonly #hangDetector: HangDetector | undefined;
  readonly #filter: StdoutFilter | undefined;
  readonly #idleStop: IdleStop | undefined;
  readonly #cache: ResponseCache | undefined;
  #started: Promise<ChildServer> | undefined;

  constructor(options: StdioUpstreamOptions, host: UpstreamHost) {
    super(options, host);
    const { clock, limits, started } = options;
    this.#options = options;
    this.#filter = options.stdoutNoise === 'stderr' ? new StdoutFilter(options.stderr, host.log) : undefined;
    this.#started = started;
    const { cacheFile } = options;
    this.#cache = limits.lazy && cacheFile !== undefined ? new ResponseCache(cacheFile, host.log) : undefined;
    this.#idleStop = limits.idleStopMs === undefined ? undefined : this.#createIdleStop(limits.idleStopMs);
    if (!limits.hangMs) return;
    const hangDetector = new HangDetector({
      clock,
      hangMs: limits.hangMs,
      messagesReceived: () => this.relay.messagesReceived,
      isReading: () => this.isReading && this.relay.hasResponse,
      hasOpen: () => this.relay.hasOpen,
      checkLiveness: () => this.relay.checkLiveness(),
      onHang: (silentMs) => {
        const reason = `did not respond for ${silentMs / 1_000} s, nor to ping (proxy.hangMs)`;
        void this.replaceHung(reason);
      },
    });
    this.#hangDetector = hangDetector;
    void this.closed.then(() => hangDetector.end());
  }

  override send(bytes: Buffer, key: string): void {
    // The rest is for what is seldom used.
    const message = this.#cache === undefined && this.#idleStop === undefined ? undefined : readMessage(bytes);
    if (message !== undefined) this.#cache?.sent(message);
    super.send(bytes, key);
    this.#hangDetector?.sent();
    if (message !== undefined) this.#idleStop?.sent(message.method === 'ping');
  }

  protected override async mayStartLater(): Promise<boolean> {
    return this.#started === undefined && (await this.#cache?.load()) === true;
  }

  protected override respondsResting(bytes: Buffer): boolean {
    const request = readMessage(bytes);
    const response = request.method === 'ping' ? pingResponse(request) : this.#cache?.responseTo(request);
    if (response !== undefined) this.relay.fromUpstream(response);
    return response !== undefined;
  }

  protected override onRepeated(bytes: Buffer): void {
    this.#cache?.sent(readMessage(bytes));
  }

  protected override async createServer({ env: variables, args }: LaunchChanges): Promise<ServerProcess> {
    const { command, env, stderr, clock, limits } = this.#options;
    const { maxLineBytes, graceMs } = limits;
    const [program = '', ...own] = command;
    const argv = [program, ...(args ?? own)];
    const child = this.#started ?? startChildServer({ command: argv, env: { ...env, ...variables }, stderr, graceMs });
    this.#started = undefined;
    this.#idleStop?.sent();
    return new ServerProcess(await child, {
      ...{ clock, maxLineBytes, graceMs },
      events: {
        line: (bytes) => {
          if (this.#filter?.passes(bytes) !== false) this.#receive(bytes);
          else this.relay.printedByUpstream(bytes);
        },
        oversize: (line) => {
          if (this.#filter?.passesOversize(line) !== false) this.#rejectLine(line);
          else this.relay.printedByUpstream(line.head);
        },
      },
      onDrain: () => {
        if (!this.full) this.host.onDrain();
      },
    });
  }

  /** Replaces a server whose own client is closed. Calls of others are not cut off for it: then it stays. */
  async restartIfIdle(signal: AbortSignal): Promise<boolean> {
    const { clock, limits } = this.#options;
    const now = clock.monotonic();
    if (signal.aborted || limits.maxRestarts === 0 || now - this.#reopenedAt < reopenMs) return false;
    if (!this.isReading || this.relay.hasOpen) return false;
    this.#reopenedAt = now;
    this.host.log('the MCP server says that its own client is closed; it is started again');
    await this.restart({}, signal);
    return true;
  }

  override async close(patienceMs?: number): Promise<ExitStatus> {
    const status = await super.close(patienceMs);
    await this.#cache?.flushed();
    return status;
  }

  #createIdleStop(idleMs: number): IdleStop {
    const idleStop = new IdleStop({
      clock: this.#options.clock,
      idleMs,
      messagesReceived: () => this.relay.messagesReceived,
      isQuiet: () => this.relay.isQuiet,
      stop: () => void this.rest(),
    });
    void this.closed.then(() => idleStop.end());
    return idleStop;
  }

  #receive(bytes: Buffer): void {
    this.#cache?.received(bytes);
    this.relay.fromUpstream(bytes);
  }

  #rejectLine(line: OversizeLine): void {
    const error = rejectOversize(line, 'server', this.#options.limits.maxLineBytes, this.host.log);
    if (error?.to === 'sender') this.send(error.bytes, '');
    if (error?.to === 'receiver') this.relay.fromUpstream(error.bytes);
  }
}
