import type { FixLease, FixRules } from '../model/fix.ts';
import type { Refusal } from '../model/refusal.ts';
import type { CancelSource } from '../platform/cancellation.ts';
import type { FixHistory } from './history.ts';

/** A request for a lease. */
export interface LeaseRequest {
  /** The fix, as in `host:kube_login:staging`. For people. */
  readonly key: string;
  /** What the fix does, as a digest: the name of its history. */
  readonly identity: string;
  /** What must not run twice at once, as a digest: the name of the lock. */
  readonly exclusive: string;
  /** How long the lease may normally last, in ms; null if a person is asked. */
  readonly limitMs: number | null;
  /** What happens if the fleet cannot be reached; for a fix that is shared with it. */
  readonly whenLost?: FixRules['whenLost'];
  /** What holds the fix back, as its holder knows it. For people. */
  readonly limits?: Pick<FixRules, 'cooldownMs' | 'budget'> | undefined;
  /** Ends the wait of a store that waits for the lease by itself. */
  readonly cancels?: CancelSource | undefined;
  /** The time that is left for the run, in ms: such a store leaves enough of it for the fix. */
  readonly remainingMs?: number | undefined;
  /** Told of the holder while such a store waits. */
  readonly onHeld?: ((held: LeaseHeld) => void) | undefined;
}

/** A lease that is taken: its holder and since when, if known. */
export interface LeaseHeld {
  readonly busy: true;
  /** The holder, for people. */
  readonly holder: string;
  /** Since when, in ms. */
  readonly forMs: number;
  /** Whether it should long have ended: its holder is there, but does not move. */
  readonly overdue: boolean;
  /** When the lease ends if the holder is gone, in ms; null if that is noticed at once. */
  readonly endsInMs: number | null;
}

/** A lease that nobody may take now. */
export interface LeaseDenied {
  readonly denied: Refusal;
}

/** A lease that this process holds. The history of the fix is read and written under it. */
export interface Lease extends FixLease {
  readonly busy: false;
  read(): Promise<FixHistory>;
  write(history: FixHistory): Promise<void>;
  /** Releases the lease. Never rejects. */
  end(): Promise<void>;
}

/**
 * The store of leases and histories, for those that share fixes: this process, the machine, or a fleet of machines.
 * The lease of a dead holder goes to the next; that of a living holder, however slow, never does, except if the holder is
 * in a place that cannot be seen from here.
 */
export interface LockStore {
  /** The history without waiting: a first guess. Never throws. */
  peek(identity: string): FixHistory;
  /** Reads the history. Rejects if the store fails. */
  read(identity: string): Promise<FixHistory>;
  /** Takes the lease if it is free; a store may wait for it. Rejects if the store fails. */
  take(wanted: LeaseRequest): Promise<Lease | LeaseHeld | LeaseDenied>;
}
