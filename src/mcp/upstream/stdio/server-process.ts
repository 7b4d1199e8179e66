import type { Clock } from '../../../model/clock.ts';
import { within } from '../../../platform/wait.ts';
import { type LineEvents, LineSplitter } from '../../jsonrpc/lines.ts';
import { isCompleteMessage } from '../../jsonrpc/message.ts';
import { Outbox } from '../../jsonrpc/outbox.ts';
import type { ExitStatus } from '../../relay/exit-status.ts';
import { type ChildServer, startReading } from './child-server.ts';

export interface UpstreamOptions {
  readonly clock: Clock;
  /** The longest line that is read from it, in bytes. */
  readonly maxLineBytes: number;
  /** How long it may take to end, after its input has ended and again after SIGTERM. */
  readonly graceMs: number;
  readonly events: LineEvents;
  readonly onDrain: () => void;
}

/** One running server: a process in a process group of its own. */
export class ServerProcess {
  readonly outbox: Outbox;
  /** Resolves when the process has ended and all of its output has been passed on. */
  readonly ended: Promise<ExitStatus>;
  readonly #child: ChildServer;
  readonly #options: UpstreamOptions;
  readonly #splitter: LineSplitter;
  #isOver = false;
  /** Bytes read so far. */
  #moved = 0;
  #timer: unknown;

  constructor(child: ChildServer, options: UpstreamOptions) {
    this.#child = child;
    this.#options = options;
    this.outbox = new Outbox(child.stdin, () => {
      // A server that no longer reads can answer nothing but what it has read already.
      if (this.outbox.broken) this.#killAfterGrace('SIGTERM');
      options.onDrain();
    });
    this.#splitter = new LineSplitter(options.maxLineBytes, options.events);
    startReading(child, (chunk) => {
      this.#moved += chunk.length;
      this.#splitter.push(chunk);
    });
    void child.crashed.then(() => this.#killAfterGrace('SIGKILL'));
    this.ended = child.ended.then((ending) => {
      this.#isOver = true;
      options.clock.clearTimeout(this.#timer);
      return ending;
    });
  }

  /** Lets the server wait with its output. */
  pause(): void {
    this.#child.stdout.pause();
  }

  resume(): void {
    this.#child.stdout.resume();
  }

  flushPartialLine(isLast: boolean): void {
    const { rest } = this.#splitter;
    if (isLast) this.#splitter.end();
    else if (isCompleteMessage(rest)) this.#options.events.line(Buffer.concat([rest, Buffer.from('\n')]));
  }

  get isPaused(): boolean {
    return this.#child.stdout.isPaused();
  }

  terminate(): void {
    this.kill('SIGTERM');
    this.#killAfterGrace('SIGKILL');
  }

  /** Sends a signal to the whole process group. */
  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /**
   * Ends the server: its input first, then SIGTERM, then SIGKILL, with a grace after each.
   *
   * @param patienceMs How long a server may go on that still has something to say, or has not read everything yet.
   */
  async end(patienceMs = 0): Promise<ExitStatus> {
    const until = this.#options.clock.monotonic() + patienceMs;
    void this.outbox.end();
    if (await this.#endsWithinGrace(until)) return this.ended;
    this.kill('SIGTERM');
    if (await this.#endsWithinGrace(0)) return this.ended;
    this.kill('SIGKILL');
    // A process that has left the group may still hold the pipe open.
    if (!(await this.#endsWithinGrace(0))) this.#child.stdout.destroy();
    return this.ended;
  }

  #killAfterGrace(signal: NodeJS.Signals): void {
    const { clock, graceMs } = this.#options;
    if (this.#isOver) return;
    clock.clearTimeout(this.#timer);
    this.#timer = clock.setTimeout(() => this.kill(signal), graceMs);
  }

  /** Whether it ends within the grace; until `until`, the grace begins anew whenever the two sides still talk. */
  async #endsWithinGrace(until: number): Promise<boolean> {
    const { clock, graceMs } = this.#options;
    for (;;) {
      const moved = this.#moved;
      if (await within(clock, graceMs, [this.ended])) return true;
      const waitsForClient = this.#child.stdout.isPaused();
      const talks = this.#moved !== moved || waitsForClient || !this.outbox.empty;
      if (!talks || clock.monotonic() >= until) return false;
    }
  }
}
