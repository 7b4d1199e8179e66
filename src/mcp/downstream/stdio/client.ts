import type { UpstreamControl } from '../../../model/fix.ts';
import { aborted, within } from '../../../platform/wait.ts';
import { randomId } from '../../../random.ts';
import type { HealerPort } from '../../healing/healer-port.ts';
import { describeRun, plain, RefusalLog } from '../../healing/run-log.ts';
import { IdGenerator } from '../../jsonrpc/ids.ts';
import { LineSplitter, type OversizeLine } from '../../jsonrpc/lines.ts';
import { Outbox } from '../../jsonrpc/outbox.ts';
import { rejectOversize } from '../../jsonrpc/oversize.ts';
import type { ProxyOptions } from '../../modes/options.ts';
import { exitCodeOf } from '../../relay/exit-status.ts';
import { Relay } from '../../relay/relay.ts';
import type { CreateUpstream, Upstream } from '../../upstream/stdio/upstream.ts';

/** What a session needs of a proxy's options. */
export type SessionOptions = Omit<ProxyOptions, 'command' | 'started' | 'env' | 'createHealer'>;

/** One client on stdin and stdout, one server behind it, and the relay between them. */
export class StdioSession {
  /** What the server can do for a fix; of use once the session runs. */
  readonly control: UpstreamControl;
  readonly #options: SessionOptions;
  readonly #toClient: Outbox;
  readonly #server: Upstream;
  readonly #clientGone = new AbortController();
  readonly #refusals = new RefusalLog();
  #running: Relay | undefined;
  #onIdle: () => void = () => {};

  constructor(options: SessionOptions, makeServer: CreateUpstream) {
    this.#options = options;
    this.#toClient = new Outbox(options.stdout, () => {
      if (this.#toClient.broken) this.#clientGone.abort();
      this.#server.resume();
    });
    const server = makeServer({
      relay: () => this.#relay(),
      onDrain: () => this.#options.stdin.resume(),
      log: (text) => this.#log(text),
    });
    this.#server = server;
    this.control = {
      callTool: (name, args, signal) => this.#relay().callTool(name, args, signal),
      ...(server.restart && { restartWithEnv: server.restart }),
      ...(server.setHeader && { setHeader: server.setHeader }),
    };
  }

  /** Runs until the client or the server has ended; resolves with the server's exit code. */
  async run(healer: HealerPort): Promise<number> {
    const { stop, kill, limits, clock } = this.#options;
    const relay = this.#makeRelay(healer);
    this.#running = relay;
    await this.#server.open();
    const hurried = Promise.race([aborted(stop), aborted(kill), aborted(this.#clientGone.signal)]);
    const ends = [this.#server.closed, hurried];
    await Promise.race([...ends, this.#readClient(relay)]);
    // The client has said all that it has to say; what it has called for it still gets.
    const idle = new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
    if (relay.openCalls > 0) await within(clock, limits.deadlineMs, [...ends, idle]);
    relay.giveUp();
    void hurried.then(() => this.#server.close());
    const ending = await this.#server.close(limits.deadlineMs);
    await Promise.race([this.#toClient.whenEmpty(), aborted(kill)]);
    return exitCodeOf(ending);
  }

  kill(): void {
    this.#server.kill();
  }

  #relay(): Relay {
    if (this.#running === undefined) throw new Error('the session does not run yet');
    return this.#running;
  }

  #log(text: string): void {
    const { stderr, redact } = this.#options;
    // Some of it may be in the words of the server.
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
      toClient: (bytes) => {
        this.#toClient.push(bytes);
        if (this.#toClient.full) this.#server.pause();
      },
      toUpstream: (bytes, key) => this.#server.send(bytes, key),
      withdraw: (key) => this.#server.withdraw(key),
      healed: (outcome) => {
        const line = describeRun(outcome, redact) ?? this.#refusals.describe(outcome, redact);
        if (line !== undefined) this.#log(line);
      },
      idle: () => this.#onIdle(),
    });
  }

  /** Passes on what the client says; resolves when it has ended its input. */
  #readClient(relay: Relay): Promise<void> {
    const { stdin, limits } = this.#options;
    const splitter = new LineSplitter(limits.maxLineBytes, {
      line: (bytes) => relay.fromClient(bytes),
      oversize: (line) => this.#refuseFromClient(line, relay),
    });
    return new Promise((resolve) => {
      const finish = (): void => {
        splitter.end();
        resolve();
      };
      stdin.once('end', finish);
      stdin.once('close', finish);
      stdin.once('error', finish);
      stdin.on('data', (chunk: Buffer) => {
        splitter.push(chunk);
        if (this.#server.full) stdin.pause();
      });
    });
  }

  /** A request is answered with an error; an answer reaches the server as an error. */
  #refuseFromClient(line: OversizeLine, relay: Relay): void {
    const substitute = rejectOversize(line, 'client', this.#options.limits.maxLineBytes, (text) => this.#log(text));
    if (substitute?.to === 'sender') this.#toClient.push(substitute.bytes);
    if (substitute?.to === 'receiver') relay.fromClient(substitute.bytes);
  }
}
