import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { FleetDatabase } from '../../src/fleet/database.ts';
import { FleetDatabaseError } from '../../src/fleet/database-error.ts';
import { databaseSettings } from '../../src/fleet/settings.ts';
import { PgSlotDatabase } from '../../src/fleet/slots.ts';
import type { Clock } from '../../src/model/clock.ts';
import { skipWithoutDatabases } from '../support/postgres.ts';
import { makeFleetDatabase, useFleetServer, withClient } from './fleet-server.ts';

const machine = { id: 'machine', host: 'host', version: '0' };
const open = (url: string, clock: Clock = systemClock) =>
  new FleetDatabase({ settings: () => databaseSettings(url), clock, machine });
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error) => error,
  );
const now = 'select healflow.ms(clock_timestamp()) as now_ms';
const space = 'select healflow.space() as space, extract(epoch from clock_timestamp()) * 1000 :: float8 as now_ms';

describe.skipIf(skipWithoutDatabases())('the connection to the database of a fleet', () => {
  const running = useFleetServer();

  const appBackends = () =>
    withClient(running.server.url(), async (client) => {
      const { rows } = await client.query(
        "select count(*)::int as n from pg_stat_activity where usename = 'fleet_app' and datname = 'quiet'",
      );
      return rows[0].n as number;
    });

  it.each([
    ['directly', () => running.server.url('fleet_app', 'fleet')],
    ['through a pooler', () => running.pooler.url()],
  ])('sends statements %s, and measures the clock', async (_title, url) => {
    const ahead: Clock = { ...systemClock, now: () => systemClock.now() + 600_000 };
    const [a, b] = [open(url()), open(url(), ahead)];
    const [first, second] = [await a.query<{ space: string }>(space, []), await b.query(space, [])];
    expect(first.row.space).toBe('team');
    expect(a.space).toBe('team');
    expect(Math.abs(second.aheadMs - first.aheadMs + 600_000)).toBeLessThan(1_000);
    await Promise.all([a.close(), b.close()]);
  });

  it('tells whether it is reached with each statement', async () => {
    const heard: boolean[] = [];
    const meter = { reached: (isReachable: boolean) => heard.push(isReachable) };
    const databases = [running.server.url('fleet_app', 'fleet'), 'postgres://fleet_app@127.0.0.1:1/fleet'].map(
      (url) => new FleetDatabase({ settings: () => databaseSettings(url), clock: systemClock, machine: null, meter }),
    );
    for (const database of databases) await failureOf(database.query(space, []));
    expect(heard).toEqual([true, false]);
    for (const database of databases) await database.close();
  });

  it('is reached, too, if it responds with an error or has another schema', async () => {
    const heard: boolean[] = [];
    const meter = { reached: (isReachable: boolean) => heard.push(isReachable) };
    const database = new FleetDatabase({
      settings: () => databaseSettings(running.server.url('fleet_app', 'fleet')),
      clock: systemClock,
      machine: null,
      meter,
    });
    await expect(database.query('select * from healflow.leases', [])).rejects.toMatchObject({ failure: 'unusable' });
    await expect(database.query('select 1 / 0', [])).rejects.toThrow('division by zero');
    await expect(database.query('select pg_terminate_backend(pg_backend_pid())', [])).rejects.toThrow();
    expect(heard).toEqual([true, true, false]);
    await database.close();
  });

  it('closes idle connections', async () => {
    // A database of its own: the pooler keeps its connections.
    await makeFleetDatabase(running.server, 'quiet');
    const database = open(running.server.url('fleet_app', 'quiet'));
    await database.query(space, []);
    expect(await appBackends()).toBe(1);
    await vi.waitFor(async () => expect(await appBackends()).toBe(0), { timeout: 15_000, interval: 100 });
    await database.close();
  });

  it('does not hold back vacuum with an open transaction', async () => {
    const database = open(running.server.url('fleet_app', 'fleet'));
    const transaction = await database.transaction();
    await transaction.query('select * from healflow.try_lease($1, $2, 300)', ['vacuum', 'fix']);
    await transaction.simple('set local idle_in_transaction_session_timeout = 0');
    const { rows } = await withClient(running.server.url(), (client) =>
      client.query(
        "select backend_xmin, backend_xid from pg_stat_activity where usename = 'fleet_app' and state = 'idle in transaction'",
      ),
    );
    expect(rows).toEqual([{ backend_xmin: null, backend_xid: null }]);
    await transaction.end('rollback');
    await database.close();
  });

  it('has numbered locks, each for one at a time', async () => {
    const databases = [open(running.pooler.url()), open(running.server.url('fleet_app', 'fleet'))];
    const [here, there] = databases.map((database) => new PgSlotDatabase(database));
    const holds = [await here?.take('key', 2), await there?.take('key', 2)];
    expect(holds.map((hold) => hold !== null)).toEqual([true, true]);
    expect(await here?.take('key', 2)).toBeNull();
    const other = await here?.take('other key', 1);
    await holds[0]?.release();
    const next = await there?.take('key', 2);
    expect([other, next].map((hold) => hold !== null)).toEqual([true, true]);
    for (const hold of [other, next, holds[1]]) await hold?.release();
    await Promise.all(databases.map((database) => database.close()));
  });

  it('notices that a transaction breaks, and goes on with a new connection', async () => {
    const database = open(running.pooler.url());
    const transaction = await database.transaction();
    await transaction.query(space, []);
    await running.pooler.kill();
    await transaction.broken;
    await transaction.end('commit');
    expect(await failureOf(database.query(space, []))).toMatchObject({ failure: 'lost' });
    await running.pooler.start();
    expect((await database.query<{ space: string }>(space, [])).row.space).toBe('team');
    await database.close();
  });

  it.each([
    ['a server that is not there', () => 'postgres://app@127.0.0.1:1/fleet', 'lost', 'ECONNREFUSED'],
    [
      'a database without the schema',
      () => running.server.url('postgres', 'postgres'),
      'unusable',
      'healflow fleet migrate',
    ],
    ['a database that does not exist', () => running.server.url('postgres', 'nowhere'), 'unusable', 'does not exist'],
    ['a role without a space', () => running.server.url('postgres', 'fleet'), 'unusable', 'healflow.admit'],
  ])('says what is wrong with %s', async (_title, url, failure, text) => {
    const database = open(url());
    const error = await failureOf(database.query(now, []));
    expect(error).toBeInstanceOf(FleetDatabaseError);
    expect(error).toMatchObject({ failure, message: expect.stringContaining(text) });
    expect(database.answeredAt === null).toBe(true);
    await database.close();
  });

  it('works with later schemas of its major version only', async () => {
    await makeFleetDatabase(running.server, 'later');
    const version = (number: number) =>
      withClient(running.server.url('postgres', 'later'), (client) =>
        client.query('insert into healflow.migration (version, name) values ($1, $2)', [number, 'later']),
      );
    const url = running.server.url('fleet_app', 'later');
    await version(999);
    const database = open(url);
    await database.query(space, []);
    expect(database.schemaVersion).toBe(999);
    await database.close();
    await version(1_000);
    expect(await failureOf(open(url).query(space, []))).toMatchObject({
      failure: 'unusable',
      message: expect.stringContaining('version 1000'),
    });
  });
});
