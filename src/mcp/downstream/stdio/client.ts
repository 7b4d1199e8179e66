import type { Readable, Writable } from 'node:stream';
import type { UpstreamControl } from '../../../model/fix.ts';
import { onExit } from '../../../platform/exit-hook.ts';
import { aborted } from '../../../platform/wait.ts';
import type { HealerPort } from '../../healing/healer-port.ts';
import { LineSplitter, type OversizeLine, withLineEnd } from '../../jsonrpc/lines.ts';
import { Outbox } from '../../jsonrpc/outbox.ts';
import { rejectOversize } from '../../jsonrpc/oversize.ts';
import { exitCodeOf } from '../../relay/exit-status.ts';
import type { SessionOptions } from '../../relay/options.ts';
import { RelaySession } from '../../relay/relay-session.ts';
import type { CreateUpstream } from '../../relay/upstream-port.ts';

export interface StdioClientOptions extends SessionOptions {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly createHealer: (control: UpstreamControl) => Promise<HealerPort & AsyncDisposable>;
  /** Ends the server and then the proxy, with the usual grace. */
  readonly stop: AbortSignal;
  /** Kills the server at once. */
  readonly kill: AbortSignal;
  /** Sets what restarts the server on request. */
  readonly onRestart?: ((restart: () => void) => void) | undefined;
}

/** One client on stdin and stdout, in front of one server. */
class StdioClient {
  readonly session: RelaySession;
  readonly #options: StdioClientOptions;
  readonly #outbox: Outbox;
  readonly #clientGone = new AbortController();

  constructor(options: StdioClientOptions, createUpstream: CreateUpstream) {
    this.#options = options;
    this.#outbox = new Outbox(options.stdout, () => {
      if (this.#outbox.broken) this.#clientGone.abort();
      this.session.upstream.resume();
    });
    this.session = new RelaySession(options, createUpstream, {
      toClient: (bytes) => {
        this.#outbox.push(bytes);
        if (this.#outbox.full) this.session.upstream.pause();
      },
      onDrain: () => options.stdin.resume(),
    });
  }

  /** Runs until the client or the server has ended; resolves with the server's exit code. */
  async run(healer: HealerPort): Promise<number> {
    const { stop, kill, limits } = this.#options;
    const { session } = this;
    const { upstream } = session;
    await session.start(healer);
    const hurried = Promise.race([aborted(stop), aborted(kill), aborted(this.#clientGone.signal)]);
    const ends = [upstream.closed, hurried];
    await Promise.race([...ends, this.#readClient()]);
    // The client has sent its last message; it still gets the responses to its calls.
    await session.idle(limits.deadlineMs, ends);
    session.relay.abandonHealing();
    void hurried.then(() => upstream.close());
    const status = await upstream.close(limits.deadlineMs);
    await Promise.race([this.#outbox.whenEmpty(), aborted(kill)]);
    return exitCodeOf(status);
  }

  /** Passes on what the client sends; resolves when it has ended its input. */
  #readClient(): Promise<void> {
    const { stdin, limits } = this.#options;
    const { relay, upstream } = this.session;
    const splitter = new LineSplitter(limits.maxLineBytes, {
      line: (bytes) => relay.fromClient(withLineEnd(bytes)),
      oversize: (line) => this.#rejectLine(line),
    });
    return new Promise((resolve) => {
      const finish = (): void => {
        splitter.end();
        resolve();
      };
      for (const event of ['end', 'close', 'error']) stdin.once(event, finish);
      stdin.on('data', (chunk: Buffer) => {
        splitter.push(chunk);
        if (upstream.full) stdin.pause();
      });
    });
  }

  /** The sender of a request gets the error; in place of a response, the server gets it. */
  #rejectLine(line: OversizeLine): void {
    const { relay, log } = this.session;
    const error = rejectOversize(line, 'client', this.#options.limits.maxLineBytes, log);
    if (error?.to === 'sender') this.#outbox.push(error.bytes);
    if (error?.to === 'receiver') relay.fromClient(error.bytes);
  }
}

/**
 * Runs a proxy whose client is on stdin and stdout.
 *
 * @returns the exit code of the server; 0 if it is behind a URL.
 * @throws HealError COMMAND_NOT_FOUND if the server cannot be started, and all errors of `createHealer`.
 */
export const serveStdioClient = async (
  options: StdioClientOptions,
  createUpstream: CreateUpstream,
): Promise<number> => {
  const client = new StdioClient(options, createUpstream);
  const { control, upstream } = client.session;
  const healer = await options.createHealer(control);
  const kill = (): void => upstream.kill();
  options.kill.addEventListener('abort', kill);
  options.onRestart?.(() => client.session.restart(options.stop));
  const keepRunning = onExit(kill);
  try {
    return await client.run(healer);
  } finally {
    keepRunning();
    options.kill.removeEventListener('abort', kill);
    options.stdin.destroy();
    await healer[Symbol.asyncDispose]();
  }
};
