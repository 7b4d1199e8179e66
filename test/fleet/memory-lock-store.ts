import type { FixHistory } from '../../src/sharing/history.ts';
import { LocalLockStore } from '../../src/sharing/local-lock-store.ts';
import type { Lease, LeaseHeld, LeaseRequest, LockStore } from '../../src/sharing/lock-store.ts';

/** The store of one machine, in memory: that of a process, whose leases may be taken. */
export class MemoryLockStore implements LockStore {
  readonly #local = new LocalLockStore();
  readonly #taken = new Set<string>();

  peek(identity: string): FixHistory {
    return this.#local.peek(identity);
  }

  read(identity: string): Promise<FixHistory> {
    return this.#local.read(identity);
  }

  async take(wanted: LeaseRequest): Promise<Lease | LeaseHeld> {
    const { exclusive } = wanted;
    if (this.#taken.has(exclusive)) {
      return { busy: true, holder: 'process 1', forMs: 0, overdue: false, endsInMs: null };
    }
    this.#taken.add(exclusive);
    const lease = await this.#local.take(wanted);
    const end = async (): Promise<void> => {
      this.#taken.delete(exclusive);
    };
    return { ...lease, end };
  }
}
