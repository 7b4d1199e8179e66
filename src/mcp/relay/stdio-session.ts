import type { UpstreamControl } from '../../model/fix.ts';
import { randomId } from '../../random.ts';
import { exitCodeOf } from './ending.ts';
import type { RelayHealer } from './healer-port.ts';
import { LineSplitter, type OversizeLine } from './lines.ts';
import { describeRun, plain, RefusalNotes } from './note.ts';
import { Outbox } from './outbox.ts';
import { substituteFor } from './oversize.ts';
import { OwnIds } from './own-ids.ts';
import type { ProxyOptions } from './proxy-options.ts';
import { Relay } from './relay.ts';
import { RestartBudget } from './restart-budget.ts';
import { UpstreamLink } from './upstream-link.ts';
import { startUpstream, type UpstreamProcess } from './upstream-process.ts';
import { aborted, within } from './waiting.ts';

/** One client on stdin and stdout, one server behind it, and the relay between them. */
export class StdioSession {
  /** What the server can do for a fix; of use once the session runs. */
  readonly control: UpstreamControl = {
    callTool: (name, args, signal) => this.#relay().callTool(name, args, signal),
    restartWithEnv: (variables, signal) => this.#link.restart(variables, signal),
  };
  readonly #options: ProxyOptions;
  readonly #toClient: Outbox;
  readonly #link: UpstreamLink<UpstreamProcess>;
  readonly #clientGone = new AbortController();
  readonly #refusals = new RefusalNotes();
  #running: Relay | undefined;
  #onIdle: () => void = () => {};

  constructor(options: ProxyOptions) {
    this.#options = options;
    this.#toClient = new Outbox(options.stdout, () => {
      if (this.#toClient.broken) this.#clientGone.abort();
      this.#link.upstream?.resume();
    });
    this.#link = this.#makeLink();
  }

  /** Runs until the client or the server has ended; resolves with the server's exit code. */
  async run(healer: RelayHealer): Promise<number> {
    const { stop, kill, limits, clock } = this.#options;
    const relay = this.#makeRelay(healer);
    this.#running = relay;
    await this.#link.open();
    const hurried = Promise.race([aborted(stop), aborted(kill), aborted(this.#clientGone.signal)]);
    const ends = [this.#link.closed, hurried];
    await Promise.race([...ends, this.#readClient(relay)]);
    // The client has said all that it has to say; what it has called for it still gets.
    const idle = new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
    if (relay.openCalls > 0) await within(clock, limits.deadlineMs, [...ends, idle]);
    relay.giveUp();
    void hurried.then(() => this.#link.close());
    const ending = await this.#link.close(limits.deadlineMs);
    await Promise.race([this.#toClient.whenEmpty(), aborted(kill)]);
    return exitCodeOf(ending);
  }

  kill(): void {
    this.#link.kill();
  }

  #relay(): Relay {
    if (this.#running === undefined) throw new Error('the session does not run yet');
    return this.#running;
  }

  #note(text: string): void {
    const { stderr, redact } = this.#options;
    // Some of it may be in the words of the server.
    stderr.write(`healflow: ${plain(redact(text))}\n`);
  }

  #makeRelay(healer: RelayHealer): Relay {
    const { clock, random, limits, redact } = this.#options;
    return new Relay({
      healer,
      clock,
      ids: new OwnIds(randomId(random)),
      progressEveryMs: limits.progressEveryMs,
      attemptTimeoutMs: limits.attemptTimeoutMs,
      toClient: (bytes) => {
        this.#toClient.push(bytes);
        if (this.#toClient.full) this.#link.upstream?.pause();
      },
      toUpstream: (bytes, key) => this.#link.send(bytes, key),
      withdraw: (key) => this.#link.withdraw(key),
      healed: (outcome) => {
        const line = describeRun(outcome, redact) ?? this.#refusals.describe(outcome, redact);
        if (line !== undefined) this.#note(line);
      },
      idle: () => this.#onIdle(),
    });
  }

  #makeLink(): UpstreamLink<UpstreamProcess> {
    const { command, env, stderr, clock, limits } = this.#options;
    const onDrain = (): void => {
      if (!this.#link.full) this.#options.stdin.resume();
    };
    return new UpstreamLink({
      start: (variables) =>
        startUpstream({
          command,
          env: { ...env, ...variables },
          stderr,
          clock,
          maxLineBytes: limits.maxLineBytes,
          graceMs: limits.graceMs,
          events: {
            line: (bytes) => this.#relay().fromUpstream(bytes),
            oversize: (line) => this.#refuseFromServer(line),
          },
          onDrain,
        }),
      introduce: (tell) => this.#relay().introduce(tell),
      onLost: (loss) => this.#relay().upstreamLost(loss),
      onEnd: () => this.#relay().end(),
      onDrain,
      mayRestart: () => this.#relay().answered,
      note: (text) => this.#note(text),
      clock,
      budget: new RestartBudget({ maxRestarts: limits.maxRestarts, windowMs: limits.restartWindowMs }),
      startTimeoutMs: limits.startTimeoutMs,
      allAnswered: () => this.#relay().allAnswered(),
      drainMs: limits.drainMs,
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
        if (this.#link.full) stdin.pause();
      });
    });
  }

  /** A request is answered with an error; an answer reaches the server as an error. */
  #refuseFromClient(line: OversizeLine, relay: Relay): void {
    const substitute = this.#refuse(line, 'client');
    if (substitute?.to === 'sender') this.#toClient.push(substitute.bytes);
    if (substitute?.to === 'receiver') relay.fromClient(substitute.bytes);
  }

  #refuseFromServer(line: OversizeLine): void {
    const substitute = this.#refuse(line, 'server');
    if (substitute?.to === 'sender') this.#link.send(substitute.bytes, '');
    if (substitute?.to === 'receiver') this.#relay().fromUpstream(substitute.bytes);
  }

  #refuse(line: OversizeLine, from: 'client' | 'server'): ReturnType<typeof substituteFor> {
    const { maxLineBytes } = this.#options.limits;
    const substitute = substituteFor(line, maxLineBytes);
    this.#note(
      `a message of ${line.length} bytes from the ${from} was ${substitute === undefined ? 'dropped' : 'refused'}: ` +
        `the limit is ${maxLineBytes} bytes (proxy.maxLineBytes)`,
    );
    return substitute;
  }
}
