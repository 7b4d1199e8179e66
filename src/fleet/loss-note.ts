import { rm } from 'node:fs/promises';
import { readRegularFile } from '../platform/regular-file.ts';
import { replaceFileUnsynced } from '../platform/replace-file.ts';
import { uniqueId } from '../sharing/identity.ts';
import { isRecord } from '../text/is-record.ts';

/** A database that a process of this machine has waited for in vain. Times are in ms since the epoch. */
export interface LossRecord {
  /** Since when it has not responded. */
  readonly askedAt: number;
  /** When it was given up. */
  readonly lostAt: number;
}

/** What the processes of a machine tell each other, so that not each of them waits, one after the other. */
export interface LossNote {
  /** Null if there is none. Never throws. */
  read(): LossRecord | null;
  /** Never rejects. */
  write(loss: LossRecord): Promise<void>;
  /** Never rejects. */
  clear(): Promise<void>;
}

const maxBytes = 1_024;

/** A note in a file. If it cannot be written, each process waits for itself. */
export class FileLossNote implements LossNote {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  read(): LossRecord | null {
    try {
      const value: unknown = JSON.parse(readRegularFile(this.#path, maxBytes).text ?? '');
      if (!isRecord(value)) return null;
      const { askedAt, lostAt } = value;
      return typeof askedAt === 'number' && typeof lostAt === 'number' ? { askedAt, lostAt } : null;
    } catch {
      return null;
    }
  }

  write(loss: LossRecord): Promise<void> {
    return replaceFileUnsynced(this.#path, `${JSON.stringify(loss)}\n`, uniqueId()).catch(() => {});
  }

  clear(): Promise<void> {
    return rm(this.#path, { force: true }).catch(() => {});
  }
}
