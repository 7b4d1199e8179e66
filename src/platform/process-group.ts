import type { Clock } from '../model/clock.ts';
import { errorCode } from './fs.ts';
import { sleep } from './wait.ts';

/** Between SIGTERM and SIGKILL, in ms. */
export const killGraceMs = 2_000;
const lookAgainMs = 50;

const running = new Set<ProcessGroup>();

const killAll = (): void => {
  for (const group of running) group.send('SIGKILL');
};

/** A command and everything it has started, as long as they do not leave the group on purpose. */
export class ProcessGroup {
  readonly #leader: number;
  #gone = false;
  #forbidden = false;

  /** Takes charge of the group of this leader: it does not outlive this process, unless it is released. */
  constructor(leader: number) {
    this.#leader = leader;
    if (running.size === 0) process.once('exit', killAll);
    running.add(this);
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
    try {
      process.kill(-this.#leader, signal);
      this.#forbidden = false;
    } catch (error) {
      // EPERM: there are members, all of them another user's, as after `sudo`.
      this.#forbidden = errorCode(error) === 'EPERM';
      this.#gone = !this.#forbidden;
    }
    return !this.#gone;
  }

  /** Ends every member: SIGTERM, a grace of 2000 ms, SIGKILL. Whether it was allowed to. */
  async end(clock: Clock): Promise<boolean> {
    const until = clock.monotonic() + killGraceMs;
    this.send('SIGTERM');
    while (this.send(0) && !this.#forbidden && clock.monotonic() < until) await sleep(clock, lookAgainMs);
    this.send('SIGKILL');
    this.release();
    return !this.#forbidden;
  }
}
