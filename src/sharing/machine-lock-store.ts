import { join } from 'node:path';
import type { Clock } from '../model/clock.ts';
import { isNotFound } from '../platform/fs.ts';
import {
  bootTime,
  isRunning,
  type MachineIdentity,
  machineIdentity,
  type ProcessIdentity,
  startOf,
  visibilityOf,
} from '../platform/process-identity.ts';
import { isShownAlive, removeSocket, showAlive } from './alive-socket.ts';
import type { FixHistory } from './history.ts';
import { peekHistory, readHistory, writeHistory } from './history-file.ts';
import { holderText, isLeaseOver, isOverdue, unseenLeaseMs } from './holder.ts';
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

type Here = ProcessIdentity & MachineIdentity & { readonly bootedAt: number };

/**
 * Turns and histories of the processes of one machine: lock files made by link(2), and a small file per fix.
 *
 * A holder that can be seen is dead if its process is gone. One in another container of this machine shows that it exists by
 * a socket. One that cannot be seen at all, as on another machine, loses its lock some time after the timeout of its fix.
 */
export class MachineLockStore implements LockStore {
  readonly #parts: MachineLockStoreParts;
  #here: Promise<Here> | undefined;

  constructor(parts: MachineLockStoreParts) {
    this.#parts = parts;
  }

  peek(identity: string): FixHistory {
    return peekHistory(this.#historyPath(identity));
  }

  async read(identity: string): Promise<FixHistory> {
    return readHistory(this.#historyPath(identity));
  }

  async take(wanted: LeaseRequest): Promise<Lease | LeaseHeld> {
    this.#here ??= this.#identify();
    const here = await this.#here;
    return this.#inFolder(() => this.#take(wanted, here));
  }

  async #take(wanted: LeaseRequest, here: Here): Promise<Lease | LeaseHeld> {
    const { clock, stateDir } = this.#parts;
    const path = join(stateDir, `${wanted.exclusive}.lock`);
    const { bootedAt: _, ...own } = here;
    const take = await takeLock(path, {
      sign: () => ({
        id: uniqueId(),
        key: wanted.key,
        ...own,
        since: clock.now(),
        limitMs: wanted.limitMs,
        worker: null,
      }),
      isAtWork: async (holder) => visibilityOf(holder, here) === 'here' && isRunning(holder, clock),
      isGone: (holder, ageMs) => this.#isGone(holder, here, ageMs),
      clear: async (holder) => {
        removeSocket(this.#socketPath(holder));
        return endOrphans(holder, visibilityOf(holder, here), clock);
      },
    });
    if (!take.taken) return this.#busy(path, take.record, here, take.ageMs);
    // The numbers of processes count everywhere on a system without containers.
    const hide = here.space === null ? () => {} : await showAlive(this.#socketPath(take.record));
    return this.#turn(path, take.record, wanted, hide);
  }

  async #isGone(holder: LockRecord, here: Here, ageMs: number): Promise<boolean> {
    const sees = visibilityOf(holder, here);
    if (sees === 'here') return !(await isRunning(holder, this.#parts.clock));
    if (sees === 'earlier boot') return true;
    return isLeaseOver(holder, ageMs) && !(await isShownAlive(this.#socketPath(holder)));
  }

  #turn(path: string, record: LockRecord, { identity, key }: LeaseRequest, hide: () => void): Lease {
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
      write: (history) => this.#inFolder(() => writeHistory(this.#historyPath(identity), key, history, record.id)),
      end: async () => {
        await noting;
        // A lock that cannot be removed is taken over once this process is gone.
        await dropLock(path, record.id).catch(() => {});
        hide();
      },
    };
  }

  async #busy(path: string, record: LockRecord | null, here: Here, ageMs: number | null): Promise<LeaseHeld> {
    if (record === null) return { busy: true, holder: 'another process', forMs: 0, overdue: false, endsInMs: null };
    const sees = visibilityOf(record, here);
    const sinceMs = this.#parts.clock.now() - record.since;
    // Clocks of two machines differ.
    const forMs = Math.max(0, sees === 'another machine' ? (ageMs ?? sinceMs) : sinceMs);
    const unseenForMs =
      ageMs === null || sees === 'here' || (await isShownAlive(this.#socketPath(record))) ? null : Math.abs(ageMs);
    return {
      busy: true,
      holder: holderText(record, sees, path),
      forMs,
      overdue: isOverdue(record, forMs),
      endsInMs: unseenForMs === null ? null : Math.max(0, unseenLeaseMs(record) - unseenForMs),
    };
  }

  /** Does something in the folder, which may have been removed since it was last used. */
  async #inFolder<T>(work: () => Promise<T>): Promise<T> {
    openStateDir(this.#parts.stateDir);
    try {
      return await work();
    } catch (error) {
      if (!isNotFound(error)) throw error;
      openStateDir(this.#parts.stateDir);
      return work();
    }
  }

  async #identify(): Promise<Here> {
    const { clock } = this.#parts;
    const start = await startOf(process.pid, clock);
    return { pid: process.pid, start, ...(await machineIdentity(clock)), bootedAt: bootTime(clock) };
  }

  #socketPath({ id }: LockRecord): string {
    return join(this.#parts.stateDir, `${id}.alive`);
  }

  #historyPath(identity: string): string {
    return join(this.#parts.stateDir, `${identity}.json`);
  }
}
