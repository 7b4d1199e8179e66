import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { FleetDatabase } from '../../src/fleet/database.ts';
import type { FleetEvents, FleetOverview } from '../../src/fleet/overview-model.ts';
import { PgLeaseDatabase } from '../../src/fleet/pg-lease-database.ts';
import { databaseSettings } from '../../src/fleet/settings.ts';
import type { Read } from '../../src/inspector/fleet-model.ts';
import { InspectorServer } from '../../src/inspector/inspector.ts';
import type { Clock } from '../../src/model/clock.ts';
import { createRedactor } from '../../src/redact/index.ts';
import { noHistory } from '../../src/sharing/history.ts';
import { makeFleetDatabase, useFleetServer, withClient } from '../fleet/fleet-server.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { skipWithoutDatabases } from '../support/postgres.ts';
import { apiOf } from './support.ts';

const redact = createRedactor();
const open = (url: string) =>
  new FleetDatabase({ settings: () => databaseSettings(url), clock: systemClock, machine: null });

/** An inspector that shows a fleet as a role, and a client of its API. */
const inspect = async (url: string, clock: Clock = systemClock) => {
  const database = open(url);
  const inspector = new InspectorServer({ clock });
  await inspector.watchFleet({ database, redact });
  await inspector.open();
  onTestFinished(async () => {
    await inspector.close();
    await database.close();
  });
  const api = apiOf(inspector);
  const page = { host: new URL(api.base).host, origin: api.base, 'content-type': 'application/json' };
  const decide = async (id: string, body: unknown, headers: Record<string, string> = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const length = { 'content-length': String(Buffer.byteLength(text)) };
    const path = `/api/fleet/approvals/${id}`;
    const response = await api.raw(path, { ...page, ...length, ...headers }, 'POST', text);
    return { status: response.status, ...JSON.parse(response.text) };
  };
  return { api, decide, page };
};

describe('an inspector without a fleet', () => {
  it('has no part of it', async () => {
    const inspector = new InspectorServer({});
    await inspector.open();
    const api = apiOf(inspector);
    expect(await api.json('/api/mode')).not.toHaveProperty('fleet');
    expect((await api.get('/api/fleet')).status).toBe(404);
    const headers = { host: new URL(api.base).host, origin: api.base };
    expect((await api.raw('/api/fleet/approvals/x', headers, 'POST')).status).toBe(405);
    await inspector.close();
  });
});

