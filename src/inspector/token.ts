import { randomBytes } from 'node:crypto';

/** Characters that nobody can guess, to open a page with. */
export const newToken = (): string => randomBytes(24).toString('base64url');

/** The name of a process among those that collect runs, unlike all others. */
export const newProcessId = (): string => `${process.pid}-${randomBytes(6).toString('hex')}`;
