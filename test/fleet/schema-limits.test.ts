import { describe, expect, it } from 'vitest';
import { skipWithoutDatabases } from '../support/postgres.ts';
import { useFleetServer, withClient } from './fleet-server.ts';

const hourMs = 3_600_000;

describe.skipIf(skipWithoutDatabases())('the limits of the schema', () => {
  const running = useFleetServer();
  const as = async <T>(role: string, sql: string, values: unknown[] = []): Promise<T[]> =>
    withClient(running.server.url(role, 'fleet'), async (client) => (await client.query(sql, values)).rows);
  const use = async (id: string, expiresMs: number): Promise<string | undefined> => {
    const [row] = await as<{ outcome: string }>('fleet_app', 'select outcome from healflow.use_request_state($1, $2)', [
      id,
      expiresMs,
    ]);
    return row?.outcome;
  };
  const usedIds = async (): Promise<string[]> =>
    (await as<{ id: string }>('postgres', 'select id from healflow.used_request order by id')).map(({ id }) => id);

  it.each([
    ['in two days', Date.now() + 48 * hourMs],
    ['never', Number.POSITIVE_INFINITY],
    ['at no time', Number.NaN],
  ])('refuse the use of a state that ends %s, and keep nothing of it', async (_when, expiresMs) => {
    await expect(use('forged', expiresMs)).rejects.toMatchObject({ code: '22023' });
    expect(await usedIds()).not.toContain('forged');
  });

  it('accept a state of a question that is open for a day', async () => {
    expect(await use('a day', Date.now() + 24 * hourMs)).toBe('first');
    expect(await use('a day', Date.now() + 24 * hourMs)).toBe('used');
  });

  it('keep the use of a state for a minute after its end, in case another use of it began before', async () => {
    const insert = `insert into healflow.used_request (space, id, expires_at)
      values ('team', $1, clock_timestamp() - $2::interval)`;
    await as('postgres', insert, ['just ended', '10 seconds']);
    await as('postgres', insert, ['long ended', '2 minutes']);
    await use('next', Date.now() + hourMs);
    const left = await usedIds();
    expect(left).toContain('just ended');
    expect(left).not.toContain('long ended');
  });

  it('keep events for ten years at most, whatever a process asks for', async () => {
    const append = (log: string, id: string, yearsAgo: number, days: number) =>
      as<{ appended: boolean; revision: string }>(
        'fleet_app',
        "select * from healflow.append_events('m', $1, 0, '[]', 0, $2, $3, $4)",
        [
          log,
          JSON.stringify([
            { id, at: Date.now() - yearsAgo * 365 * 24 * hourMs, tool: 't', result: 'success', retry_count: 0 },
          ]),
          Date.now(),
          days,
        ],
      );
    expect(await append('a', 'of nine years', 9, 3_650)).toMatchObject([{ appended: true, revision: '1' }]);
    expect(await append('b', 'of eleven years', 11, 100_000)).toMatchObject([{ appended: true, revision: '1' }]);
    expect(await append('b', 'again', 0, 30)).toMatchObject([{ appended: false, revision: '1', place: [] }]);
    expect(await as('postgres', 'select id from healflow.event')).toEqual([{ id: 'of nine years' }]);
  });

  it('give a role one kind of rights: admitted as another kind, it loses those that it had', async () => {
    await as('postgres', 'create role mover login');
    const rights = async () => {
      const [row] = await as<object>(
        'postgres',
        `select pg_has_role('mover', 'healflow_app', 'member') as app, pg_has_role('mover', 'healflow_reader', 'member') as reader,
          pg_has_role('mover', 'healflow_approver', 'member') as approver,
          (select space from healflow.tenant where role = 'mover') as space`,
      );
      return row;
    };
    const none = { app: false, reader: false, approver: false };
    await as('postgres', "select healflow.admit('mover', 'team', 'approver')");
    expect(await rights()).toEqual({ ...none, approver: true, space: 'team' });
    await as('postgres', "select healflow.admit('mover', 'team', 'reader')");
    expect(await rights()).toEqual({ ...none, reader: true, space: 'team' });
    await as('postgres', "select healflow.admit('mover', 'other')");
    await as('postgres', "select healflow.admit('mover', 'other')");
    expect(await rights()).toEqual({ ...none, app: true, space: 'other' });
  });
});
