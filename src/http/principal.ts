import { createHash } from 'node:crypto';

export interface PrincipalOptions {
  /**
   * Whether the server behind the proxy has verified the token. Only then do its claims identify a client. In front of a
   * server on stdio no one has, and a forged token must not open the session of another client.
   */
  readonly isVerified: boolean;
}

/**
 * Identifies a client by its credentials, of which only a digest is kept. A renewed JSON Web Token of the same issuer,
 * subject and client is the same principal if the server verifies tokens; else only the same header is.
 *
 * @param authorization The value of the header; undefined if the client sends none.
 */
export const principalOf = (authorization: string | undefined, { isVerified }: PrincipalOptions): string => {
  if (authorization === undefined) return '';
  const subject = isVerified ? subjectOf(authorization) : undefined;
  return createHash('sha256')
    .update(subject ?? authorization)
    .digest('base64');
};

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
