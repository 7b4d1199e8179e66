import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { migrate } from '../../dist/src/fleet/migrate.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Compiles what the tests have for real databases, and loads it. */
const loadSupport = async () => {
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'bench/fleet/tsconfig.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(2);
  return import('../../.cache/bench-fleet/postgres.js');
};

const withClient = async (url, run) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
};

/**
 * Starts PostgreSQL and PgBouncer with the schema of a fleet; undefined, with the reason on stderr, if they are not installed.
 * `admin` runs a statement as the administrator.
 */
export const startDatabases = async () => {
  const { PgBouncer, Postgres, skipWithoutDatabases } = await loadSupport();
  if (skipWithoutDatabases()) return undefined;
  const server = await Postgres.start();
  await withClient(server.url(), (client) => client.query('create database fleet'));
  const admin = (sql) => withClient(server.url('postgres', 'fleet'), async (client) => (await client.query(sql)).rows);
  await withClient(server.url('postgres', 'fleet'), migrate);
  await admin("create role fleet_app login; select healflow.admit('fleet_app', 'team')");
  const pooler = await PgBouncer.start(server);
  return {
    url: pooler.url(),
    admin,
    close: async () => {
      await pooler.close();
      await server.close();
    },
  };
};
