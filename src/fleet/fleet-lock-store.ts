import type { Clock, Random } from '../model/clock.ts';
import type { Redact } from '../model/diagnosis.ts';
import { unrefClock } from '../platform/unref-clock.ts';
import { sleep } from '../platform/wait.ts';
import type { FixHistory } from '../sharing/history.ts';
import { digest } from '../sharing/identity.ts';
import { LocalLockStore } from '../sharing/local-lock-store.ts';
import type { Lease, LeaseDenied, LeaseHeld, LeaseRequest, LockStore } from '../sharing/lock-store.ts';
import type { FleetMeter, TakeResult } from '../telemetry/port.ts';
import { errorText } from '../text/error-text.ts';
import { oneLine } from '../text/one-line.ts';
import { databaseError, type FleetDatabaseError } from './database-error.ts';
import { FleetLease } from './fleet-lease.ts';
import { inTime } from './in-time.ts';
import type { LeaseDatabase, LeaseHold, LeaseNames, LeaseRow, LeaseSeen } from './lease-database.ts';
import type { LossNote } from './loss-note.ts';
import { LossWatch } from './loss-watch.ts';
import { mergeHistory } from './merge-history.ts';

export interface FleetLockStoreParts {
  /** The store of this machine. */
  readonly machine: LockStore;
  readonly leases: LeaseDatabase;
  /** What the processes of this machine tell each other of a lost database. */
  readonly losses?: LossNote | undefined;
  readonly clock: Clock;
  readonly random: Random;
  /** Names this process, for people on other machines. */
  readonly holder: string;
  /** Names the database and its user: on this machine, fixes of two fleets are not the same. */
  readonly fleet: string;
  readonly warn: (message: string) => void;
  readonly redact: Redact;
  readonly meter?: Pick<FleetMeter, 'took' | 'fellBack'> | undefined;
}

/** Time between two tries of a lease whose holder seems to be at work, in ms: only a try notices that it is gone. */
const tryAgainMs = 250;
/** Time between two looks: plus or minus a quarter, and growing once the wait is long. */
const lookAgainMs = 80;
const lookAgainMaxMs = 400;
const quickLooksMs = 2_000;
const retryMs = 100;
/** How long a holder may outlast the timeout of its fix, in ms, until it counts as stuck. */
const allowanceMs = 10_000;

/** A lease may last this many times the timeout of its fix on this machine: another machine may have its run first. */
const runsPerLease = 2;

/** What a try or a look showed. */
interface Found {
  readonly hold: LeaseHold | null;
  readonly seen: LeaseSeen;
}

/** The wait of one `take`. */
interface Wait {
  readonly wanted: LeaseRequest;
  readonly names: LeaseNames;
  readonly row: LeaseRow;
  readonly own: Lease;
  readonly beganAt: number;
  /** The last run of the fleet at the first look; undefined before. */
  lastRun: string | null | undefined;
  triedAt: number | null;
  /** The holder, once it is known. */
  held: LeaseHeld | null;
}

/**
 * Leases and histories of all machines of a fleet. Of each machine, only the process that holds the machine's own lease asks
 * the database; it writes what it learns to the machine's files, where the others find it. If the database is lost, what is
 * left is the machine's own store, or a refusal.
 */
export class FleetLockStore implements LockStore {
  readonly #parts: FleetLockStoreParts;
  readonly #local = new LocalLockStore();
  readonly #quiet: Clock;
  readonly #loss: LossWatch;
  #isWarned = false;

  constructor(parts: FleetLockStoreParts) {
    this.#parts = parts;
    this.#quiet = unrefClock(parts.clock);
    this.#loss = new LossWatch(parts.clock, () => parts.leases.answeredAt, parts.losses);
  }

  /** Whether people were told that the database is lost, and it has not responded since. */
  get isLossTold(): boolean {
    return this.#loss.isTold;
  }

  peek(identity: string): FixHistory {
    return this.#parts.machine.peek(this.#here(identity));
  }

  /** Reads the history from the database, or from this machine's file if it cannot be reached. */
  async read(identity: string): Promise<FixHistory> {
    const here = await this.#parts.machine.read(this.#here(identity));
    try {
      const { history } = await this.#parts.leases.look({ lock: identity, identity });
      return mergeHistory(history, here);
    } catch {
      return here;
    }
  }

  /** Takes the lease of the fleet; waits while another machine has it. Never rejects because of the database. */
  async take(wanted: LeaseRequest): Promise<Lease | LeaseHeld | LeaseDenied> {
    const { clock, holder } = this.#parts;
    const own = await this.#takeHere(wanted);
    if ('denied' in own || own.busy) return own;
    const { identity, exclusive, key, limitMs, limits } = wanted;
    const wait: Wait = {
      wanted,
      names: { lock: exclusive, identity },
      row: { id: own.id, key, holder, limitMs, limits },
      own,
      beganAt: clock.monotonic(),
      lastRun: undefined,
      triedAt: null,
      held: null,
    };
    try {
      const taken = await this.#wait(wait);
      // A caller that has left says nothing of the database.
      if (taken !== noResponse) this.#parts.meter?.took(key, wait.beganAt, resultOf(taken));
      if ('denied' in taken || taken.busy) await own.end();
      return taken;
    } catch (error) {
      await own.end();
      throw error;
    }
  }

