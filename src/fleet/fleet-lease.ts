import type { Clock, Random } from '../model/clock.ts';
import { sleep, within } from '../platform/wait.ts';
import type { FixHistory } from '../sharing/history.ts';
import type { Lease } from '../sharing/lock-store.ts';
import { databaseError } from './database-error.ts';
import type { LeaseDatabase, LeaseHold, LeaseNames, LeaseRow } from './lease-database.ts';

export interface FleetLeaseParts {
  readonly leases: LeaseDatabase;
  /** Its timers keep no process from ending. */
  readonly clock: Clock;
  readonly random: Random;
  readonly names: LeaseNames;
  readonly row: LeaseRow;
  /** The lease of this machine, which is held as long as that of the fleet. */
  readonly own: Lease;
  /** The history at the time when the lease was taken. */
  readonly history: FixHistory;
}

/** How long the run may be held up by the database, each time that something is written, in ms. */
const heldUpMs = 500;
/** For how long a write is tried again, in ms. */
const owedMs = 20_000;
const writeAgainMs = 200;
/** Within the grace of `healflow.try_lease`: the holder is back before another one takes over. */
const retakeMs = 50;
/** Once the connection has been broken for long, in ms, it is tried less often. */
const longBrokenMs = 5_000;
const retakeLaterMs = 250;

/**
 * The lease of a fleet. If its connection breaks, it takes the lock again; what it could not write, it owes, and writes later
 * without holding up the run.
 */
export class FleetLease implements Lease {
  readonly busy = false;
  readonly isFleetWide = true;
  readonly id: string;
  readonly #parts: FleetLeaseParts;
  #hold: LeaseHold;
  #history: FixHistory;
  #isOver = false;
  /** What the database does not have yet. */
  #unwritten: FixHistory | null = null;
  #isEndOwed = false;
  #writing: Promise<void> | null = null;

  constructor(parts: FleetLeaseParts, hold: LeaseHold) {
    this.#parts = parts;
    this.id = parts.own.id;
    this.#history = parts.history;
    this.#hold = hold;
    this.#watch(hold);
  }

  setWorker(pid: number): void {
    this.#parts.own.setWorker(pid);
  }

  read(): Promise<FixHistory> {
    return Promise.resolve(this.#history);
  }

  async write(history: FixHistory): Promise<void> {
    this.#history = history;
    this.#unwritten = history;
    const { clock, own } = this.#parts;
    await Promise.all([within(clock, heldUpMs, [this.#write()]), own.write(history)]);
  }

  async end(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#isEndOwed = true;
    const released = this.#write().then(() => this.#hold.release());
    await within(this.#parts.clock, heldUpMs, [released]);
    await this.#parts.own.end();
  }

  /** Writes what is owed, now or later. One at a time: the history before the end. */
  #write(): Promise<void> {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
    });
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    const { leases, clock, random, names, row } = this.#parts;
    const beganAt = clock.monotonic();
    while (this.#unwritten !== null || this.#isEndOwed) {
      try {
        const history = this.#unwritten;
        if (history !== null) {
          const isOurs = await leases.write(names, row, history);
          if (!isOurs) return this.#oweNothing();
          if (this.#unwritten === history) this.#unwritten = null;
        } else {
          await leases.end(names, row.id);
          this.#isEndOwed = false;
        }
      } catch (error) {
        const isLate = clock.monotonic() - beganAt > owedMs;
        if (isLate || databaseError(error).failure === 'unusable') return this.#oweNothing();
        await sleep(clock, writeAgainMs * (0.5 + random()));
      }
    }
  }

  #oweNothing(): void {
    this.#unwritten = null;
    this.#isEndOwed = false;
  }

  #watch(hold: LeaseHold): void {
    void hold.broken.then(() => this.#retake());
  }

  async #retake(): Promise<void> {
    const { leases, clock, random, names } = this.#parts;
    const brokenAt = clock.monotonic();
    while (!this.#isOver) {
      try {
        const { hold, isLost } = await leases.retake(names, this.id);
        if (isLost) return;
        if (hold !== null) {
          this.#hold = hold;
          // The run has ended meanwhile, and has released the hold before this one.
          if (this.#isOver) await hold.release();
          else this.#watch(hold);
          return;
        }
      } catch (error) {
        if (databaseError(error).failure === 'unusable') return;
      }
      const againMs = clock.monotonic() - brokenAt < longBrokenMs ? retakeMs : retakeLaterMs;
      await sleep(clock, againMs * (0.5 + random()));
    }
  }
}
