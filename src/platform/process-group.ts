import type { Clock } from '../model/clock.ts';
import { errorCode } from './fs.ts';
import { sleep } from './wait.ts';

/** Between SIGTERM and SIGKILL, in ms. */
export const killGraceMs = 2_000;
const lookAgainMs = 50;
/** How long the kernel may take to end a killed process, in ms. */
const goneWithinMs = 1_000;
const lookAgainKilledMs = 10;

const isPosix = process.platform !== 'win32';

const running = new Set<ProcessGroup>();

const killAll = (): void => {
  for (const group of running) group.send('SIGKILL');
};

/** Whether there is a process with this number, of whatever user. */
const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ESRCH';
  }
};

/**
 * A command and everything it has started, as long as they do not leave the group on purpose. On Windows, which has no
 * process groups, the command alone.
 */
export class ProcessGroup {
  readonly #leader: number;
  #isReaped = false;
  #gone = false;
  #forbidden = false;

  /** Takes charge of the group of this leader: it does not outlive this process, unless it is released. */
  constructor(leader: number) {
    this.#leader = leader;
    if (running.size === 0) process.once('exit', killAll);
    running.add(this);
  }

  /**
   * Its leader has ended and was reaped. No process gets the number of a group that has members (POSIX, 4.14), so if there
   * is a process with the leader's number from now on, the group was empty, and the number is another's.
   */
  leaderReaped(): void {
    this.#isReaped = true;
    this.send(0);
  }

  /** Lets the group live on. A group that is empty is never signalled again: its number may come back as another's. */
  release(): void {
    running.delete(this);
    if (running.size === 0) process.removeListener('exit', killAll);
    this.send(0);
  }

  /** Sends a signal to every member; 0 only checks. Returns whether there is any. */
  send(signal: NodeJS.Signals | 0): boolean {
    if (this.#gone) return false;
    if (this.#isReaped && (!isPosix || exists(this.#leader))) {
      this.#gone = true;
      return false;
    }
    try {
      process.kill(isPosix ? -this.#leader : this.#leader, signal);
      this.#forbidden = false;
    } catch (error) {
      // EPERM: there are members, all of them another user's, as after `sudo`.
      this.#forbidden = errorCode(error) === 'EPERM';
      this.#gone = !this.#forbidden;
    }
    return !this.#gone;
  }

  /** Ends every member: SIGTERM, a grace, SIGKILL. Whether it was allowed to. */
  async end(clock: Clock, graceMs = killGraceMs): Promise<boolean> {
    this.send('SIGTERM');
    await this.#untilGone(graceMs, lookAgainMs, clock);
    this.send('SIGKILL');
    await this.#untilGone(goneWithinMs, lookAgainKilledMs, clock);
    this.release();
    return !this.#forbidden;
  }

  async #untilGone(timeMs: number, lookAgainMs: number, clock: Clock): Promise<void> {
    const until = clock.monotonic() + timeMs;
    while (this.send(0) && !this.#forbidden && clock.monotonic() < until) await sleep(clock, lookAgainMs);
  }
}
