/** The code of a system error, such as `ENOENT`; undefined if it has none. */
export const errorCode = (error: unknown): string | undefined =>
  (error as NodeJS.ErrnoException | null | undefined)?.code;

/** Whether an error says that a file does not exist. */
export const isNotFound = (error: unknown): boolean => errorCode(error) === 'ENOENT';

/** Whether an error says that a path does not exist: a parent folder may be missing, or be a file. */
export const isPathNotFound = (error: unknown): boolean => isNotFound(error) || errorCode(error) === 'ENOTDIR';
