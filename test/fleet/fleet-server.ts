import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { migrate } from '../../src/fleet/migrate.ts';
import { PgBouncer, Postgres } from '../support/postgres.ts';

/** Connects, runs something, and closes the connection. */
export const withClient = async <T>(url: string, run: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end().catch(() => {});
  }
};

/** Makes a database `fleet` with the schema, and one login role of each kind, in the space `team`: `fleet_app` and so on. */
export const makeFleetDatabase = async (server: Postgres, database = 'fleet'): Promise<void> => {
  await withClient(server.url(), async (client) => {
    await client.query(`create database ${database}`);
  });
  await withClient(server.url('postgres', database), async (client) => {
    await migrate(client);
    for (const kind of ['app', 'reader', 'approver']) {
      await client.query(
        `do $$ begin create role fleet_${kind} login; exception when duplicate_object then null; end $$`,
      );
      await client.query('select healflow.admit($1, $2, $3)', [`fleet_${kind}`, 'team', kind]);
    }
  });
};

/** Runs a server with the database `fleet`, and a pooler before it, while the tests of a file or of a `describe` run. */
export const useFleetServer = (): { readonly server: Postgres; readonly pooler: PgBouncer } => {
  let server: Postgres | undefined;
  let pooler: PgBouncer | undefined;
  const running = <T>(program: T | undefined): T => {
    if (program === undefined) throw new Error('the database runs only while tests do');
    return program;
  };
  beforeAll(async () => {
    server = await Postgres.start();
    await makeFleetDatabase(server);
    pooler = await PgBouncer.start(server);
  });
  afterAll(async () => {
    await pooler?.close();
    await server?.close();
  });
  return {
    get server() {
      return running(server);
    },
    get pooler() {
      return running(pooler);
    },
  };
};
