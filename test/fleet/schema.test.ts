import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate, shippedMigrations } from '../../src/fleet/migrate.ts';
import { Postgres, skipWithoutDatabases } from '../support/postgres.ts';
import { makeFleetDatabase, withClient } from './fleet-server.ts';

describe('the shipped migrations', () => {
  it('are numbered from 1, without a gap', () => {
    const migrations = shippedMigrations();
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1));
  });
});

describe.skipIf(skipWithoutDatabases())('the schema', () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await Postgres.start();
    await makeFleetDatabase(server);
  });
  afterAll(() => server?.close());

  const as = <T>(role: string, sql: string, values: unknown[] = []) =>
    withClient(server.url(role, 'fleet'), async (client) => (await client.query(sql, values)).rows as T[]);
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      (error) => error.code,
    );

  it('is made once, also by two at the same time', async () => {
    await withClient(server.url(), (client) => client.query('create database twice'));
    const url = server.url('postgres', 'twice');
    const [a, b] = await Promise.all([withClient(url, (one) => migrate(one)), withClient(url, (one) => migrate(one))]);
    const newest = shippedMigrations().at(-1)?.version;
    expect(a.applied.length + b.applied.length).toBe(shippedMigrations().length);
    expect([a.to, b.to]).toEqual([newest, newest]);
    expect(await withClient(url, (one) => migrate(one))).toEqual({ applied: [], from: newest, to: newest });
  });

  it('leaves nothing of a migration that fails', async () => {
    await withClient(server.url(), (client) => client.query('create database torn'));
    const url = server.url('postgres', 'torn');
    const next = shippedMigrations().length + 1;
    const bad = { version: next, name: 'bad', sql: 'create table healflow.extra (a int); select 1 / 0;' };
    await expect(withClient(url, (one) => migrate(one, [...shippedMigrations(), bad]))).rejects.toThrow(
      'division by zero',
    );
    const found = await withClient(url, (one) => one.query("select to_regclass('healflow.extra') as extra"));
    expect(found.rows).toEqual([{ extra: null }]);
    expect(await withClient(url, (one) => migrate(one))).toMatchObject({ applied: [], from: next - 1 });
  });

  it('tells a process its space and the time', async () => {
    const [row] = await as<object>('fleet_app', "select * from healflow.hello('machine', 'host', '0')");
    expect(row).toEqual({ schema_version: shippedMigrations().length, space: 'team', now_ms: expect.any(Number) });
  });

  it.each([
    ['read a table', 'select * from healflow.history'],
    ['write a table', 'delete from healflow.lease'],
    ['read the spaces', 'select * from healflow.tenant'],
    ['read a view of the readers', 'select * from healflow.leases'],
    ['ask for the space of another role', "select healflow.tenant('fleet_reader')"],
    ['change its space', "select healflow.admit('fleet_app', 'other')"],
    ['become the owner', 'set role healflow_owner'],
    ['become an approver', 'set role healflow_approver'],
    ['make a table in the schema', 'create table healflow.mine (a int)'],
    ['make a function in the schema', "create function healflow.mine() returns int language sql as 'select 1'"],
  ])('does not let a process %s', async (_title, sql) => {
    expect(await codeOf(as('fleet_app', sql))).toBe('42501');
  });

  it('does not let a reader call what processes call', async () => {
    expect(await codeOf(as('fleet_reader', "select healflow.hello('m', 'h', '0')"))).toBe('42501');
  });

  it('gives a role without a space nothing, and says what to do', async () => {
    await as('postgres', 'create role stranger login in role healflow_app');
    await expect(as('stranger', "select healflow.hello('m', 'h', '0')")).rejects.toMatchObject({
      code: '42501',
      hint: "An administrator runs: select healflow.admit('stranger', 'SPACE');",
    });
  });

  it('keeps spaces apart: leases, histories and machines', async () => {
    await as('postgres', 'create role other_app login');
    await as('postgres', "select healflow.admit('other_app', 'other')");
    const take = "select healflow.begin_lease('lock', $1, 'key', 'machine', 'holder', 1000)";
    const write = "select healflow.write_history('lock', $1, 'fix', 'key', $2) as written";
    await as('fleet_app', take, ['first']);
    await as('other_app', take, ['second']);
    expect(await as('fleet_app', write, ['first', '{"starts":[1]}'])).toEqual([{ written: true }]);
    expect(await as('other_app', write, ['first', '{"starts":[2]}'])).toEqual([{ written: false }]);
    expect(await as('other_app', "select id, history from healflow.look_at_lease('lock', 'fix')")).toEqual([
      { id: 'second', history: null },
    ]);
    expect(await as('fleet_reader', 'select lock, id from healflow.leases')).toEqual([{ lock: 'lock', id: 'first' }]);
  });

  describe('a lease whose lock is free although its run has not ended', () => {
    const begin = (lock: string, limitMs = 60_000) =>
      as('fleet_app', "select healflow.begin_lease($1, 'first', 'key', 'machine', 'holder', $2)", [lock, limitMs]);
    const takes = async (lock: string, graceMs: number) =>
      (
        await as<{ taken: boolean }>('fleet_app', "select taken from healflow.try_lease($1, 'fix', $2)", [
          lock,
          graceMs,
        ])
      )[0]?.taken;

    it('is noted first, and taken after the grace', async () => {
      await begin('grace');
      expect([await takes('grace', 0), await takes('grace', 600_000), await takes('grace', 0)]).toEqual([
        false,
        false,
        true,
      ]);
    });

    it('is its holder’s again if that comes back, and the grace begins once more', async () => {
      await begin('back');
      expect(await takes('back', 0)).toBe(false);
      const retaken = "select retaken, lost from healflow.retake_lease('back', $1)";
      expect(await as('fleet_app', retaken, ['second'])).toEqual([{ retaken: false, lost: true }]);
      expect(await as('fleet_app', retaken, ['first'])).toEqual([{ retaken: true, lost: false }]);
      expect(await as('fleet_app', "select healflow.continue_lease('back', 'first') as ours")).toEqual([
        { ours: true },
      ]);
      expect([await takes('back', 0), await takes('back', 0)]).toEqual([false, true]);
    });

    it('is left to its holder after a restart of the server, until its run must have ended', async () => {
      await begin('restart');
      const age = (column: string) =>
        withClient(server.url('postgres', 'fleet'), (client) =>
          client.query(`update healflow.lease set ${column} = now() - interval '1 day' where lock = 'restart'`),
        );
      await age('since');
      expect([await takes('restart', 0), await takes('restart', 0)]).toEqual([false, false]);
      await age('until');
      expect(await takes('restart', 0)).toBe(true);
    });

    it('is free at once if its run has ended', async () => {
      await begin('ended');
      expect(await as('fleet_app', "select healflow.end_lease('ended', 'first') as ended")).toEqual([{ ended: true }]);
      expect(await takes('ended', 600_000)).toBe(true);
    });
  });

  it('gives a login role short time-outs', async () => {
    expect(await as('fleet_app', 'show statement_timeout')).toEqual([{ statement_timeout: '5s' }]);
  });
});
