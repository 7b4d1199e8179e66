import { randomBytes } from 'node:crypto';

/** Creates a random access token. */
export const newToken = (): string => randomBytes(24).toString('base64url');

/** Creates a unique id of a process that records runs. */
export const newProcessId = (): string => `${process.pid}-${randomBytes(6).toString('hex')}`;
