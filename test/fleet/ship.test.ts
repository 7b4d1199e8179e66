import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { anEvent, openLog } from '../event-log/events.ts';
import { PgBouncer, Postgres, skipWithoutDatabases } from '../support/postgres.ts';
import { makeFleetDatabase, withClient } from './fleet-server.ts';
import { startShipper, temporaryFolder } from './shippers.ts';

describe.skipIf(skipWithoutDatabases())('the events of a machine', () => {
  let server: Postgres;
  let pooler: PgBouncer;
  beforeAll(async () => {
    server = await Postgres.start();
    await makeFleetDatabase(server);
    pooler = await PgBouncer.start(server);
  });
  afterAll(async () => {
    await pooler?.close();
    await server?.close();
  });

  const as = <T>(role: string, sql: string, values: unknown[] = []) =>
    withClient(server.url(role, 'fleet'), async (client) => (await client.query(sql, values)).rows as T[]);

  it('are copied as they are in the log', async () => {
    const [memoryDir, stateDir] = [temporaryFolder('memory'), temporaryFolder('state')];
    const { log } = openLog(memoryDir);
    const at = new Date().toISOString();
    for (let n = 0; n < 1000; n += 1) log.append(anEvent({ timestamp: at, run_id: `run-${n}` }));
    const { warnings } = startShipper(pooler.url(), memoryDir, stateDir);
    await vi.waitFor(
      async () => {
        expect(warnings).toEqual([]);
        expect(await as('fleet_reader', 'select events from healflow.event_logs')).toEqual([{ events: '1000' }]);
      },
      { timeout: 10_000 },
    );
    expect(await as('fleet_reader', 'select count(*)::int as n from healflow.events')).toEqual([{ n: 1_000 }]);
  });
});
