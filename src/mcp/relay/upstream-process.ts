import type { Readable, Writable } from 'node:stream';
import { execa } from 'execa';
import { HealError } from '../../errors.ts';
import type { Clock } from '../../model/clock.ts';
import type { Ending } from './ending.ts';
import { type LineEvents, LineSplitter } from './lines.ts';
import { isWholeMessage } from './message.ts';
import { Outbox } from './outbox.ts';
import { within } from './waiting.ts';
import { watchGroup } from './watchdog.ts';

export interface UpstreamOptions {
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Where the server's standard error goes; the process's own is simply inherited. */
  readonly stderr: Writable;
  readonly clock: Clock;
  /** The longest line that is read from it, in bytes. */
  readonly maxLineBytes: number;
  /** How long it may take to end, after its input has ended and again after SIGTERM. */
  readonly graceMs: number;
  readonly events: LineEvents;
  readonly onDrain: () => void;
}

const isPosix = process.platform !== 'win32';

/** One running server: a process in a process group of its own. */
export class UpstreamProcess {
  readonly outbox: Outbox;
  /** Resolves when the process has ended and all of its output has been passed on. */
  readonly ended: Promise<Ending>;
  readonly #pid: number;
  readonly #stdout: Readable;
  readonly #options: UpstreamOptions;
  readonly #splitter: LineSplitter;
  #isOver = false;
  /** Bytes read so far. */
  #moved = 0;
  #timer: unknown;

  constructor(
    parts: { pid: number; stdin: Writable; stdout: Readable; ended: Promise<Ending>; crashed: Promise<void> },
    options: UpstreamOptions,
  ) {
    this.#pid = parts.pid;
    this.#stdout = parts.stdout;
    this.#options = options;
    this.outbox = new Outbox(parts.stdin, () => {
      // A server that no longer reads can answer nothing but what it has read already.
      if (this.outbox.broken) this.#killAfterGrace('SIGTERM');
      options.onDrain();
    });
    this.#splitter = new LineSplitter(options.maxLineBytes, options.events);
    parts.stdout.on('data', (chunk: Buffer) => {
      this.#moved += chunk.length;
      this.#splitter.push(chunk);
    });
    void parts.crashed.then(() => this.#killAfterGrace('SIGKILL'));
    this.ended = parts.ended.then((ending) => {
      this.#isOver = true;
      options.clock.clearTimeout(this.#timer);
      return ending;
    });
  }

  get pid(): number {
    return this.#pid;
  }

  /** Lets the server wait with its output. */
  pause(): void {
    this.#stdout.pause();
  }

  resume(): void {
    this.#stdout.resume();
  }

  passRest(isLast: boolean): void {
    const { rest } = this.#splitter;
    if (isLast) this.#splitter.end();
    else if (isWholeMessage(rest)) this.#options.events.line(Buffer.concat([rest, Buffer.from('\n')]));
  }

  get isPaused(): boolean {
    return this.#stdout.isPaused();
  }

  terminate(): void {
    this.kill('SIGTERM');
    this.#killAfterGrace('SIGKILL');
  }

  /** Sends a signal to the whole process group. */
  kill(signal: NodeJS.Signals): void {
    if (this.#isOver) return;
    try {
      process.kill(isPosix ? -this.#pid : this.#pid, signal);
    } catch {
      // It has ended in between.
    }
  }

  /**
   * Ends the server: its input first, then SIGTERM, then SIGKILL, with a grace after each.
   *
   * @param patienceMs How long a server may go on that still has something to say, or has not read everything yet.
   */
  async end(patienceMs = 0): Promise<Ending> {
    const until = this.#options.clock.monotonic() + patienceMs;
    void this.outbox.end();
    if (await this.#endsWithinGrace(until)) return this.ended;
    this.kill('SIGTERM');
    if (await this.#endsWithinGrace(0)) return this.ended;
    this.kill('SIGKILL');
    // A process that has left the group may still hold the pipe open.
    if (!(await this.#endsWithinGrace(0))) this.#stdout.destroy();
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
      const waitsForClient = this.#stdout.isPaused();
      const talks = this.#moved !== moved || waitsForClient || !this.outbox.empty;
      if (!talks || clock.monotonic() >= until) return false;
    }
  }
}

/**
 * Starts a server.
 *
 * @throws HealError COMMAND_NOT_FOUND where the command cannot be started.
 */
export const startUpstream = async (options: UpstreamOptions): Promise<UpstreamProcess> => {
  const [file = '', ...args] = options.command;
  const child = execa(file, args, {
    env: options.env,
    extendEnv: false,
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: options.stderr === process.stderr ? 'inherit' : 'pipe',
    buffer: false,
    reject: false,
    cleanup: false,
    detached: isPosix,
    windowsHide: true,
    encoding: 'buffer',
  });
  if (child.pid === undefined) {
    const { cause, code } = (await child) as { cause?: unknown; code?: string };
    throw new HealError('COMMAND_NOT_FOUND', notStarted(file, code, cause), { cause });
  }
  const endWatch = watchGroup(child.pid, options.graceMs);
  child.stderr?.on('data', (chunk: Buffer) => options.stderr.write(chunk));
  const ended = new Promise<Ending>((resolve) => {
    child.once('exit', () => {
      // Its number may come back as another's, though a process that has left the group still holds its output open.
      if (isEmptyGroup(child.pid)) endWatch();
    });
    child.once('close', (code, signal) => {
      endWatch();
      resolve({ code, signal });
    });
  });
  // Children that outlive a crashed server hold its output open for ever; those of one that ended well may be meant to.
  const crashed = new Promise<void>((resolve) => {
    child.once('exit', (code) => {
      if (code !== 0) resolve();
    });
  });
  return new UpstreamProcess({ pid: child.pid, stdin: child.stdin, stdout: child.stdout, ended, crashed }, options);
};

const isEmptyGroup = (group: number | undefined): boolean => {
  if (group === undefined || !isPosix) return true;
  try {
    process.kill(-group, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
};

const notStarted = (file: string, code: string | undefined, cause: unknown): string => {
  if (code === 'ENOENT') return `cannot start the MCP server: there is no command ${JSON.stringify(file)}`;
  if (code === 'EACCES') return `cannot start the MCP server: ${JSON.stringify(file)} may not be run`;
  return `cannot start the MCP server: ${cause instanceof Error ? cause.message : JSON.stringify(file)}`;
};
