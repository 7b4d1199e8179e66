import type { Writable } from 'node:stream';
import type { OversizeLine } from '../../jsonrpc/lines.ts';
import { rejectOversize } from '../../jsonrpc/oversize.ts';
import type { LaunchChanges, UpstreamHost } from '../../relay/upstream-port.ts';
import { type ChildServer, startChildServer } from './child-server.ts';
import { HangDetector } from './hang-detector.ts';
import { ServerProcess } from './server-process.ts';
import { ServerSupervisor, type SupervisorOptions } from './supervisor.ts';

export interface StdioUpstreamOptions extends SupervisorOptions {
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly stderr: Writable;
  /** The first server, if it has been started already. */
  readonly started?: Promise<ChildServer> | undefined;
}

/** A server that the proxy starts, and starts again if it dies or hangs. */
export class StdioUpstream extends ServerSupervisor {
  readonly #options: StdioUpstreamOptions;
  readonly #hangDetector: HangDetector | undefined;
  #started: Promise<ChildServer> | undefined;

  constructor(options: StdioUpstreamOptions, host: UpstreamHost) {
    super(options, host);
    const { clock, limits, started } = options;
    this.#options = options;
    this.#started = started;
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
    super.send(bytes, key);
    this.#hangDetector?.sent();
  }

  protected override async createServer({ env: variables, args }: LaunchChanges): Promise<ServerProcess> {
    const { command, env, stderr, clock, limits } = this.#options;
    const { maxLineBytes, graceMs } = limits;
    const [program = '', ...own] = command;
    const argv = [program, ...(args ?? own)];
    const child = this.#started ?? startChildServer({ command: argv, env: { ...env, ...variables }, stderr, graceMs });
    this.#started = undefined;
    return new ServerProcess(await child, {
      ...{ clock, maxLineBytes, graceMs },
      events: { line: (bytes) => this.relay.fromUpstream(bytes), oversize: (line) => this.#rejectLine(line) },
      onDrain: () => {
        if (!this.full) this.host.onDrain();
      },
    });
  }

  #rejectLine(line: OversizeLine): void {
    const error = rejectOversize(line, 'server', this.#options.limits.maxLineBytes, this.host.log);
    if (error?.to === 'sender') this.send(error.bytes, '');
    if (error?.to === 'receiver') this.relay.fromUpstream(error.bytes);
  }
}
