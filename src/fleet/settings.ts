import { readFileSync } from 'node:fs';
import { isVariableName } from '../config/literal-secrets.ts';
import { errorText } from '../text/error-text.ts';

/** How the database of a fleet is reached. */
export interface DatabaseSettings {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string | undefined;
  /** The certificates to trust, or those of the system; null for a connection without TLS, which only loopback has. */
  readonly tls: { readonly ca: string | undefined } | null;
}

/** Whether the host is this machine: a name or address of the loopback interface, or the folder of a Unix socket. */
const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host.startsWith('/') || /^127\.\d+\.\d+\.\d+$/.test(host);

const modes = ['require', 'verify-ca', 'verify-full'];

/** Decides about TLS. All modes of libpq that encrypt verify here, too. */
const tlsOf = (host: string, mode: string | null, caFile: string | undefined): DatabaseSettings['tls'] => {
  if (mode !== null && mode !== 'disable' && !modes.includes(mode)) {
    throw new Error(`\`sslmode=${mode}\` is not supported: leave it out, which means verify-full`);
  }
  if (isLoopback(host) && (mode === null || mode === 'disable') && caFile === undefined) return null;
  if (mode === 'disable') {
    throw new Error(`\`sslmode=disable\` is allowed on this machine only, and the database is on ${host}`);
  }
  if (caFile === undefined) return { ca: undefined };
  let ca: string;
  try {
    ca = readFileSync(caFile, 'utf8');
  } catch (error) {
    throw new Error(`the file of \`fleet.caFile\` or --ca-file cannot be read: ${errorText(error)}`);
  }
  if (!/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/.test(ca)) {
    throw new Error('the file of `fleet.caFile` or --ca-file has no certificate in PEM format');
  }
  return { ca };
};

/**
 * Reads the URL of a database, as in `postgres://user:password@host:5432/database`. TLS is verified in full, unless the host is
 * this machine.
 *
 * @throws Error with a message that never contains the URL, which may hold a password.
 */
export const databaseSettings = (url: string, caFile?: string): DatabaseSettings => {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new Error('it is not a URL, as postgres://user:password@host:5432/database');
  }
  if (!['postgres:', 'postgresql:'].includes(parsed.protocol)) {
    throw new Error('its scheme is not postgres://');
  }
  const options = parsed.searchParams;
  const unknown = [...options.keys()].filter((name) => !['sslmode', 'host', 'application_name'].includes(name));
  if (unknown.length > 0) throw new Error(`its option \`${unknown[0]}\` is not supported`);
  const host = options.get('host') ?? decodeURIComponent(parsed.hostname.replace(/^\[(.*)\]$/, '$1'));
  if (host === '') throw new Error('it names no host');
  const user = decodeURIComponent(parsed.username);
  if (user === '') throw new Error('it names no user');
  return {
    host,
    port: parsed.port === '' ? 5432 : Number(parsed.port),
    database: decodeURIComponent(parsed.pathname.slice(1)) || user,
    user,
    password: parsed.password === '' ? undefined : decodeURIComponent(parsed.password),
    tls: tlsOf(host, options.get('sslmode'), caFile),
  };
};

/**
 * Reads the settings from the environment.
 *
 * @throws Error with a message for people, without the URL.
 */
export const settingsFrom = (
  { urlEnv, caFile }: { readonly urlEnv: string; readonly caFile?: string | undefined },
  env: NodeJS.ProcessEnv,
): DatabaseSettings => {
  const url = env[urlEnv];
  if (!isVariableName(urlEnv, env)) {
    throw new Error(
      "expected the name of the environment variable with the URL of the fleet's database, not the URL itself",
    );
  }
  if (url === undefined || url === '') {
    throw new Error(`the environment variable ${urlEnv} with the URL of the fleet's database is not set`);
  }
  try {
    return databaseSettings(url, caFile);
  } catch (error) {
    throw new Error(`the URL in ${urlEnv} cannot be used: ${errorText(error)}`);
  }
};
