import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Whoever sends a request: as much of it as tells two senders apart, and nothing that would be a secret. */
export const principalOf = ({ headers: { authorization } }: IncomingMessage): string =>
  authorization === undefined ? '' : createHash('sha256').update(authorization).digest('base64url');

/** The id of a session, which nobody can guess. */
export const newSessionId = (): string => randomBytes(24).toString('base64url');
