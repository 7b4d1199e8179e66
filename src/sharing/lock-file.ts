import { link, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode, isNotFound } from '../platform/fs.ts';
import type { MachineIdentity, ProcessIdentity } from '../platform/process-identity.ts';
import { readRegularFile } from '../platform/regular-file.ts';

/** The holder as recorded in a lock file. */
export interface LockRecord extends ProcessIdentity, MachineIdentity {
  /** Unlike that of any other lock, ever. */
  readonly id: string;
  /** The purpose, for people. */
  readonly key: string;
  /** When it was taken, in ms since the epoch. */
  readonly since: number;
  readonly limitMs: number | null;
  /** The process that does the holder's work, once there is one. */
  readonly worker: ProcessIdentity | null;
}

/** The content of a lock file; `record` is null if no holder wrote it. */
export interface LockSnapshot {
  readonly id: string;
  readonly record: LockRecord | null;
  /** When it was written, by the clock of the file system. */
  readonly writtenAt: number;
}

export interface LockParts {
  /** Makes the record of a lock that this process takes, with an id of its own. */
  readonly sign: () => LockRecord;
  /** Whether the holder certainly still is at work. Asked before anything is written: most that wait only look. */
  readonly isAtWork: (record: LockRecord) => Promise<boolean>;
  /**
   * Whether the holder is gone.
   *
   * @param ageMs How long ago the lock was written, by the clock of the file system.
   */
  readonly isGone: (record: LockRecord, ageMs: number) => Promise<boolean>;
  /** Ends what a dead holder has left running; false if it goes on. */
  readonly clear: (record: LockRecord) => Promise<boolean>;
}

const maxRecordBytes = 8_192;

const isText = (value: unknown): value is string => typeof value === 'string';
const isTextOrNull = (value: unknown): boolean => value === null || isText(value);
const isPid = (value: unknown): boolean => Number.isInteger(value) && (value as number) > 0;

/** Reads a record. What an older version did not write is unknown. */
const recordIn = (text: string): LockRecord | null => {
  let value: Record<string, unknown> | null;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const {
    id,
    key,
    pid,
    start = null,
    boot = null,
    space = null,
    host = '',
    since,
    limitMs = null,
    worker = null,
  } = value;
  const whole =
    isText(id) &&
    /^[0-9a-f]{16}$/.test(id) &&
    isText(key) &&
    isPid(pid) &&
    [start, boot, space].every(isTextOrNull) &&
    isText(host) &&
    typeof since === 'number' &&
    (limitMs === null || typeof limitMs === 'number') &&
    (worker === null || (typeof worker === 'object' && isPid((worker as ProcessIdentity).pid)));
  return whole ? ({ ...value, start, boot, space, host, limitMs, worker } as unknown as LockRecord) : null;
};

/**
 * Reads a lock file; null if there is none. A file that is not a lock gets an id from its metadata. Throws if there is
 * something else than a file.
 */
export const readLock = (path: string): LockSnapshot | null => {
  try {
    const { text, stats } = readRegularFile(path, maxRecordBytes);
    const { ino, size, mtimeMs } = stats;
    const record = text === undefined ? null : recordIn(text);
    return { id: record?.id ?? `damaged-${ino}-${size}-${Math.round(mtimeMs * 1_000)}`, record, writtenAt: mtimeMs };
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
};

/** Writes a record to a file of its own beside the lock, for a link or a rename: no one ever sees half of it. */
const withDraft = async <T>(path: string, record: LockRecord, use: (draft: string) => Promise<T>): Promise<T> => {
  const draft = `${path}.${record.id}.draft`;
  try {
    await writeFile(draft, JSON.stringify(record), { mode: 0o600 });
    return await use(draft);
  } finally {
    await unlink(draft).catch(() => {});
  }
};

/**
 * Creates the lock with this record. link(2) is the step that only one process can win. If the lock exists, resolves with
 * the time by the clock of the file system.
 */
const place = (path: string, record: LockRecord): Promise<true | number> =>
  withDraft(path, record, async (draft) => {
    try {
      await link(draft, path);
      return true;
    } catch (error) {
      const { nlink, mtimeMs } = await stat(draft);
      // On a network file system the response may be lost although the link exists. open(2), under O_EXCL
      if (nlink === 2) return true;
      if (errorCode(error) === 'EEXIST') return mtimeMs;
      throw error;
    }
  });

/** Replaces the record in one step. Only for the holder or the owner of the claim. */
export const replaceLock = (path: string, record: LockRecord): Promise<void> =>
  withDraft(path, record, (draft) => rename(draft, path));

/** Removes the lock if it has this id. */
export const dropLock = async (path: string, id: string): Promise<void> => {
  if (readLock(path)?.id === id) await unlink(path);
};

/**
 * The result of an attempt to take a lock: our record in it, or the holder's and its age by the clock of the file system; each is null
 * if it is unknown, the age also if the holder was seen at work.
 */
export type Take =
  | { readonly taken: true; readonly record: LockRecord }
  | { readonly taken: false; readonly record: LockRecord | null; readonly ageMs: number | null };

/** How often a lock may change between two reads before we give way to the others. */
const maxReads = 20;

/**
 * Takes a lock if it is free or its holder is gone.
 *
 * Two processes may see the same dead holder. Which of them replaces it is settled by a lock on just that: a claim,
 * named after the dead holder's id. The owner of the claim checks once more whether that id is still in the lock, and if
 * it is, no one else can change it: its owner is gone, and there is one claim. The claim of a process that dies in the
 * meantime is taken over in the same way.
 */
export const takeLock = async (path: string, parts: LockParts): Promise<Take> => {
  const found = readLock(path)?.record ?? null;
  if (found !== null && (await parts.isAtWork(found))) return { taken: false, record: found, ageMs: null };
  const own = parts.sign();
  for (let look = 0; look < maxReads; look += 1) {
    const placed = await place(path, own);
    if (placed === true) return { taken: true, record: own };
    const seen = readLock(path);
    if (seen === null) continue;
    const ageMs = placed - seen.writtenAt;
    const held: Take = { taken: false, record: seen.record, ageMs };
    if (seen.record !== null && !(await parts.isGone(seen.record, ageMs))) return held;
    const claimPath = join(dirname(path), `${seen.id}.claim`);
    const claim = await takeLock(claimPath, { ...parts, clear: async () => true });
    if (!claim.taken) return held;
    try {
      if (readLock(path)?.id !== seen.id) continue;
      if (seen.record !== null && !(await parts.clear(seen.record))) return held;
      await replaceLock(path, own);
      return { taken: true, record: own };
    } finally {
      await dropLock(claimPath, claim.record.id);
    }
  }
  return { taken: false, record: null, ageMs: null };
};
