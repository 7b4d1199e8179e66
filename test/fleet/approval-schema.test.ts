import { beforeAll, describe, expect, it } from 'vitest';
import { skipWithoutDatabases } from '../support/postgres.ts';
import { useFleetServer, withClient } from './fleet-server.ts';

describe.skipIf(skipWithoutDatabases())('the approvals in the database', () => {
  const running = useFleetServer();
  beforeAll(async () => {
    await as('postgres', 'create role other_app login; create role other_approver login');
    await as(
      'postgres',
      "select healflow.admit('other_app', 'other'), healflow.admit('other_approver', 'other', 'approver')",
    );
  });

  interface Seen {
    readonly id: string;
    readonly state: string;
    readonly expires_ms: number;
    readonly now_ms: number;
  }
  const as = async <T>(role: string, sql: string, values: unknown[] = []): Promise<T[]> =>
    withClient(running.server.url(role, 'fleet'), async (client) => (await client.query(sql, values)).rows);
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      (error) => error.code,
    );
  const askSql =
    "select * from healflow.ask_approval($1, $2, 'key', 'runs x', 'tool', 'it failed', 'm', 'process 1 on h')";
  const useSql = "select * from healflow.use_approval($1, $2, 'm', $3)";
  const decideSql = 'select * from healflow.decide_approval($1, $2, $3)';
  const ask = async (fix: string, digest = 'digest', role = 'fleet_app') =>
    (await as<Seen>(role, askSql, [fix, digest]))[0] as Seen;
  const use = async (fix: string, digest = 'digest', run = 'run', role = 'fleet_app') =>
    (await as<Seen>(role, useSql, [fix, digest, run]))[0] as Seen;
  const decide = async (id: string, yes: boolean, role = 'fleet_approver') =>
    (await as<{ decided: boolean; state: string | null }>(role, decideSql, [id, yes, null]))[0];
  const expire = (id: string) =>
    as('postgres', 'update healflow.approval set expires_at = clock_timestamp() where id = $1', [id]);
  /** What many connections of the pooler get at once. */
  const atOnce = async (count: number, sql: string, values: (index: number) => unknown[]): Promise<Seen[]> =>
    Promise.all(
      Array.from({ length: count }, (_, index) =>
        withClient(running.pooler.url(), async (client) => (await client.query(sql, values(index))).rows[0]),
      ),
    );

  it('are asked once and used once by 200 at the same time', async () => {
    for (const round of [1, 2, 3]) {
      const asked = await atOnce(200, askSql, () => ['many', `digest ${round}`]);
      expect(new Set(asked.map(({ id, state }) => `${id} ${state}`))).toEqual(new Set([`${asked[0]?.id} pending`]));
      expect(await decide(asked[0]?.id ?? '', true)).toMatchObject({ decided: true, state: 'approved' });
      const used = await atOnce(200, useSql, (index) => ['many', `digest ${round}`, `run ${index}`]);
      expect(used.filter(({ state }) => state === 'granted')).toHaveLength(1);
      expect(used.filter(({ state }) => state === 'none')).toHaveLength(199);
    }
  });

  it('end 24 hours after the question, and after the decision', async () => {
    const { id, expires_ms, now_ms } = await ask('ends');
    expect(Math.abs(expires_ms - now_ms - 86_400_000)).toBeLessThan(60_000);
    await as('postgres', "update healflow.approval set expires_at = clock_timestamp() + '1 hour' where id = $1", [id]);
    await decide(id, true);
    const after = await ask('ends');
    expect(after).toMatchObject({ id, state: 'approved' });
    expect(Math.abs(after.expires_ms - after.now_ms - 86_400_000)).toBeLessThan(60_000);
  });

  it('are granted again to the run that has used one, and to no other one', async () => {
    const { id } = await ask('again');
    await decide(id, true);
    expect(await use('again', 'digest', 'mine')).toMatchObject({ id, state: 'granted' });
    expect(await use('again', 'digest', 'mine')).toMatchObject({ id, state: 'granted' });
    expect(await use('again', 'digest', 'other')).toMatchObject({ id: null, state: 'none' });
  });

  it('are asked again after a use', async () => {
    const { id } = await ask('used');
    await decide(id, true);
    await use('used');
    const next = await ask('used');
    expect(next.state).toBe('pending');
    expect(next.id).not.toBe(id);
    expect(await decide(id, true)).toMatchObject({ decided: false, state: 'used' });
  });

  it('fit only what was asked', async () => {
    const { id } = await ask('fits', 'one');
    await decide(id, true);
    expect(await use('fits', 'two')).toMatchObject({ state: 'none' });
    expect(await use('misses', 'one')).toMatchObject({ state: 'none' });
    expect(await ask('fits', 'two')).toMatchObject({ state: 'pending' });
    expect(await use('fits', 'one')).toMatchObject({ state: 'granted' });
  });

  it('fit only the texts that the approver has seen', async () => {
    const askAs = async (key: string, action: string, role = 'fleet_app') =>
      (
        await as<Seen>(
          role,
          "select * from healflow.ask_approval('texts', 'digest', $1, $2, 'tool', 'it failed', 'm', 'process 1 on h')",
          [key, action],
        )
      )[0] as Seen;
    const useAs = async (key: string, action: string) =>
      (
        await as<Seen>('fleet_app', "select * from healflow.use_approval('texts', 'digest', 'm', 'run', $1, $2)", [
          key,
          action,
        ])
      )[0];
    const harmless = await askAs('key', 'lists the files');
    const real = await askAs('key', 'removes the files');
    expect(real).toMatchObject({ state: 'pending' });
    expect(real.id).not.toBe(harmless.id);
    expect((await askAs('key', 'removes the files')).id).toBe(real.id);
    await decide(harmless.id, true);
    expect(await useAs('key', 'removes the files')).toMatchObject({ id: real.id, state: 'pending' });
    expect(await askAs('key', 'removes the files')).toMatchObject({ id: real.id, state: 'pending' });
    expect(await useAs('other key', 'lists the files')).toMatchObject({ id: null, state: 'none' });
    expect(await useAs('key', 'lists the files')).toMatchObject({ id: harmless.id, state: 'granted' });
    expect(await useAs('key', 'removes the files')).toMatchObject({ id: real.id, state: 'pending' });
    await decide(real.id, false);
    expect(await askAs('key', 'lists the files')).toMatchObject({ state: 'pending' });
    expect(await useAs('key', 'removes the files')).toMatchObject({ id: real.id, state: 'denied' });
  });

  it('name the role that asked, whatever it says of itself', async () => {
    const { id } = await ask('role');
    expect(await as('fleet_reader', 'select asked_by, asked_role from healflow.approvals where id = $1', [id])).toEqual(
      [{ asked_by: 'process 1 on h (role fleet_app)', asked_role: 'fleet_app' }],
    );
  });

  it('have a limit of 1,000 open questions in a space', async () => {
    const insert = `insert into healflow.approval
        (space, id, identity, digest, key, action, tool, reason, machine, asked_by, expires_at, decision)
      select 'other', 'full' || n, 'full', n::text, 'key', 'runs x', 'tool', 'reason', 'm', 'p', clock_timestamp() + $1, $2
        from generate_series($3::int, $4::int) n`;
    const codeOfAsk = () => codeOf(ask('one more', 'digest', 'other_app'));
    await as('postgres', insert, ['-1 hour', null, 1, 2_000]);
    await as('postgres', insert, ['1 hour', 'denied', 2_001, 4_000]);
    expect(await codeOfAsk()).toBe('done');
    await as('postgres', insert, ['1 hour', null, 4_001, 5_000]);
    expect(await codeOfAsk()).toBe('done');
    expect(await codeOf(ask('full', '4500', 'other_app'))).toBe('done');
    await expect(ask('one too many', 'digest', 'other_app')).rejects.toMatchObject({
      code: '53400',
      message: 'the space other has 1,000 open questions to approvers',
    });
    expect(await codeOf(ask('another space'))).toBe('done');
    await as('postgres', "delete from healflow.approval where space = 'other'");
  });

  it('are no longer yes after their end, and can be asked again', async () => {
    const { id } = await ask('late');
    await decide(id, true);
    await expire(id);
    expect(await use('late')).toMatchObject({ state: 'none' });
    const second = await ask('late');
    expect(second).toMatchObject({ state: 'pending' });
    await expire(second.id);
    expect(await decide(second.id, true)).toMatchObject({ decided: false, state: 'expired' });
    expect(await ask('late')).toMatchObject({ state: 'pending' });
    expect(await decide(second.id, true)).toMatchObject({ decided: false, state: 'expired' });
    expect(await use('late')).toMatchObject({ state: 'pending' });
  });

  it('stay denied until they end; an approver may change its mind', async () => {
    const { id } = await ask('denied');
    expect(await decide(id, false)).toMatchObject({ decided: true, state: 'denied' });
    expect(await use('denied')).toMatchObject({ id, state: 'denied' });
    expect(await ask('denied')).toMatchObject({ id, state: 'denied' });
    await expire(id);
    expect(await ask('denied')).toMatchObject({ state: 'pending' });
    const revoked = await ask('revoked');
    await decide(revoked.id, true);
    await decide(revoked.id, false);
    expect(await use('revoked')).toMatchObject({ state: 'denied' });
  });

  it.each([
    ['a process', 'fleet_app', "select healflow.decide_approval('id', true, null)"],
    ['a process', 'fleet_app', 'select * from healflow.approval'],
    ['a process', 'fleet_app', 'select * from healflow.approvals'],
    ['a process', 'fleet_app', "update healflow.approval set decision = 'approved'"],
    ['a process', 'fleet_app', "select healflow.look_at_approval('fix', 'digest')"],
    ['a process', 'fleet_app', "select healflow.look_at_approval('fix', 'digest', 'key', 'action')"],
    ['a process', 'fleet_app', "select healflow.append_batch('m', 'log', 0, '[]', 0, '[]', 0, 1000000)"],
    ['a reader', 'fleet_reader', "select healflow.use_approval('fix', 'digest', 'm', 'run', 'key', 'action')"],
    ['a reader', 'fleet_reader', "select healflow.decide_approval('id', true, null)"],
    ['a reader', 'fleet_reader', askSql.replace('$1', "'fix'").replace('$2', "'digest'")],
    ['a reader', 'fleet_reader', "select healflow.use_approval('fix', 'digest', 'm', 'run')"],
    ['an approver', 'fleet_approver', "select healflow.use_approval('fix', 'digest', 'm', 'run')"],
    ['an approver', 'fleet_approver', 'delete from healflow.approval'],
    ['a process', 'fleet_app', 'delete from healflow.approval'],
    ['a process', 'fleet_app', "select healflow.drop_events('team', now())"],
    ['a process', 'fleet_app', "select healflow.drop_event_months('team', now())"],
  ])('do not let %s (%s) run: %s', async (_who, role, sql) => {
    expect(await codeOf(as(role, sql))).toBe('42501');
  });

  it('are apart in each space', async () => {
    const { id } = await ask('spaces');
    const other = await ask('spaces', 'digest', 'other_app');
    expect(other.id).not.toBe(id);
    expect(await decide(id, true, 'other_approver')).toMatchObject({ decided: false, state: null });
    await decide(id, true);
    expect(await use('spaces', 'digest', 'run', 'other_app')).toMatchObject({ id: other.id, state: 'pending' });
    const seen = await as<{ id: string }>(
      'other_approver',
      "select id from healflow.approvals where identity = 'spaces'",
    );
    expect(seen).toEqual([{ id: other.id }]);
  });

  it('are deleted with the events of their time, used or not, in their own space only', async () => {
    const endedDaysAgo = async (fix: string, days: number, role = 'fleet_app') => {
      const { id } = await ask(fix, 'digest', role);
      await as(
        'postgres',
        "update healflow.approval set expires_at = clock_timestamp() - $2 * interval '1 day' where id = $1",
        [id, days],
      );
      return id;
    };
    const [old, recent, open, other] = [
      await endedDaysAgo('old', 31),
      await endedDaysAgo('recent', 29),
      await endedDaysAgo('open', -1),
      await endedDaysAgo('old', 31, 'other_app'),
    ];
    const used = (await ask('old and used')).id;
    await decide(used, true);
    await use('old and used');
    await as(
      'postgres',
      "update healflow.approval set expires_at = clock_timestamp() - interval '31 days' where id = $1",
      [used],
    );
    const left = async () =>
      (
        await as<{ id: string }>('postgres', 'select id from healflow.approval where id = any($1)', [
          [old, recent, open, other, used],
        ])
      ).map(({ id }) => id);
    const append = (log: string) =>
      as('fleet_app', "select healflow.append_events('m', $1, 0, '[]', 0, '[]', $2, 30)", [log, Date.now()]);
    await append('first of the day');
    expect((await left()).sort()).toEqual([recent, open, other].sort());
    await endedDaysAgo('later', 31);
    await append('second of the day');
    expect(await as('postgres', "select 1 as n from healflow.approval where identity = 'later'")).toEqual([{ n: 1 }]);
  });

  it('show a reader who decided', async () => {
    const { id } = await ask('shown');
    await as('fleet_approver', decideSql, [id, false, 'not today']);
    expect(
      await as(
        'fleet_reader',
        'select state, decided_by, decision_reason, action from healflow.approvals where id = $1',
        [id],
      ),
    ).toEqual([{ state: 'denied', decided_by: 'fleet_approver', decision_reason: 'not today', action: 'runs x' }]);
  });
});
