import type { Clock } from '../../../model/clock.ts';
import { within } from '../../../platform/wait.ts';
import { type LineEvents, LineSplitter } from '../../jsonrpc/lines.ts';
import { isCompleteMessage } from '../../jsonrpc/message.ts';
import { Outbox } from '../../jsonrpc/outbox.ts';
import type { ExitStatus } from '../../relay/exit-status.ts';
import { type ChildServer, startReading } from './child-server.ts';

export interface ServerProcessOptions {
  readonly clock: Clock;
  /** Maximum length of a line that is read, in bytes. */
  readonly maxLineBytes: number;
  /** Maximum time to end, after the end of its input and again after SIGTERM. */
  readonly graceMs: number;
  readonly events: LineEvents;
  readonly onDrain: () => void;
}

/** How long a server must have been at rest to count as one that ignores the end of its input, or SIGTERM, in ms. */
const restMs = 500;
const lookMs = 100;

/** One running server: a process in a process group of its own. */
export class ServerProcess {
  readonly outbox: Outbox;
  /** Resolves when the process has ended and its complete output has been passed on. */
  readonly ended: Promise<ExitStatus>;
  /** Resolves when everything that it has started and that is still in its group has ended too. */
  readonly groupEnded: Promise<void>;
  readonly #child: ChildServer;
  readonly #options: ServerProcessOptions;
  readonly #splitter: LineSplitter;
  #isOver = false;
  #bytesRead = 0;
  #timer: unknown;

  constructor(child: ChildServer, options: ServerProcessOptions) {
    this.#child = child;
    this.#options = options;
    this.outbox = new Outbox(child.stdin, () => {
      // A server that no longer reads can only respond to what it has already read.
      if (this.outbox.broken) this.#terminateAfterGrace();
      options.onDrain();
    });
    this.#splitter = new LineSplitter(options.maxLineBytes, options.events);
    startReading(child, (chunk) => {
      this.#bytesRead += chunk.length;
      this.#splitter.push(chunk);
    });
    void child.crashed.then(() => this.#terminateAfterGrace());
    this.ended = child.ended.then((status) => {
      this.#isOver = true;
      options.clock.clearTimeout(this.#timer);
      return status;
    });
    this.groupEnded = this.ended.then(() => child.endGroup(options.clock));
  }

  /** Stops reading its output until `resume`. */
  pause(): void {
    this.#child.stdout.pause();
  }

  resume(): void {
    this.#child.stdout.resume();
  }

  /**
   * Passes on a last line without a line end. If another server follows, it is passed only if it is a complete message: the
   * receiver has no use for half of one.
   */
  flushPartialLine(isLast: boolean): void {
    const { rest } = this.#splitter;
    if (isLast) this.#splitter.end();
    else if (isCompleteMessage(rest)) this.#options.events.line(Buffer.concat([rest, Buffer.from('\n')]));
  }

  get isPaused(): boolean {
    return this.#child.stdout.isPaused();
  }

  /** Asks it to end, and kills it after the grace. */
  terminate(): void {
    this.kill('SIGTERM');
    this.#afterGrace(() => this.kill('SIGKILL'));
  }

  /** Sends a signal to the whole process group, also to what is left in it once the server has ended. */
  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /**
   * Ends the server: its input first, then SIGTERM, then SIGKILL, with a grace after each.
   *
   * @param patienceMs How long it may go on if it still sends output or has not read all of its input.
   */
  async end(patienceMs = 0): Promise<ExitStatus> {
    const until = this.#options.clock.monotonic() + patienceMs;
    return this.#end(() => this.#endsWithinGrace(until));
  }

  /** Ends the server so that another can take its place: a grace is over early if the server does nothing that would end it. */
  async endForRestart(): Promise<ExitStatus> {
    return this.#end(() => this.#endsBeforeItRests());
  }

  async #end(endsInTime: () => Promise<boolean>): Promise<ExitStatus> {
    void this.outbox.end();
    if (await endsInTime()) return this.ended;
    this.kill('SIGTERM');
    if (await endsInTime()) return this.ended;
    this.kill('SIGKILL');
    // A process that has left the group may still hold the pipe open.
    if (!(await this.#endsWithinGrace(0))) this.#child.stdout.destroy();
    return this.ended;
  }

  #terminateAfterGrace(): void {
    this.#afterGrace(() => this.terminate());
  }

  #afterGrace(act: () => void): void {
    const { clock, graceMs } = this.#options;
    if (this.#isOver) return;
    clock.clearTimeout(this.#timer);
    this.#timer = clock.setTimeout(act, graceMs);
  }

  /**
   * Whether it ends within the grace, or before it rests: it has been idle for a while and waits for no time to pass, so it
   * ignores that it should end. One that cleans up is at work or waits for a time.
   */
  async #endsBeforeItRests(): Promise<boolean> {
    const { clock, graceMs } = this.#options;
    const until = clock.monotonic() + graceMs;
    let resting: { readonly state: string; readonly since: number } | undefined;
    for (let left = graceMs; left > 0; left = until - clock.monotonic()) {
      if (await within(clock, Math.min(lookMs, left), [this.ended])) return true;
      const state = this.outbox.empty && !this.isPaused ? this.#child.restingState() : null;
      const now = clock.monotonic();
      if (state === null) resting = undefined;
      else if (resting?.state !== state) resting = { state, since: now };
      else if (now - resting.since >= restMs) return false;
    }
    return false;
  }

  /** Whether it ends within the grace. Before `until`, the grace starts again as long as data is transferred. */
  async #endsWithinGrace(until: number): Promise<boolean> {
    const { clock, graceMs } = this.#options;
    for (;;) {
      const before = this.#bytesRead;
      if (await within(clock, graceMs, [this.ended])) return true;
      const isActive = this.#bytesRead !== before || this.isPaused || !this.outbox.empty;
      if (!isActive || clock.monotonic() >= until) return false;
    }
  }
}