  /** Takes the lease of this machine, or one of this process if its folder cannot be used. */
  async #takeHere(wanted: LeaseRequest): ReturnType<LockStore['take']> {
    const { identity, exclusive, key, limitMs } = wanted;
    const here = {
      key,
      identity: this.#here(identity),
      exclusive: this.#here(exclusive),
      limitMs: limitMs && limitMs * runsPerLease,
    };
    try {
      return await this.#parts.machine.take(here);
    } catch (error) {
      if (!this.#isWarned)
        this.#parts.warn(`each process of this machine asks the fleet by itself: ${errorText(error)}`);
      this.#isWarned = true;
      return this.#local.take(here);
    }
  }

  async #wait(wait: Wait): Promise<Lease | LeaseHeld | LeaseDenied> {
    const { clock, random } = this.#parts;
    const { wanted, own } = wait;
    const { cancels } = wanted;
    for (;;) {
      if (cancels?.aborted) return wait.held ?? noResponse;
      let found: Found;
      try {
        found = await this.#find(wait);
        this.#loss.answered();
      } catch (error) {
        if (cancels?.aborted) return wait.held ?? noResponse;
        const failure = databaseError(error);
        if (await this.#loss.isLost(failure, wanted.remainingMs)) return this.#withoutFleet(wait, failure);
        await sleep(clock, retryMs * (0.5 + random()), cancels);
        continue;
      }
      const { hold, seen } = found;
      const { history } = seen;
      if (hold !== null) return this.#lease(wait, hold, history);
      const held = heldBy(seen);
      wait.held = held;
      wanted.onHeld?.(held);
      const lastRun = history.last?.id ?? null;
      if (wait.lastRun === undefined) wait.lastRun = lastRun;
      if (lastRun !== wait.lastRun) await this.#keep(own, history);
      if (lastRun !== wait.lastRun || held.overdue) return held;
      await sleep(clock, this.#pauseMs(wait), cancels);
    }
  }

  /** Tries to take the lease if that is due, else looks at it. */
  async #find(wait: Wait): Promise<Found> {
    const { leases, clock } = this.#parts;
    const { names, row, wanted, triedAt } = wait;
    const { cancels, remainingMs } = wanted;
    const limitMs = this.#loss.ask(remainingMs);
    const moreMs = (): number => this.#loss.leftMs(remainingMs);
    if (triedAt !== null && clock.monotonic() - triedAt < tryAgainMs) {
      const seen = await inTime(clock, leases.look(names), limitMs, cancels, moreMs);
      if (seen.isOpen) return { hold: null, seen };
    }
    wait.triedAt = clock.monotonic();
    const taking = leases.take(names, row);
    try {
      return await inTime(clock, taking, limitMs, cancels, moreMs);
    } catch (error) {
      // Its caller has left, or could not wait: a lease that comes now is given back.
      taking.then(({ hold }) => hold && this.#giveBack(names, row, hold)).catch(() => {});
      throw error;
    }
  }

  async #giveBack(names: LeaseNames, { id }: LeaseRow, hold: LeaseHold): Promise<void> {
    await this.#parts.leases.end(names, id).catch(() => {});
    await hold.release();
  }

  async #lease({ names, row, own }: Wait, hold: LeaseHold, fleet: FixHistory): Promise<Lease> {
    const { leases, random } = this.#parts;
    const here = await own.read().catch(() => fleet);
    const history = mergeHistory(fleet, here);
    if (history.last?.id !== here.last?.id) await this.#keep(own, history);
    return new FleetLease({ leases, clock: this.#quiet, random, names, row, own, history }, hold);
  }

  /** Writes what is known now to the file of this machine. */
  async #keep(own: Lease, history: FixHistory): Promise<void> {
    await own.write(history).catch(() => {});
  }

  #withoutFleet({ wanted, own }: Wait, failure: FleetDatabaseError): Lease | LeaseDenied {
    const { redact, warn, meter } = this.#parts;
    const why = `the database of the fleet ${failure.failure === 'lost' ? 'cannot be reached' : 'cannot be used'}: ${oneLine(redact(failure.message))}`;
    const isRefused = wanted.whenLost === 'refuse';
    meter?.fellBack(wanted.key, isRefused ? 'refuse' : 'machine');
    if (this.#loss.isNews()) {
      const then = isRefused ? 'fixes with `whenLost: refuse` do not run' : 'fixes are shared on this machine only';
      warn(`${why}; ${then}`);
    }
    if (!isRefused) return own;
    return { denied: { code: 'FLEET_LOST', reason: `${why} (\`whenLost: refuse\`)` } };
  }

  #pauseMs({ beganAt }: Wait): number {
    const { clock, random } = this.#parts;
    const longMs = Math.max(0, clock.monotonic() - beganAt - quickLooksMs);
    return Math.min(lookAgainMaxMs, lookAgainMs + longMs / 5) * (0.75 + random() / 2);
  }

  #here(identity: string): string {
    return digest({ fleet: this.#parts.fleet, identity });
  }
}

const heldBy = ({ holder, forMs, endsInMs }: LeaseSeen): LeaseHeld => ({
  busy: true,
  holder: holder ?? 'another machine',
  forMs,
  overdue: endsInMs !== null && endsInMs < -allowanceMs,
  endsInMs: null,
});

const resultOf = (taken: Lease | LeaseHeld | LeaseDenied): TakeResult => {
  if ('denied' in taken) return 'lost';
  if (taken.busy) return 'held';
  return taken.isFleetWide === true ? 'taken' : 'lost';
};

const noResponse: LeaseDenied = {
  denied: { code: 'FLEET_LOST', reason: 'the call ended before the database of the fleet responded' },
};
