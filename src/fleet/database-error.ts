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
const stays = /^(?:0A|22|23|28|3D|3F|42)\w{3}$/;

const advice: Readonly<Record<string, string>> = {
  '3F000': 'the database has no schema of healflow: run `healflow fleet migrate`',
  '42883': 'the schema of healflow in the database is too old: run `healflow fleet migrate`',
  '42P01': 'the schema of healflow in the database is too old: run `healflow fleet migrate`',
};

/** Makes a failure of any error that a connection or a statement ended with. */
export const databaseError = (error: unknown): FleetDatabaseError => {
  if (error instanceof FleetDatabaseError) return error;
  const { code, hint } = (error ?? {}) as { readonly code?: unknown; readonly hint?: unknown };
  const failure = typeof code === 'string' && stays.test(code) ? 'unusable' : 'lost';
  const known = typeof code === 'string' ? advice[code] : undefined;
  const text = known ?? `${errorText(error)}${typeof hint === 'string' ? ` (${hint})` : ''}`;
  return new FleetDatabaseError(failure, text, { cause: error });
};
