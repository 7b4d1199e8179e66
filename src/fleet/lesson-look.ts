import { join } from 'node:path';
import { readRegularFile } from '../platform/regular-file.ts';
import { replaceFileUnsynced } from '../platform/replace-file.ts';
import { digest, uniqueId } from '../sharing/identity.ts';
import type { MachineLockStore } from '../sharing/machine-lock-store.ts';
import { openStateDir } from '../sharing/state-dir.ts';
import { isRecord } from '../text/is-record.ts';

/** When a machine asks the database for its lessons. Times are in ms since the epoch, by the clock of the machine. */
export interface LookState {
  /** When it is due again; 0 if it never was asked. */
  readonly nextAt: number;
  /** Whether the last one was in vain. */
  readonly isLost: boolean;
  /** All that was moved down before this time has been told to the database. */
  readonly toldAt: number;
}

export const neverLooked: LookState = { nextAt: 0, isLost: false, toldAt: 0 };

/** Of all processes of a machine, one at a time asks the database for the lessons. */
export interface LookTurns {
  /** Never throws. */
  read(): LookState;
  /** Never rejects. */
  write(state: LookState): Promise<void>;
  /** Resolves with the turn, or null while another process has it. Never rejects. */
  take(): Promise<LookTurn | null>;
}

export interface LookTurn {
  end(): Promise<void>;
}

const maxBytes = 1_024;
/** After this long without a sign the holder of the turn counts as frozen. Two that ask do no harm. */
const turnLimitMs = 20_000;

const alone: LookTurn = { end: async () => {} };

/** The same in files of the state folder. If they cannot be written, each process asks for itself, as rarely. */
export class FileLookTurns implements LookTurns {
  readonly #stateDir: string;
  readonly #path: string;
  readonly #lock: string;
  readonly #locks: Pick<MachineLockStore, 'take'>;
  #own: LookState | undefined;

  /** @param fleet Names the database. */
  constructor(stateDir: string, fleet: string, locks: Pick<MachineLockStore, 'take'>) {
    this.#stateDir = stateDir;
    this.#path = join(stateDir, `${fleet}.looked`);
    this.#lock = digest({ database: fleet, look: 'lessons' });
    this.#locks = locks;
  }

  read(): LookState {
    if (this.#own !== undefined) return this.#own;
    try {
      const value: unknown = JSON.parse(readRegularFile(this.#path, maxBytes).text ?? '');
      if (!isRecord(value)) return neverLooked;
      const { nextAt, isLost, toldAt } = value;
      if (typeof nextAt !== 'number' || typeof toldAt !== 'number') return neverLooked;
      return { nextAt, isLost: isLost === true, toldAt };
    } catch {
      return neverLooked;
    }
  }

  async write(state: LookState): Promise<void> {
    try {
      openStateDir(this.#stateDir);
      await replaceFileUnsynced(this.#path, `${JSON.stringify(state)}\n`, uniqueId());
      this.#own = undefined;
    } catch {
      this.#own = state;
    }
  }

  async take(): Promise<LookTurn | null> {
    try {
      const lease = await this.#locks.take({
        key: 'fleet:lessons',
        identity: this.#lock,
        exclusive: this.#lock,
        limitMs: turnLimitMs,
      });
      if (!lease.busy) return lease;
      return lease.overdue ? alone : null;
    } catch {
      return alone;
    }
  }
}
