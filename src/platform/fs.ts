import { lstatSync, type StatSyncFn } from 'node:fs';

/** The code of a system error, such as `ENOENT`; undefined if it has none. */
export const errorCode = (error: unknown): string | undefined =>
  (error as NodeJS.ErrnoException | null | undefined)?.code;

/** Whether an error says that a file does not exist. */
export const isNotFound = (error: unknown): boolean => errorCode(error) === 'ENOENT';

/** Whether an error says that a path does not exist: a parent folder may be missing, or be a file. */
export const isPathNotFound = (error: unknown): boolean => isNotFound(error) || errorCode(error) === 'ENOTDIR';

/**
 * What tells that a file or folder has changed: its number, size and times; empty if there is none, and the code of the error if it
 * cannot be looked at. Never throws.
 *
 * @param look `statSync` follows a link. @default lstatSync
 */
export const fileStamp = (path: string, look: StatSyncFn = lstatSync): string => {
  try {
    const stats = look(path, { throwIfNoEntry: false });
    return stats === undefined ? '' : `${stats.ino}:${stats.size}:${stats.mtimeMs}:${stats.ctimeMs}`;
  } catch (error) {
    return errorCode(error) ?? 'unreadable';
  }
};
