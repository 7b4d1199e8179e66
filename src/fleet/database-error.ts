import { errorText } from '../text/error-text.ts';

/**
 * Why the database of a fleet did not do what was asked. `lost`: it cannot be reached now, or has no room now, so a later try may
 * succeed. `unusable`: it responded, and will respond so again, as without rights or with another schema.
 */
export type DatabaseFailure = 'lost' | 'unusable';

export class FleetDatabaseError extends Error {
  readonly failure: DatabaseFailure;

  constructor(failure: DatabaseFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

/** The SQLSTATE classes of errors that stay until somebody changes something. PostgreSQL documentation, appendix A */
const stays = /^(?:(?:0A|22|23|28|3D|3F|42)\w{3}|53400)$/;
/** Those of connections that broke, and of a server that is being started or ended: they say nothing of a statement. */
const breaks = /^(?:08|57P)/;

const advice: Readonly<Record<string, string>> = {
  '3F000': 'the database has no schema of healflow: run `healflow fleet migrate`',
  '42883': 'the schema of healflow in the database is too old: run `healflow fleet migrate`',
  '42P01': 'the schema of healflow in the database is too old: run `healflow fleet migrate`',
};

/** Codes of Node for a certificate whose issuer is not among those that are trusted. */
const unknownIssuer = /SELF_SIGNED|ISSUER_CERT|LEAF_SIGNATURE|CERT_UNTRUSTED/;
/** The others for a certificate that does not hold. */
const badCertificate = /^CERT_|^(?:INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH)$/;
/** What `pg` says if the server refuses TLS. It has no code. */
const noTls = 'The server does not support SSL connections';

/** What is wrong with the TLS of a server, and what to do; undefined if it is something else. Nothing was sent to it then. */
const tlsProblem = (code: unknown, text: string): string | undefined => {
  if (text === noTls) {
    return 'the database does not offer TLS, which only one on this machine may do without: set `ssl = on` in its postgresql.conf';
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `the certificate of the database is for another host: ${text}; its URL must have a name that is in the certificate`;
  }
  if (typeof code !== 'string') return undefined;
  if (unknownIssuer.test(code)) {
    return `the certificate of the database is not trusted: ${text}; name the certificate of its authority in \`fleet.caFile\` or with --ca-file`;
  }
  return badCertificate.test(code) ? `the certificate of the database is not valid: ${text}` : undefined;
};

/** Whether the server itself has responded with this error: only its errors have a severity; codes of Node may look alike. */
export const isFromServer = (error: unknown): boolean => {
  const { code, severity } = (error ?? {}) as { readonly code?: unknown; readonly severity?: unknown };
  return typeof code === 'string' && typeof severity === 'string' && !breaks.test(code);
};

/** Whether the role has no right to a statement. */
export const isForbidden = ({ cause }: FleetDatabaseError): boolean =>
  (cause as { readonly code?: unknown } | undefined)?.code === '42501';

/** Makes a failure of any error that a connection or a statement ended with. */
export const databaseError = (error: unknown): FleetDatabaseError => {
  if (error instanceof FleetDatabaseError) return error;
  const { code, hint } = (error ?? {}) as { readonly code?: unknown; readonly hint?: unknown };
  const tls = tlsProblem(code, errorText(error));
  if (tls !== undefined) return new FleetDatabaseError('unusable', tls, { cause: error });
  const failure = typeof code === 'string' && stays.test(code) ? 'unusable' : 'lost';
  const known = typeof code === 'string' ? advice[code] : undefined;
  const text = known ?? `${errorText(error)}${typeof hint === 'string' ? ` (${hint})` : ''}`;
  return new FleetDatabaseError(failure, text, { cause: error });
};
