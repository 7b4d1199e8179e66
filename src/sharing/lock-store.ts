import type { FixLease } from '../model/fix.ts';
import type { FixHistory } from './history.ts';

/** Who wants a turn, and for what. */
export interface LeaseRequest {
  /** The fix, as in `host:kube_login:staging`. For people. */
  readonly key: string;
  /** What the fix does, as a digest: its history goes by this name. */
  readonly identity: string;
  /** What must not be done twice at once, as a digest: one has the turn at a time. */
  readonly exclusive: string;
  /** The longest that the turn may take if all is well, in ms; null if a person is asked. */
  readonly limitMs: number | null;
}

/** The turn of another: where it is known, who has it and since when. */
export interface LeaseHeld {
  readonly busy: true;
  /** Who, in words. */
  readonly holder: string;
  /** Since when, in ms. */
  readonly forMs: number;
  /** Whether it should long have ended: its holder is there, but does not move. */
  readonly overdue: boolean;
}

/** A turn of one's own. What is known of the fix is read and written within it. */
export interface Lease extends FixLease {
  readonly busy: false;
  read(): Promise<FixHistory>;
  write(history: FixHistory): Promise<void>;
  /** Ends the turn. Never rejects. */
  end(): Promise<void>;
}

/**
 * Where those who share fixes agree on turns and keep what is known: this process, the machine, or a fleet of machines.
 * A turn whose holder is gone is given to the next; one whose holder is there, however slow, never is.
 */
export interface LockStore {
  /** What is known without waiting for anyone: a first guess. Never throws. */
  peek(identity: string): FixHistory;
  /** Reads what is known now. Rejects where the ledger is out of order. */
  read(identity: string): Promise<FixHistory>;
  /** Takes the turn if it is free. Rejects where the ledger is out of order. */
  take(wanted: LeaseRequest): Promise<Lease | LeaseHeld>;
}
