import type { Clock, Random } from '../model/clock.ts';
import { unrefClock } from '../platform/unref-clock.ts';
import { sleep, within } from '../platform/wait.ts';
import type { FixHistory } from '../sharing/history.ts';
import type { Lease, LeaseDenied, LeaseHeld, LeaseRequest, LockStore } from '../sharing/lock-store.ts';
import type { FleetMeter } from '../telemetry/port.ts';
import type { FleetDatabase } from './database.ts';
import { databaseError } from './database-error.ts';
import { inTime } from './in-time.ts';
import type { LeaseHold } from './lease-database.ts';
import type { LossNote } from './loss-note.ts';
import { LossWatch } from './loss-watch.ts';

/** The numbered locks of a fleet. */
export interface SlotDatabase {
  readonly answeredAt: number | null;
  /** Takes one of this many locks; null if there is none left. Rejects with a `FleetDatabaseError`. */
  take(key: string, count: number): Promise<LeaseHold | null>;
}

/** The numbered locks in PostgreSQL: advisory locks of open transactions. */
export class PgSlotDatabase implements SlotDatabase {
  readonly #database: FleetDatabase;

  constructor(database: FleetDatabase) {
    this.#database = database;
  }

  get answeredAt(): number | null {
    return this.#database.answeredAt;
  }

  async take(key: string, count: number): Promise<LeaseHold | null> {
    const transaction = await this.#database.transaction();
    const { row } = await transaction.query<{ try_slot: boolean }>('select healflow.try_slot($1, $2)', [key, count]);
    if (!row.try_slot) {
      await transaction.end('commit');
      return null;
    }
    await transaction.simple('set local idle_in_transaction_session_timeout = 0');
    return { broken: transaction.broken, release: () => transaction.end('commit') };
  }
}

export interface SlotStoreParts {
  /** The store of this machine. */
  readonly machine: LockStore;
  readonly slots: SlotDatabase;
  /** What the processes of this machine tell each other of a lost database. */
  readonly losses?: LossNote | undefined;
  /** How many machines may run the same fix at the same time. */
  readonly atOnce: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly meter?: Pick<FleetMeter, 'fellBack'> | undefined;
}

/** Time between two tries, in ms, plus or minus half. */
const tryAgainMs = 300;
const releaseMs = 500;

/**
 * The store of one machine for fixes that each machine runs by itself. In the fleet, the number of those with the same key that
 * run at the same time is limited. Without the database there is no such limit, and none holds where a person is asked.
 */
export class SlotStore implements LockStore {
  readonly #parts: SlotStoreParts;
  readonly #loss: LossWatch;

  constructor(parts: SlotStoreParts) {
    this.#parts = parts;
    this.#loss = new LossWatch(parts.clock, () => parts.slots.answeredAt, parts.losses);
  }

  peek(identity: string): FixHistory {
    return this.#parts.machine.peek(identity);
  }

  read(identity: string): Promise<FixHistory> {
    return this.#parts.machine.read(identity);
  }

  async take(wanted: LeaseRequest): Promise<Lease | LeaseHeld | LeaseDenied> {
    const own = await this.#parts.machine.take(wanted);
    if ('denied' in own || own.busy || wanted.limitMs === null) return own;
    const taken = await this.#wait(wanted, own);
    if (taken.busy) await own.end();
    return taken;
  }

  async #wait(wanted: LeaseRequest, own: Lease): Promise<Lease | LeaseHeld> {
    const { clock, random, atOnce } = this.#parts;
    const { cancels, remainingMs, onHeld } = wanted;
    const beganAt = clock.monotonic();
    const held = (): LeaseHeld => ({
      busy: true,
      holder: `as many machines as \`fleet.atOnce: ${atOnce}\` allows`,
      forMs: clock.monotonic() - beganAt,
      overdue: false,
      endsInMs: null,
    });
    while (!cancels?.aborted) {
      try {
        const hold = await this.#take(wanted);
        this.#loss.answered();
        if (hold !== null) return this.#leaseOf(own, hold);
        onHeld?.(held());
      } catch (error) {
        if (!cancels?.aborted && (await this.#loss.isLost(databaseError(error), remainingMs))) {
          this.#parts.meter?.fellBack(wanted.key, 'machine');
          return own;
        }
      }
      await sleep(clock, tryAgainMs * (0.5 + random()), cancels);
    }
    return held();
  }

  async #take({ key, cancels, remainingMs }: LeaseRequest): Promise<LeaseHold | null> {
    const { slots, atOnce, clock } = this.#parts;
    const limitMs = this.#loss.ask(remainingMs);
    const taking = slots.take(key, atOnce);
    try {
      return await inTime(clock, taking, limitMs, cancels, () => this.#loss.leftMs(remainingMs));
    } catch (error) {
      // Nobody waits for it any more.
      taking.then((hold) => hold?.release()).catch(() => {});
      throw error;
    }
  }

  #leaseOf(own: Lease, hold: LeaseHold): Lease {
    const clock = unrefClock(this.#parts.clock);
    return {
      busy: false,
      id: own.id,
      setWorker: (pid) => own.setWorker(pid),
      read: () => own.read(),
      write: (history) => own.write(history),
      end: async () => {
        await within(clock, releaseMs, [hold.release()]);
        await own.end();
      },
    };
  }
}
