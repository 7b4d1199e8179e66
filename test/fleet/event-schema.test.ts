import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Postgres, skipWithoutDatabases } from '../support/postgres.ts';
import { makeFleetDatabase, withClient } from './fleet-server.ts';

const daysAgo = (days: number): number => Date.now() - days * 86_400_000;

describe.skipIf(skipWithoutDatabases())('the events in the database', () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await Postgres.start();
    await makeFleetDatabase(server);
    const admit = (role: string, space: string, kind: string) =>
      as('postgres', `create role ${role} login`).then(() =>
        as('postgres', 'select healflow.admit($1, $2, $3)', [role, space, kind]),
      );
    await admit('other_app', 'other', 'app');
    await admit('other_reader', 'other', 'reader');
    await admit('kept_app', 'kept', 'app');
    await admit('set_app', 'set', 'app');
  });
  afterAll(() => server?.close());

  const as = <T>(role: string, sql: string, values: unknown[] = []) =>
    withClient(server.url(role, 'fleet'), async (client) => (await client.query(sql, values)).rows as T[]);

  /** Appends events to a log, as its first batch by default. */
  const append = async (
    role: string,
    log: string,
    events: readonly Record<string, unknown>[],
    { days = 90, revision = 0, place = [] as unknown } = {},
  ) => {
    const rows = events.map((event) => ({ at: Date.now(), tool: 't', result: 'success', retry_count: 0, ...event }));
    const [row] = await as<Record<string, unknown>>(
      role,
      'select appended, revision::int, place from healflow.append_events($1, $2, $3, $4, 0, $5, $6, $7)',
      ['machine', log, revision, JSON.stringify(place), JSON.stringify(rows), Date.now(), days],
    );
    return row;
  };
  const aDayLater = () =>
    as('postgres', "update healflow.retention set enforced_at = enforced_at - interval '25 hours'");
  const idsIn = async (space: string): Promise<string[]> =>
    (await as<{ id: string }>('postgres', 'select id from healflow.event where space = $1 order by id', [space])).map(
      ({ id }) => id,
    );

  it('are appended only by a process that knows the last batch', async () => {
    const [first, second] = [[{ offset: 1 }], [{ offset: 2 }]];
    expect(await append('fleet_app', 'turns', [{ id: 'a' }], { place: first })).toMatchObject({ appended: true });
    const late = await append('fleet_app', 'turns', [{ id: 'late' }], { place: second });
    expect(late).toEqual({ appended: false, revision: 1, place: first });
    expect(await append('fleet_app', 'turns', [{ id: 'b' }], { revision: 1, place: second })).toEqual({
      appended: true,
      revision: 2,
      place: second,
    });
    expect(await append('fleet_app', 'unknown', [{ id: 'c' }], { revision: 5 })).toEqual({
      appended: false,
      revision: 0,
      place: null,
    });
    expect(await idsIn('team')).toEqual(['a', 'b']);
  });

  it('are appended by one of twenty that try at once', async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, n) => append('fleet_app', 'race', [{ id: `race-${n}` }])),
    );
    expect(all.filter((row) => row?.appended)).toHaveLength(1);
    expect((await idsIn('team')).filter((id) => id.startsWith('race-'))).toHaveLength(1);
  });

  it('get a month from each of many machines at once', async () => {
    const months = [70, 40, 10];
    await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        append(
          'fleet_app',
          `month-${n}`,
          months.map((days) => ({ id: `m-${n}-${days}`, at: daysAgo(days) })),
        ),
      ),
    );
    expect((await idsIn('team')).filter((id) => id.startsWith('m-'))).toHaveLength(36);
  });

  it('are there beside one that does not fit', async () => {
    const bad = [{ id: 'b1', result: 'other' }, { id: 'c'.repeat(65) }, { id: 'b2', tool: null }, { id: null }];
    const row = await append('fleet_app', 'beside', [{ id: 'fits' }, ...bad, { id: 'fits-too' }]);
    expect(row).toMatchObject({ appended: true });
    expect((await idsIn('team')).filter((id) => /^(fits|b|c)/.test(id))).toEqual(['b', 'fits', 'fits-too']);
  });

  it('are gone after the retention: whole months, of one space only', async () => {
    await append(
      'other_app',
      'one',
      [1, 100, 300, 400].map((days) => ({ id: `d${days}`, at: daysAgo(days) })),
      { days: 350 },
    );
    // What is older than the retention does not get in.
    expect(await idsIn('other')).toEqual(['d1', 'd100', 'd300']);
    await append('fleet_app', 'one', [{ id: 'd300', at: daysAgo(300) }], { days: 350 });
    await append('other_app', 'two', [], { days: 90 });
    expect(await idsIn('other')).toEqual(['d1', 'd100', 'd300']);
    await aDayLater();
    await append('other_app', 'one', [], { days: 200, revision: 1 });
    expect(await idsIn('other')).toEqual(['d1', 'd100']);
    expect(await idsIn('team')).toContain('d300');
  });

  it('are kept for as long as the log of their space that asks for the longest', async () => {
    await append('kept_app', 'long', [{ id: 'k300', at: daysAgo(300) }], { days: 350 });
    await aDayLater();
    await append('kept_app', 'short', [{ id: 'k200', at: daysAgo(200) }], { days: 1 });
    expect(await idsIn('kept')).toEqual(['k200', 'k300']);
    // A log that has copied nothing for as long as it asked for has nothing left to keep.
    await as('postgres', "update healflow.event_log set updated_at = now() - interval '351 days' where log = 'long'");
    await aDayLater();
    await append('kept_app', 'short', [], { days: 250, revision: 1 });
    expect(await idsIn('kept')).toEqual(['k200']);
  });

  it('are kept for as long as an administrator has set, whatever the machines ask for', async () => {
    await as('postgres', "select healflow.set_retention('set', 150)");
    await append(
      'set_app',
      'long',
      [
        { id: 's100', at: daysAgo(100) },
        { id: 's300', at: daysAgo(300) },
      ],
      { days: 350 },
    );
    await append('set_app', 'short', [], { days: 1 });
    expect(await idsIn('set')).toEqual(['s100']);
    await as('postgres', "select healflow.set_retention('set', 30)");
    await aDayLater();
    await append('set_app', 'short', [], { days: 350, revision: 1 });
    expect(await idsIn('set')).toEqual([]);
    await as('postgres', "select healflow.set_retention('set', null)");
    await append('set_app', 'more', [{ id: 's200', at: daysAgo(200) }], { days: 1 });
    expect(await idsIn('set')).toEqual(['s200']);
  });

  it('are copied on while a month is in use that should be dropped', async () => {
    await append('other_app', 'busy', [{ id: 'busy', at: daysAgo(300) }], { days: 350 });
    await withClient(server.url('postgres', 'fleet'), async (client) => {
      await client.query("begin; select * from healflow.event where space = 'other'");
      await aDayLater();
      expect(await append('other_app', 'busy', [{ id: 'after' }], { days: 200, revision: 1 })).toMatchObject({
        appended: true,
      });
      await client.query('rollback');
    });
    expect(await idsIn('other')).toEqual(expect.arrayContaining(['after', 'busy']));
  });

  it('are seen by the readers of their space only', async () => {
    expect(await as('other_reader', "select id from healflow.events where id = 'a'")).toEqual([]);
    expect(await as('other_reader', "select log from healflow.event_logs where log = 'turns'")).toEqual([]);
    expect(await as('fleet_reader', "select id from healflow.events where id = 'a'")).toEqual([{ id: 'a' }]);
    expect(await as('fleet_reader', "select log, events from healflow.event_logs where log = 'turns'")).toEqual([
      { log: 'turns', events: '2' },
    ]);
  });

  it.each([
    ['fleet_app', 'select * from healflow.event'],
    ['fleet_app', 'select * from healflow.events'],
    ['fleet_app', 'update healflow.event_log set revision = 7'],
    ['fleet_app', "select healflow.drop_events('team', now())"],
    ['fleet_app', "select healflow.make_event_partition('other', now()::timestamp)"],
    ['fleet_app', "select healflow.insert_events('other', 'm', 'l', now(), 0, 0, '[]')"],
    ['fleet_reader', "select healflow.append_events('m', 'l', 0, '[]', 0, '[]', 0, 90)"],
    ['fleet_reader', 'select * from healflow.event'],
    ['fleet_reader', 'delete from healflow.events'],
  ])('do not let %s: %s', async (role, sql) => {
    await expect(as(role, sql)).rejects.toMatchObject({ code: '42501' });
  });

  it('do not let a process read a month past its space', async () => {
    const [part] = await as<{ name: string }>(
      'postgres',
      "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'healflow.event'::regclass limit 1",
    );
    for (const role of ['fleet_app', 'fleet_reader']) {
      await expect(as(role, `select * from ${part?.name}`)).rejects.toMatchObject({ code: '42501' });
    }
  });

  it('are found by time and by tool with an index, in the months that are asked for', async () => {
    const usual = Array.from({ length: 1_000 }, (_, n) => ({ id: `i${n}`, tool: n === 7 ? 'rare' : 'usual' }));
    await append('fleet_app', 'index', usual);
    await as('postgres', 'analyze healflow.event');
    const plan = async (condition: string): Promise<string> =>
      (await as<object>('fleet_reader', `explain (analyze) select * from healflow.events where ${condition}`))
        .flatMap((row) => Object.values(row))
        .join('\n');
    expect(await plan("at > now() - interval '1 hour'")).toMatch(/Subplans Removed: [1-9]/);
    expect(await plan("tool = 'rare' and at > now() - interval '1 hour'")).toMatch(/Index Cond: .*tool = 'rare'/);
  });
});
