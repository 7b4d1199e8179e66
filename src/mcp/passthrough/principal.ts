import { createHash } from 'node:crypto';
import { headerIn, type Pair } from './headers.ts';

/** What a client is known by: its credentials, of which only a digest is kept. */
export const principalOf = (headers: readonly Pair[]): string => {
  const given = headerIn(headers, 'authorization');
  return given === undefined
    ? ''
    : createHash('sha256')
        .update(subjectOf(given) ?? given)
        .digest('base64');
};

/** Whom a JSON Web Token speaks for: another token of the same one is the same client's. The server checks the token. */
const subjectOf = (authorization: string): string | undefined => {
  const claims = /^bearer +[\w-]+\.([\w-]+)\.[\w-]*$/i.exec(authorization)?.[1];
  if (claims === undefined) return undefined;
  try {
    const {
      iss,
      sub,
      client_id: client,
    } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>;
    return typeof iss === 'string' && typeof sub === 'string' ? JSON.stringify([iss, sub, client]) : undefined;
  } catch {
    return undefined;
  }
};
