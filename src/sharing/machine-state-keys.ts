import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../model/clock.ts';
import { errorCode } from '../platform/fs.ts';
import { makeFolder } from '../platform/make-folder.ts';
import { loadMachineKey } from './machine-key.ts';
import type { StateKey, StateKeys } from './request-states.ts';
import { openStateDir } from './state-dir.ts';

export interface MachineStateKeysParts {
  /** The folder that all processes of this user share; made when it is first needed. */
  readonly stateDir: string;
  readonly clock: Clock;
}

/** How long a mark is kept after its state has expired, in case the clock is set back, in ms. */
const keptMs = 24 * 3_600_000;
/** Minimum time between two looks for marks to remove, in ms. */
const sweepEveryMs = 3_600_000;

/** The key of this machine, in a file that only this user can read, and an empty file for each state that was used. */
export class MachineStateKeys implements StateKeys {
  readonly #parts: MachineStateKeysParts;
  #key: Buffer | undefined;
  /** When marks were removed last, on the monotonic clock. */
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(parts: MachineStateKeysParts) {
    this.#parts = parts;
  }

  async read(): Promise<StateKey> {
    this.#key ??= await loadMachineKey(this.#folder());
    return { key: this.#key, now: this.#parts.clock.now() };
  }

  async use(id: string, expiresAt: number): Promise<'first' | 'used' | 'expired'> {
    if (expiresAt <= this.#parts.clock.now()) return 'expired';
    const folder = this.#folder();
    try {
      await writeFile(join(folder, `${Math.ceil(expiresAt)}.${id}.used`), '', { flag: 'wx', mode: 0o600 });
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return 'used';
      throw error;
    }
    await this.#sweep(folder).catch(() => {});
    return 'first';
  }

  /** A folder of its own, for this user alone. */
  #folder(): string {
    openStateDir(this.#parts.stateDir);
    const folder = join(this.#parts.stateDir, 'requests');
    makeFolder(folder, 0o700);
    return folder;
  }

  /** Removes the marks of states that have long expired. */
  async #sweep(folder: string): Promise<void> {
    const now = this.#parts.clock.monotonic();
    if (now - this.#sweptAt < sweepEveryMs) return;
    this.#sweptAt = now;
    const endedBefore = this.#parts.clock.now() - keptMs;
    for (const name of await readdir(folder)) {
      const [, expiresAt] = /^(\d+)\.[0-9a-f]+\.used$/.exec(name) ?? [];
      if (expiresAt !== undefined && Number(expiresAt) < endedBefore) await rm(join(folder, name), { force: true });
    }
  }
}
