import type { FixHistory } from '../sharing/history.ts';
import type { LeaseRequest } from '../sharing/lock-store.ts';

/** A lease, by the names of its lock and of the history that belongs to it; digests. */
export interface LeaseNames {
  readonly lock: string;
  readonly identity: string;
}

/** What the row of a lease says of its holder. */
export interface LeaseRow {
  /** A unique id. */
  readonly id: string;
  /** The fix, as in `host:vpn_connect:default`. For people. */
  readonly key: string;
  /** The process that holds it. For people. */
  readonly holder: string;
  /** How long a run may take, in ms; null if a person is asked. */
  readonly limitMs: number | null;
  /** Its cool-down and its budget. For people. */
  readonly limits?: LeaseRequest['limits'];
}

/** A lease as it was seen. Times of the database are in the wall clock of this process. */
export interface LeaseSeen {
  /** Whether the run of the last holder has not ended, as far as is known. */
  readonly isOpen: boolean;
  /** The last holder, for people; null if there was none. */
  readonly holder: string | null;
  /** How long it has had the lease, in ms. */
  readonly forMs: number;
  /** When its run must have ended, in ms from now; negative if that time is over, null if a person is asked. */
  readonly endsInMs: number | null;
  readonly history: FixHistory;
}

/** The lock of a lease that this process has, as long as its connection lasts. */
export interface LeaseHold {
  /** Resolves when the connection breaks. */
  readonly broken: Promise<void>;
  /** Gives the lock back. Never rejects. */
  release(): Promise<void>;
}

/**
 * The leases of a fleet in their database. All methods but `close` reject with a `FleetDatabaseError` if the database fails, and
 * none waits for longer than the connection does.
 */
export interface LeaseDatabase {
  /** When the database last responded, on the monotonic clock; null if it never has. */
  readonly answeredAt: number | null;
  /** Looks at a lease without trying to take it. */
  look(names: LeaseNames): Promise<LeaseSeen>;
  /** Takes a lease if it is free; `hold` is null if it is not. */
  take(names: LeaseNames, row: LeaseRow): Promise<{ readonly hold: LeaseHold | null; readonly seen: LeaseSeen }>;
  /** Takes the lock again for the holder whose connection broke. `isLost`: another process has taken the lease. */
  retake(names: LeaseNames, id: string): Promise<{ readonly hold: LeaseHold | null; readonly isLost: boolean }>;
  /** Writes the history for the holder; false if another process has taken the lease. */
  write(names: LeaseNames, row: Pick<LeaseRow, 'id' | 'key' | 'limits'>, history: FixHistory): Promise<boolean>;
  /** Notes that the run of the holder has ended. */
  end(names: LeaseNames, id: string): Promise<void>;
  /** Closes all connections. */
  close(): Promise<void>;
}
