import { type FixHistory, noHistory } from './history.ts';
import { uniqueId } from './identity.ts';
import type { Lease, LeaseRequest, LockStore } from './lock-store.ts';

/** Maximum number of histories kept: targets may be derived from calls, so their number is unlimited. */
const maxFixes = 1_000;

/** Keeps histories within this process. Its leases are always free: a process has one run of a fix at a time anyway. */
export class LocalLockStore implements LockStore {
  readonly #histories = new Map<string, FixHistory>();
  #newest: string | undefined;

  peek(identity: string): FixHistory {
    return this.#histories.get(identity) ?? noHistory;
  }

  read(identity: string): Promise<FixHistory> {
    return Promise.resolve(this.peek(identity));
  }

  /** Keeps a history; evicts the one that was written longest ago if there are too many. */
  write(identity: string, history: FixHistory): void {
    // Taking a key out and putting it in again makes the map grow and be copied.
    if (identity !== this.#newest) this.#histories.delete(identity);
    this.#newest = identity;
    this.#histories.set(identity, history);
    if (this.#histories.size <= maxFixes) return;
    for (const oldest of this.#histories.keys()) {
      this.#histories.delete(oldest);
      return;
    }
  }

  take({ identity }: LeaseRequest): Promise<Lease> {
    return Promise.resolve({
      busy: false,
      id: uniqueId(),
      setWorker: () => {},
      read: () => this.read(identity),
      write: (history) => {
        this.write(identity, history);
        return Promise.resolve();
      },
      end: () => Promise.resolve(),
    });
  }
}