describe.skipIf(skipWithoutDatabases())('an inspector of a fleet', () => {
  const running = useFleetServer();
  const url = (role: string, database = 'fleet') => running.server.url(role, database);
  const as = <T>(role: string, sql: string, values: unknown[] = [], database = 'fleet') =>
    withClient(url(role, database), async (client) => (await client.query(sql, values)).rows as T[]);
  const ask = async (fix: string, more: Partial<Record<'action' | 'reason', string>> = {}): Promise<string> => {
    const { action = 'runs: gatewayctl restart eu-1', reason = 'it failed' } = more;
    const sql =
      "select id from healflow.ask_approval($1, 'd', $2, $3, 'k8s_get_pods', $4, 'm1', 'process 7 on host-1')";
    const [row] = await as<{ id: string }>('fleet_app', sql, [fix, `host:${fix}:default`, action, reason]);
    return row?.id ?? '';
  };
  const decisionOf = async (id: string) =>
    (
      await as<object>(
        'fleet_reader',
        'select state, decided_by, decision_reason from healflow.approvals where id = $1',
        [id],
      )
    )[0];

  it('shows a reader machines, leases, cool-downs, budgets and approvals', async () => {
    await makeFleetDatabase(running.server, 'shown');
    const app = (sql: string, values: unknown[] = []) => as('fleet_app', sql, values, 'shown');
    await app("select healflow.hello('m1', 'host-1', '1.2.3'), healflow.hello('m2', 'host-2', '1.2.2')");
    await app("select healflow.append_events('m1', 'log', 0, '[]', 4096, '[]', $1, 90)", [Date.now()]);
    const begin = 'select healflow.begin_lease($1, $1, $2, $3, $4, $5)';
    await app(begin, ['running', 'host:vpn_connect:default', 'm1', 'process 7 on host-1', 60_000]);
    await app(begin, ['overdue', 'host:kube_login:prod', 'm1', 'process 7 on host-1', 0]);
    await app(begin, ['gone', 'host:cache_clear:default', 'm2', 'process 8 on host-2', null]);
    await app("select healflow.try_lease('gone', 'x', 300)");
    await app(begin, ['ended', 'host:token_refresh:gitlab', 'm2', 'process 8 on host-2', 60_000]);
    await app("select healflow.end_lease('ended', 'ended')");
    const leases = new PgLeaseDatabase({
      database: open(url('fleet_app', 'shown')),
      clock: systemClock,
      machine: 'm1',
      redact,
    });
    const now = systemClock.now();
    const last = { id: 'run', by: 'a', endedAt: now - 1_000, status: 'failed' as const, reason: 'exit code 1' };
    const limits = { cooldownMs: 60_000, budget: { runs: 3, windowMs: 600_000 } };
    await leases.write(
      { lock: 'running', identity: 'vpn' },
      { id: 'running', key: 'host:vpn_connect:default', limits },
      {
        ...noHistory,
        starts: [now - 700_000, now - 5_000, now - 2_000],
        last,
      },
    );
    await leases.close();
    await app("select healflow.write_history('overdue', 'overdue', 'odd', 'host:odd:default', $1)", [
      JSON.stringify({ starts: 7, last: 'x', limits: { runs: '3' } }),
    ]);
    await as(
      'fleet_app',
      "select healflow.ask_approval('fix', 'd', 'host:vpn_connect:default', 'runs x', 'tool', 'failed', 'm1', 'process 7 on host-1')",
      [],
      'shown',
    );

    const { api } = await inspect(url('fleet_reader', 'shown'));
    expect(await api.json('/api/mode')).toMatchObject({ mode: 'live', fleet: true });
    const { value, problem } = await api.json<Read<FleetOverview>>('/api/fleet');
    expect(problem).toBeNull();
    expect(value).toMatchObject({ space: 'team', role: 'fleet_reader', canDecide: false, machineCount: 2 });
    expect(Math.abs((value?.now ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(value?.machines.find(({ id }) => id === 'm1')).toMatchObject({
      host: 'host-1',
      version: '1.2.3',
      log: { events: 0, behindBytes: 4096, copiedAt: expect.any(Number) },
    });
    expect(value?.machines.find(({ id }) => id === 'm2')?.log).toBeNull();
    expect(value?.leases.map(({ key, state }) => `${key} ${state}`)).toEqual([
      'host:cache_clear:default gone',
      'host:kube_login:prod overdue',
      'host:vpn_connect:default running',
      'host:token_refresh:gitlab ended',
    ]);
    expect(value?.fixes).toEqual([
      { key: 'host:odd:default', last: null, coolsUntil: null, budget: null },
      {
        key: 'host:vpn_connect:default',
        last: { at: expect.any(Number), status: 'failed', reason: 'exit code 1' },
        coolsUntil: expect.any(Number),
        budget: { used: 2, of: 3, windowMs: 600_000 },
      },
    ]);
    const cooling = value?.fixes[1];
    expect((cooling?.coolsUntil ?? 0) - (cooling?.last?.at ?? 0)).toBe(60_000);
    expect(value?.approvals).toMatchObject([
      {
        state: 'pending',
        action: 'runs x',
        reason: 'failed',
        askedBy: 'process 7 on host-1 (role fleet_app)',
        decidedBy: null,
      },
    ]);
  });

  it('counts the events of the last 24 hours by hour and by tool', async () => {
    await makeFleetDatabase(running.server, 'counted');
    const now = Date.now();
    const event = (hoursAgo: number, tool: string, result: string, n: number) => ({
      at: now - hoursAgo * 3_600_000,
      id: `${tool}-${hoursAgo}-${n}`,
      tool,
      result,
      retry_count: 0,
    });
    const rows = [
      ...[1, 2, 3].map((n) => event(1, 'k8s_get_pods', 'success', n)),
      event(1, 'k8s_get_pods', 'failure', 9),
      event(20, 'pg_query', 'unknown', 1),
      event(40, 'too_old', 'success', 1),
    ];
    await as(
      'fleet_app',
      "select healflow.append_events('m1', 'log', 0, '[]', 0, $1, $2, 90)",
      [JSON.stringify(rows), now],
      'counted',
    );
    const { api } = await inspect(url('fleet_reader', 'counted'));
    const { value } = await api.json<Read<FleetEvents>>('/api/fleet/events');
    expect(value?.hours).toHaveLength(24);
    expect(value?.hours.map(({ success, failure, unknown }) => success + failure + unknown).filter(Boolean)).toEqual([
      1, 4,
    ]);
    expect(value?.hours.every(({ t }, index, all) => index === 0 || t - (all[index - 1]?.t ?? 0) === 3_600_000)).toBe(
      true,
    );
    expect(value?.tools).toEqual([
      { name: 'k8s_get_pods', success: 3, failure: 1, unknown: 0 },
      { name: 'pg_query', success: 0, failure: 0, unknown: 1 },
    ]);
    expect(value?.toolCount).toBe(2);
  });

  it('lets an approver decide; the database records who did', async () => {
    const { api, decide } = await inspect(url('fleet_approver'));
    const id = await ask('vpn_connect');
    const before = await api.json<Read<FleetOverview>>('/api/fleet');
    expect(before.value).toMatchObject({ role: 'fleet_approver', canDecide: true });
    const secret = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';
    expect(await decide(id, { approve: false, reason: `not\ntoday ${secret}` })).toMatchObject({
      status: 200,
      decided: true,
      state: 'denied',
    });
    const denied = await decisionOf(id);
    expect(denied).toMatchObject({ state: 'denied', decided_by: 'fleet_approver' });
    expect(JSON.stringify(denied)).toContain('not today ');
    expect(JSON.stringify(denied)).not.toContain(secret);
    // What was read before the decision does not count any more.
    const { value } = await api.json<Read<FleetOverview>>('/api/fleet');
    expect(value?.approvals.find((one) => one.id === id)).toMatchObject({ state: 'denied' });
    expect(await decide(id, { approve: true })).toMatchObject({ status: 200, state: 'approved' });
    expect(await decisionOf(id)).toEqual({ state: 'approved', decided_by: 'fleet_approver', decision_reason: null });
    const [used] = await as<object>(
      'fleet_app',
      "select state from healflow.use_approval('vpn_connect', 'd', 'm1', 'run')",
    );
    expect(used).toEqual({ state: 'granted' });
    expect(await decide(id, { approve: false })).toMatchObject({ status: 409, error: { code: 'USED' } });
    expect(await decide('nothing', { approve: true })).toMatchObject({ status: 404 });
  });

  it.each([
    ['a reader', 'fleet_reader'],
    ['a process', 'fleet_app'],
  ])('does not let %s decide', async (_title, role) => {
    const { decide } = await inspect(url(role));
    const id = await ask(`refused to ${role}`);
    expect(await decide(id, { approve: true })).toMatchObject({ status: 403, error: { code: 'NOT_APPROVER' } });
    expect(await decisionOf(id)).toMatchObject({ state: 'pending' });
  });

  it('takes a decision only from its own page, with its token', async () => {
    const { api, decide, page } = await inspect(url('fleet_approver'));
    const id = await ask('guarded');
    const yes = { approve: true, reason: null };
    const status = async (headers: Record<string, string>, body: unknown = yes) =>
      (await decide(id, body, headers)).status;
    expect(await status({ authorization: '' })).toBe(401);
    expect(await status({ authorization: `Bearer ${api.token}x` })).toBe(401);
    expect(await status({ host: 'evil.example' })).toBe(403);
    for (const origin of ['https://evil.example', 'http://127.0.0.1:1', 'null'])
      expect(await status({ origin })).toBe(403);
    expect(await status({ 'content-type': 'text/plain' })).toBe(415);
    expect(await status({}, 'no JSON')).toBe(400);
    expect(await status({}, { approve: 'yes' })).toBe(400);
    expect(await status({}, { approve: true, reason: 7 })).toBe(400);
    expect(await status({}, { approve: true, reason: 'x'.repeat(20_000) })).toBe(413);
    const { origin: _origin, ...noOrigin } = page;
    const path = `/api/fleet/approvals/${id}`;
    expect((await api.raw(path, { ...noOrigin, 'content-length': '2' }, 'POST', '{}')).status).toBe(403);
    for (const method of ['PUT', 'DELETE', 'OPTIONS']) expect((await api.raw(path, page, method)).status).toBe(405);
    expect((await api.raw(`${path}/more`, page, 'POST')).status).toBe(405);
    expect((await api.get(path)).status).toBe(404);
    expect(await decisionOf(id)).toMatchObject({ state: 'pending' });
  });

  it('says what a process may not read, and which role may', async () => {
    const { api } = await inspect(url('fleet_app'));
    for (const path of ['/api/fleet', '/api/fleet/events']) {
      const { value, problem } = await api.json<Read<unknown>>(path);
      expect(value).toBeNull();
      expect(problem).toMatch(/^The database of the fleet cannot be used: permission denied .*reader or an approver/);
    }
  });

  it('works through a pooler', async () => {
    // The pooler of the tests logs in as a process.
    await as('postgres', 'grant healflow_reader to fleet_app');
    const { api } = await inspect(running.pooler.url());
    expect(await api.json<Read<FleetOverview>>('/api/fleet')).toMatchObject({
      value: { role: 'fleet_app', canDecide: false },
      problem: null,
    });
    await as('postgres', 'revoke healflow_reader from fleet_app');
  });

  it('shows the last state while the database is lost, and goes on when it is back', async () => {
    const clock = new FakeClock();
    const { api, decide } = await inspect(url('fleet_reader'), clock);
    const read = () => api.json<Read<FleetOverview>>('/api/fleet');
    const first = await read();
    expect(first).toMatchObject({ value: { space: 'team' }, problem: null, ageMs: 0 });
    await running.server.stop();
    await clock.advance(2_000);
    const lost = await read();
    expect(lost).toMatchObject({ value: first.value, ageMs: 2_000 });
    expect(lost.problem).toMatch(/^The database of the fleet cannot be reached: /);
    expect(await decide('x', { approve: true })).toMatchObject({ status: 503, error: { code: 'DATABASE' } });
    await running.server.start();
    await clock.advance(2_000);
    expect(await read()).toMatchObject({ value: { space: 'team' }, problem: null, ageMs: 0 });
  });

  it('sends no statement while nobody looks', async () => {
    const statements: string[] = [];
    const clock = new FakeClock();
    const inspector = new InspectorServer({ clock });
    const database = open(url('fleet_reader'));
    await inspector.watchFleet({
      database: {
        query: (text, values) => {
          statements.push(text);
          return database.query(text, values);
        },
      },
      redact,
    });
    await inspector.open();
    const api = apiOf(inspector);
    // Viewers of the other pages.
    await api.stream(
      (text) => text.includes('event: health'),
      () => clock.advance(1_000),
    );
    for (const path of ['/api/mode', '/api/runs', '/api/health']) await api.get(path);
    expect(statements).toEqual([]);
    await Promise.all(Array.from({ length: 20 }, () => api.get('/api/fleet')));
    expect(statements).toHaveLength(1);
    // A viewer whose page asks at another time, and the first one again.
    await clock.advance(1_000);
    await api.get('/api/fleet');
    expect(statements).toHaveLength(1);
    await clock.advance(1_000);
    await api.get('/api/fleet');
    expect(statements).toHaveLength(2);
    await inspector.close();
    await database.close();
  });
});
