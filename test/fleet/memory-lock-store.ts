import { type FixHistory, noHistory } from '../../src/sharing/history.ts';
import { uniqueId } from '../../src/sharing/identity.ts';
import type { Lease, LeaseHeld, LeaseRequest, LockStore } from '../../src/sharing/lock-store.ts';

/** The store of one machine, in memory. */
export class MemoryLockStore implements LockStore {
  readonly histories = new Map<string, FixHistory>();
  readonly #locks = new Set<string>();

  peek(identity: string): FixHistory {
    return this.histories.get(identity) ?? noHistory;
  }

  read(identity: string): Promise<FixHistory> {
    return Promise.resolve(this.peek(identity));
  }

  take({ identity, exclusive }: LeaseRequest): Promise<Lease | LeaseHeld> {
    if (this.#locks.has(exclusive)) {
      return Promise.resolve({ busy: true, holder: 'process 1', forMs: 0, overdue: false, endsInMs: null });
    }
    this.#locks.add(exclusive);
    return Promise.resolve({
      busy: false,
      id: uniqueId(),
      setWorker: () => {},
      read: () => this.read(identity),
      write: (history) => {
        this.histories.set(identity, history);
        return Promise.resolve();
      },
      end: () => {
        this.#locks.delete(exclusive);
        return Promise.resolve();
      },
    });
  }
}
