import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { skipWithoutDatabases } from '../support/postgres.ts';
import { useFleetServer, withClient } from './fleet-server.ts';

const body = JSON.stringify({ pattern: { id: 'p', text: ['x'] }, fix: { use: 'vpn_connect' } });

describe.skipIf(skipWithoutDatabases())('the lessons in the database', () => {
  const running = useFleetServer();
  const as = async <T>(role: string, sql: string, values: unknown[] = []): Promise<T[]> =>
    withClient(running.server.url(role, 'fleet'), async (client) => (await client.query(sql, values)).rows);
  beforeAll(async () => {
    for (const kind of ['app', 'reader', 'approver']) {
      await as('postgres', `create role other_${kind} login`);
      await as('postgres', 'select healflow.admit($1, $2, $3)', [`other_${kind}`, 'other', kind]);
    }
  });

  interface Published {
    readonly published: boolean;
    readonly version: number;
    readonly rung: string | null;
    readonly digest: string | null;
    readonly approved_by: string | null;
  }
  const publishSql = 'select * from healflow.publish_lesson($1, $2, $3, $4, $5)';
  const publish = async (
    name: string,
    {
      text = body as string | null,
      rung = 'auto',
      version = 0,
      reason = null as string | null,
      role = 'fleet_approver',
    } = {},
  ) => (await as<Published>(role, publishSql, [name, text, rung, version, reason]))[0] as Published;
  const demote = async (name: string, digest: string | null, rung = 'ask', role = 'fleet_app') =>
    (
      await as<{ demoted: boolean; version: number | null; rung: string | null }>(
        role,
        "select * from healflow.demote_lesson($1, $2, $3, 'machine-a', 'it has stopped working')",
        [name, digest, rung],
      )
    )[0];
  const read = async (revision = 0, role = 'fleet_app') =>
    (
      await as<{ revision: string; lessons: { name: string; rung: string; body: string | null }[] | null }>(
        role,
        'select revision, lessons from healflow.read_lessons($1)',
        [revision],
      )
    )[0];
  const trial = (n: number, more: object = {}) => ({
    id: n.toString(16).padStart(32, '0'),
    lesson: 'tried',
    digest: 'a'.repeat(64),
    mode: 'run',
    succeeded: true,
    window_ms: 1_000,
    at: Date.now() - 1_000,
    ...more,
  });
  const append = async (trials: readonly object[], machine = 'machine-a', role = 'fleet_app') =>
    (
      await as<{ appended: number }>(role, 'select appended from healflow.append_trials($1, $2)', [
        machine,
        JSON.stringify(trials),
      ])
    )[0]?.appended;

  it('are published by an approver, and read by the machines of their space only', async () => {
    const digest = createHash('sha256').update(`5:first${body}`).digest('hex');
    expect(await publish('first')).toEqual({
      ...{ published: true, version: 1, rung: 'auto', digest, approved_by: 'fleet_approver' },
    });
    const seen = await read();
    expect(seen?.lessons).toEqual([
      {
        ...{ name: 'first', version: 1, rung: 'auto', digest, body },
        ...{ approvedBy: 'fleet_approver', approvedMs: expect.any(Number) },
      },
    ]);
    expect((await read(Number(seen?.revision)))?.lessons).toBeNull();
    expect((await read(0, 'other_app'))?.lessons ?? []).toEqual([]);
    expect(await as('fleet_reader', 'select name, rung, approved_by from healflow.lessons')).toEqual([
      { name: 'first', rung: 'auto', approved_by: 'fleet_approver' },
    ]);
    expect(await as('other_reader', 'select name from healflow.lessons')).toEqual([]);
  });

  it('have one version if twenty approvers publish at once', async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        publish('race', { text: JSON.stringify({ ...JSON.parse(body), n }), role: 'fleet_approver' }),
      ),
    );
    const [winner] = all.filter(({ published }) => published);
    expect(all.filter(({ published }) => published)).toHaveLength(1);
    expect(all.every(({ version, digest }) => version === 1 && digest === winner?.digest)).toBe(true);
    expect(await as('fleet_reader', "select version from healflow.lesson_moves where name = 'race'")).toHaveLength(1);
    expect(await publish('race', { rung: 'ask', version: 0 })).toMatchObject({ published: false, version: 1 });
    expect(await publish('race', { rung: 'ask', version: 1 })).toMatchObject({ published: true, version: 2 });
  });

  it('are moved down by a machine, never up, and only with the body that it has tried', async () => {
    const { digest } = await publish('demoted');
    expect(await demote('demoted', 'b'.repeat(64))).toMatchObject({ demoted: false, rung: 'auto' });
    const before = Number((await read())?.revision);
    expect(await demote('demoted', digest)).toEqual({ demoted: true, version: 2, rung: 'ask' });
    expect((await read(before))?.lessons).toContainEqual(expect.objectContaining({ name: 'demoted', rung: 'ask' }));
    // A second machine that noticed it, too.
    expect(await demote('demoted', digest)).toEqual({ demoted: false, version: 2, rung: 'ask' });
    expect(await demote('demoted', digest, 'shadow')).toMatchObject({ demoted: true, rung: 'shadow' });
    expect(await demote('demoted', digest, 'ask')).toMatchObject({ demoted: false, rung: 'shadow' });
    for (const rung of ['auto', 'retired', 'other', null] as string[]) {
      await expect(demote('demoted', digest, rung)).rejects.toMatchObject({ code: '42501' });
    }
    expect(await demote('no-such', digest)).toEqual({ demoted: false, version: null, rung: null });
    expect(await demote('demoted', digest, 'proposed', 'other_app')).toMatchObject({ demoted: false, version: null });
    expect(
      await as(
        'fleet_reader',
        "select version, by, machine, from_rung, to_rung from healflow.lesson_moves where name = 'demoted' order by 1",
      ),
    ).toEqual([
      { version: 1, by: 'fleet_approver', machine: null, from_rung: null, to_rung: 'auto' },
      { version: 2, by: 'fleet_app', machine: 'machine-a', from_rung: 'auto', to_rung: 'ask' },
      { version: 3, by: 'fleet_app', machine: 'machine-a', from_rung: 'ask', to_rung: 'shadow' },
    ]);
  });

  it('are retired by an approver with a reason, without their body, and published again', async () => {
    await publish('retired');
    await expect(publish('retired', { text: null, rung: 'retired', version: 1 })).rejects.toMatchObject({
      code: '22023',
    });
    await publish('retired', { text: null, rung: 'retired', version: 1, reason: 'the gateway is gone' });
    expect((await read())?.lessons).toContainEqual(
      expect.objectContaining({ name: 'retired', rung: 'retired', body: null }),
    );
    expect(await publish('retired', { text: null, rung: 'shadow', version: 2 })).toMatchObject({ version: 3 });
  });

  it.each([
    ['a name that is none', { name: '../x' }],
    ['a body that is no JSON', { text: '{' }],
    ['a body without a fix', { text: '{"pattern":{}}' }],
    ['a body that is too large', { text: JSON.stringify({ ...JSON.parse(body), more: 'x'.repeat(16_384) }) }],
    ['a rung that is none', { rung: 'always' }],
    ['no body for a new lesson', { text: null }],
  ])(
    'are refused with %s',
    async (_what, { name = 'refused', ...more }: { name?: string; text?: string | null; rung?: string }) => {
      await expect(publish(name, more)).rejects.toMatchObject({ code: expect.stringMatching(/^2[23]/) });
      expect((await read())?.lessons?.map((lesson) => lesson.name)).not.toContain(name);
    },
  );

  it('are 200 at most, besides those that are retired', async () => {
    await as(
      'postgres',
      `insert into healflow.lesson (space, name, version, body, digest, rung, approved_rung, approved_by, approved_at)
        select 'other', 'many-' || n, 1, $1, 'd', 'ask', 'ask', 'x', now() from generate_series(1, 200) n`,
      [body],
    );
    const role = 'other_approver';
    await expect(publish('one-more', { role })).rejects.toMatchObject({ code: '53400' });
    await publish('many-1', { rung: 'retired', version: 1, reason: 'room', role });
    expect(await publish('one-more', { role })).toMatchObject({ published: true });
  });

  it('get trials, each once, and those that fit beside those that do not', async () => {
    const { digest } = await publish('tried');
    const own = (n: number, more: object = {}) => trial(n, { digest, ...more });
    expect(await append([own(1), own(2, { succeeded: false })])).toBe(2);
    expect(await append([own(1), own(2), own(3, { mode: 'control' })])).toBe(1);
    expect(await append([own(3, { mode: 'control' })], 'machine-b')).toBe(0);
    const bad = [
      ...[own(4, { mode: 'other' }), own(5, { id: 'short' }), own(6, { window_ms: -1 }), own(7, { digest: 'x' })],
      ...[own(8, { window_ms: 'long' }), own(9, { mode: 'natural' }), own(10, { lesson: 'no-such' })],
      own(11, { at: Date.now() - 800 * 86_400_000 }),
    ];
    expect(await append([...bad, own(12, { mode: 'natural', digest: null })], 'machine-b')).toBe(1);
    expect(await append([own(13, { at: Date.now() + 86_400_000 }), own(14, { succeeded: null })])).toBe(2);
    const [{ outcomes }] = (await as('fleet_app', "select outcomes from healflow.lesson_outcomes('{tried}')")) as [
      { outcomes: Record<string, { digest: string; trials: [number, number, boolean][]; gaps: unknown[] }> },
    ];
    expect(outcomes.tried?.digest).toBe(digest);
    expect(outcomes.tried?.trials.map(([, , ok]) => ok).sort()).toEqual([false, true, true]);
    expect(outcomes.tried?.gaps).toHaveLength(2);
    expect(outcomes.tried?.trials.every(([at]) => at <= Date.now() + 1_000)).toBe(true);
    const seen = await as<{ lesson: string }>('fleet_reader', 'select lesson, machine from healflow.lesson_trials');
    expect(seen).toHaveLength(6);
    expect(await as('other_reader', 'select id from healflow.lesson_trials')).toEqual([]);
    // Of a lesson that was published again, only trials of what it is now count as its runs.
    await publish('tried', { text: JSON.stringify({ ...JSON.parse(body), more: 1 }), version: 1 });
    const [again] = await as<{ outcomes: typeof outcomes }>(
      'fleet_app',
      "select outcomes from healflow.lesson_outcomes('{tried}')",
    );
    expect(again?.outcomes.tried).toMatchObject({ trials: [], gaps: [expect.anything(), expect.anything()] });
  });

  it('get at most 500 trials at once, and keep the newest 200,000', async () => {
    await publish('tried', { role: 'other_approver', version: 0, rung: 'retired', reason: 'room' });
    const many = Array.from({ length: 501 }, (_, n) => trial(1_000 + n));
    await expect(append(many, 'm', 'other_app')).rejects.toMatchObject({ code: '22023' });
    await as('postgres', "update healflow.lesson_state set trials = 199999 where space = 'other'");
    await append(
      [1, 2, 3].map((n) => trial(2_000 + n, { at: Date.now() - n * 60_000 })),
      'm',
      'other_app',
    );
    expect(await as('other_reader', "select id like '%7d1' as newest from healflow.lesson_trials")).toEqual([
      { newest: true },
    ]);
  });

  it.each([
    ['fleet_app', 'select * from healflow.lesson'],
    ['fleet_app', 'select * from healflow.lessons'],
    ['fleet_app', "update healflow.lesson set rung = 'auto'"],
    ['fleet_app', 'delete from healflow.lesson_trial'],
    ['fleet_app', "select healflow.publish_lesson('x', '{}', 'auto', 0, null)"],
    ['fleet_app', "select healflow.insert_trials('other', 'm', now(), '[]')"],
    ['fleet_app', "select healflow.touch_lessons('other')"],
    ['fleet_app', "select healflow.set_retention('team', 1)"],
    ['fleet_app', "select healflow.retention_days('team', 'm', 'l', 1)"],
    ['fleet_reader', "select healflow.publish_lesson('x', '{}', 'auto', 0, null)"],
    ['fleet_reader', "select healflow.demote_lesson('x', 'd', 'ask', 'm', '')"],
    ['fleet_reader', "select healflow.append_trials('m', '[]')"],
    ['fleet_reader', 'delete from healflow.lesson_trials'],
    ['fleet_approver', 'update healflow.lesson_moves set by = null'],
    ['fleet_approver', 'delete from healflow.lesson_trial'],
    ['fleet_approver', "select healflow.set_retention('team', 1)"],
    ['fleet_approver', "select healflow.append_trials('m', '[]')"],
  ])('do not let %s: %s', async (role, sql) => {
    await expect(as(role, sql)).rejects.toMatchObject({ code: '42501' });
  });
});
