import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { migrate } from '../../dist/src/fleet/migrate.js';
import { fromTests } from './from-tests.mjs';

/** Connects, runs something, and closes the connection. */
export const withClient = async (url, run) => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end().catch(() => {});
  }
};

/** Waits until a server, or a pooler before it, takes statements. */
const answers = async (url) => {
  for (;;) {
    try {
      return await withClient(url, (client) => client.query('select 1'));
    } catch {
      await sleep(50);
    }
  }
};

/** Makes the database `fleet` with the schema of healflow, and its roles `fleet_app` and `fleet_approver`. */
export const prepareServer = async (server) => {
  await withClient(server.url(), (client) => client.query('create database fleet'));
  await withClient(server.url('postgres', 'fleet'), async (client) => {
    await migrate(client);
    for (const kind of ['app', 'approver']) {
      await client.query(`create role fleet_${kind} login`);
      await client.query('select healflow.admit($1, $2, $3)', [`fleet_${kind}`, 'team', kind]);
    }
  });
};

const countSql =
  "select count(*)::int as open from pg_stat_activity where usename = 'fleet_app' and backend_type = 'client backend'";

const makeDatabases = (server, pooler) => {
  // One connection, which survives no restart of the server; then there is another one.
  const pool = new pg.Pool({ connectionString: server.url('postgres', 'fleet'), max: 1, allowExitOnIdle: true });
  pool.on('error', () => {});
  const admin = async (sql, values = []) => (await pool.query(sql, values)).rows;
  return {
    server,
    pooler,
    url: pooler.url(),
    directUrl: server.url('fleet_app', 'fleet'),
    admin,
    /** Runs a statement as another role, on a connection of its own. */
    as: (role, sql, values = []) =>
      withClient(server.url(role, 'fleet'), async (client) => (await client.query(sql, values)).rows),
    /** Counts the backends of the fleet until the work is done; resolves with their maximum and the result of the work. */
    mostBackends: async (work) => {
      let [most, isOver] = [0, false];
      const watch = (async () => {
        while (!isOver) {
          const [{ open }] = await admin(countSql);
          most = Math.max(most, open);
          await sleep(100);
        }
      })();
      try {
        const result = await work();
        return { most, result };
      } finally {
        isOver = true;
        await watch;
      }
    },
    /** Waits until the pooler lets clients in: it refuses them for a moment after a login at the server has failed. */
    poolerAnswers: () => answers(pooler.url()),
    close: async () => {
      await pool.end().catch(() => {});
      await pooler.close();
      await server.close();
    },
  };
};

/**
 * Starts PostgreSQL and PgBouncer with the schema of a fleet; undefined, with the reason on stderr, if they are not installed.
 * `admin` runs a statement as the administrator.
 */
export const startDatabases = async () => {
  const { PgBouncer, Postgres, skipWithoutDatabases } = await fromTests('support/postgres.ts');
  if (skipWithoutDatabases()) return undefined;
  // Its statements would be counted.
  const server = await Postgres.start(() => ({ autovacuum: 'off' }));
  await prepareServer(server);
  return makeDatabases(server, await PgBouncer.start(server));
};
