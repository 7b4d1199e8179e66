import { join } from 'node:path';
import type { Clock } from '../model/clock.ts';
import {
  isGone,
  type MachineIdentity,
  machineIdentity,
  type ProcessIdentity,
  startOf,
} from '../platform/process-identity.ts';
import type { FixHistory } from './history.ts';
import { peekHistory, readHistory, writeHistory } from './history-file.ts';
import { uniqueId } from './identity.ts';
import { dropLock, type LockRecord, replaceLock, takeLock } from './lock-file.ts';
import type { Lease, LeaseHeld, LeaseRequest, LockStore } from './lock-store.ts';
import { endOrphans } from './orphans.ts';
import { openStateDir } from './state-dir.ts';

export interface MachineLockStoreParts {
  /** The folder that all processes of this user share; made when it is first needed. */
  readonly stateDir: string;
  readonly clock: Clock;
}

/** How long a lease may outlast the timeout of its fix before its holder counts as stuck, in ms. */
const allowanceMs = 10_000;

/** Turns and histories of the processes of one machine: lock files made by link(2), and a small file per fix. */
export class MachineLockStore implements LockStore {
  readonly #parts: MachineLockStoreParts;
  #here: Promise<ProcessIdentity & MachineIdentity> | undefined;

  constructor(parts: MachineLockStoreParts) {
    this.#parts = parts;
  }

  peek(identity: string): FixHistory {
    return peekHistory(this.#historyPath(identity));
  }

  read(identity: string): Promise<FixHistory> {
    return readHistory(this.#historyPath(identity));
  }

  async take(wanted: LeaseRequest): Promise<Lease | LeaseHeld> {
    const { clock, stateDir } = this.#parts;
    this.#here ??= this.#open();
    const here = await this.#here;
    const path = join(stateDir, `${wanted.exclusive}.lock`);
    const { taken, record } = await takeLock(path, {
      sign: () => ({
        id: uniqueId(),
        key: wanted.key,
        ...here,
        since: clock.now(),
        limitMs: wanted.limitMs,
        worker: null,
      }),
      isGone: (holder) => isGone(holder, here, clock),
      clear: (holder) => endOrphans(holder, clock),
    });
    return taken ? this.#turn(path, record, wanted) : this.#busy(path, record);
  }

  #turn(path: string, record: LockRecord, { identity, key }: LeaseRequest): Lease {
    const { clock } = this.#parts;
    let noting: Promise<unknown> = Promise.resolve();
    return {
      busy: false,
      id: record.id,
      setWorker: (pid) => {
        noting = (async () => {
          const worker = { pid, start: await startOf(pid, clock) };
          await replaceLock(path, { ...record, worker });
        })().catch(() => {});
      },
      read: () => this.read(identity),
      write: (history) => writeHistory(this.#historyPath(identity), key, history, record.id),
      end: async () => {
        await noting;
        // A lock that cannot be removed is taken over once this process is gone.
        await dropLock(path, record.id).catch(() => {});
      },
    };
  }

  #busy(path: string, record: LockRecord | null): LeaseHeld {
    if (record === null) return { busy: true, holder: 'another process', forMs: 0, overdue: false };
    const forMs = Math.max(0, this.#parts.clock.now() - record.since);
    return {
      busy: true,
      holder: `process ${record.pid} on ${record.host} (${path})`,
      forMs,
      overdue: record.limitMs !== null && forMs > record.limitMs + allowanceMs,
    };
  }

  async #open(): Promise<ProcessIdentity & MachineIdentity> {
    const { clock, stateDir } = this.#parts;
    openStateDir(stateDir);
    return { pid: process.pid, start: await startOf(process.pid, clock), ...(await machineIdentity(clock)) };
  }

  #historyPath(identity: string): string {
    return join(this.#parts.stateDir, `${identity}.json`);
  }
}
