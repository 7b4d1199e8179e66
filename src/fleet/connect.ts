import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import type { Client, ClientConfig, Pool } from 'pg';
import { errorCode } from '../platform/fs.ts';
import { BackgroundSocket } from './background-socket.ts';
import { FleetDatabaseError } from './database-error.ts';
import type { DatabaseSettings } from './settings.ts';

const connectTimeoutMs = 5_000;
/** A statement takes milliseconds; without a response for this long, its connection counts as broken. */
const statementTimeoutMs = 5_000;
const defaultIdleMs = 2_000;
const maxConnections = 20;

/** Loads the optional package. */
const loadPg = async (): Promise<Pick<typeof import('pg'), 'Client' | 'Pool'>> => {
  try {
    const { default: pg } = await import('pg');
    return pg;
  } catch (error) {
    if (errorCode(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new FleetDatabaseError('unusable', 'the package pg is not installed: npm install pg', { cause: error });
  }
};

const configOf = ({ host, port, database, user, password, tls }: DatabaseSettings): ClientConfig => ({
  host,
  port,
  database,
  user,
  ...(password === undefined ? {} : { password }),
  ssl:
    tls === null
      ? false
      : { ...tls, checkServerIdentity: (_: string, peer: PeerCertificate) => checkServerIdentity(host, peer) },
  application_name: 'healflow',
  connectionTimeoutMillis: connectTimeoutMs,
  keepAlive: true,
  keepAliveInitialDelayMillis: 5_000,
});

/**
 * Makes a pool of connections that closes idle ones, and keeps no process from ending while all are idle.
 *
 * @param options `background` lets the process end while they are in use, too, and breaks them when it aborts. `idleMs` is how
 *   long an idle one is kept.
 */
export const makePool = async (
  settings: DatabaseSettings,
  {
    background,
    idleMs = defaultIdleMs,
  }: { readonly background?: AbortSignal | undefined; readonly idleMs?: number | undefined },
): Promise<Pool> => {
  const pg = await loadPg();
  const pool = new pg.Pool({
    ...configOf(settings),
    // The timers of the package would keep the process.
    ...(background === undefined
      ? { query_timeout: statementTimeoutMs }
      : { stream: () => new BackgroundSocket(background), connectionTimeoutMillis: 0 }),
    idleTimeoutMillis: idleMs,
    max: maxConnections,
    allowExitOnIdle: true,
  });
  // A connection that breaks while it is idle is simply gone.
  pool.on('error', () => {});
  return pool;
};

/** Makes one connection, for statements that may take their time; the caller ends it. */
export const connectClient = async (settings: DatabaseSettings): Promise<Client> => {
  const pg = await loadPg();
  const client = new pg.Client(configOf(settings));
  client.on('error', () => {});
  await client.connect();
  return client;
};
