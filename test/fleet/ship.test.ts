import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { HealingEvent } from '../../src/event-log/index.ts';
import type { ShipperParts } from '../../src/fleet/shipper.ts';
import { createHealer } from '../../src/index.ts';
import { unrefClock } from '../../src/platform/unref-clock.ts';
import { createRedactor } from '../../src/redact/index.ts';
import { anEvent, liveLog, openLog } from '../event-log/events.ts';
import { ended, startWriter } from '../event-log/writers.ts';
import { skipWithoutDatabases } from '../support/postgres.ts';
import { makeFleetDatabase, useFleetServer, withClient } from './fleet-server.ts';
import { startShipper, temporaryFolder } from './shippers.ts';

const program = fileURLToPath(new URL('../fixtures/fleet/shipper.mjs', import.meta.url));
const timeout = 20_000;
const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();

describe.skipIf(skipWithoutDatabases())('the events of a machine', () => {
  const running = useFleetServer();

  const as = <T>(role: string, sql: string, values: unknown[] = []) =>
    withClient(running.server.url(role, 'fleet'), async (client) => (await client.query(sql, values)).rows as T[]);
  const eventsOf = (log: string) =>
    as<Record<string, unknown>>('fleet_reader', 'select * from healflow.events where log = $1 order by retry_count', [
      log,
    ]);

  /** A log of its own in the database, and a shipper for it. */
  const setUp = (log: string) => {
    const [memoryDir, stateDir] = [temporaryFolder('memory'), temporaryFolder('state')];
    const write = (events: readonly HealingEvent[]): void => {
      const { log: file } = openLog(memoryDir);
      for (const event of events) file.append(event);
    };
    const ship = (parts: Partial<ShipperParts> = {}, url = running.pooler.url()) =>
      startShipper(url, memoryDir, stateDir, { log, ...parts });
    /** Waits until so many events have come, and gives them. */
    const arrived = async (count: number) => {
      const counted = () => as('fleet_reader', 'select count(*)::int as n from healflow.events where log = $1', [log]);
      await vi.waitFor(async () => expect(await counted()).toEqual([{ n: count }]), { timeout, interval: 50 });
      return eventsOf(log);
    };
    return { memoryDir, stateDir, write, ship, arrived };
  };

  it('are copied as they are in the log', async () => {
    const { write, ship, arrived } = setUp('plain');
    const at = daysAgo(1);
    write([anEvent({ timestamp: at, error: 'Zeit überschritten 😀' })]);
    ship();
    const [event] = await arrived(1);
    expect(event).toEqual({
      at: new Date(at),
      id: '00112233445566ff',
      machine: 'machine-a',
      log: 'plain',
      received_at: expect.any(Date),
      tool: 'k8s_get_pods',
      error: 'Zeit überschritten 😀',
      fix_applied: 'kube_login',
      result: 'success',
      retry_count: 1,
      class: 'auth',
      pattern: 'http.401',
      outcome: 'healed',
      attempts: 2,
      duration_ms: '1234',
      fixes: [{ fix: 'kube_login', status: 'succeeded', ms: 900 }],
      refusal: null,
      refusal_reason: null,
      pid: '4711',
      kind: 'read-only',
    });
  });

  it('come once from two shippers that know nothing of each other', async () => {
    const { memoryDir, write, ship, arrived } = setUp('two');
    write(
      Array.from({ length: 3_000 }, (_, n) => anEvent({ timestamp: daysAgo(1), run_id: `two-${n}`, retry_count: n })),
    );
    ship();
    startShipper(running.pooler.url(), memoryDir, temporaryFolder('state'), { log: 'two' });
    await arrived(3_000);
    const [known] = await as('fleet_reader', "select events, behind_bytes from healflow.event_logs where log = 'two'");
    expect(known).toEqual({ events: '3000', behind_bytes: '0' });
  });

  it('come once if two machines have the same log', async () => {
    const { memoryDir, write, ship, arrived } = setUp('shared');
    write(Array.from({ length: 500 }, (_, n) => anEvent({ timestamp: daysAgo(1), run_id: `shared-${n}` })));
    ship();
    startShipper(running.pooler.url(), memoryDir, temporaryFolder('state'), { log: 'shared', machine: 'machine-b' });
    await arrived(500);
    await vi.waitFor(
      async () =>
        expect(await as('fleet_reader', "select behind_bytes from healflow.event_logs where log = 'shared'")).toEqual([
          { behind_bytes: '0' },
          { behind_bytes: '0' },
        ]),
      { timeout },
    );
    expect(await arrived(500)).toHaveLength(500);
  });

  it('come while writers write and rotate', { timeout: 120_000 }, async () => {
    const { memoryDir, ship, arrived } = setUp('rotated');
    const { shipper } = ship();
    const writers = ['a', 'b'].map((name) =>
      startWriter(memoryDir, name, 1_000, { maxFileBytes: 64 * 1024, keepFiles: 10_000 }),
    );
    for (const writer of writers) writer.stdout?.on('data', () => shipper.notice());
    expect(await Promise.all(writers.map(ended))).toEqual([0, 0]);
    shipper.notice();
    expect(new Set((await arrived(2_000)).map(({ id }) => id)).size).toBe(2_000);
  });

  it('have the same times whatever the zones and clocks, and lie in months of UTC', async () => {
    await as('postgres', "alter role fleet_app set timezone = 'Pacific/Kiritimati'");
    onTestFinished(async () => {
      await as('postgres', 'alter role fleet_app reset timezone');
    });
    const { write, ship, arrived } = setUp('times');
    const month = new Date();
    month.setUTCDate(1);
    month.setUTCHours(0, 0, 0, 0);
    const first = month.getTime();
    const times = [first - 1, first, first + 1, Date.now() - 60_000, Date.now() - 9 * 60_000];
    write(times.map((at, n) => anEvent({ timestamp: new Date(at).toISOString(), run_id: `t${n}`, retry_count: n })));
    const ahead = unrefClock({ ...systemClock, now: () => systemClock.now() + 600_000 });
    ship({ clock: ahead }, running.server.url('fleet_app', 'fleet'));
    expect((await arrived(5)).map(({ at }) => (at as Date).getTime())).toEqual(times);
    const [clock] = await as<{ ahead: number }>(
      'fleet_reader',
      "select clock_ahead_ms::float8 as ahead from healflow.event_logs where log = 'times'",
    );
    expect(Math.abs((clock?.ahead ?? 0) - 600_000)).toBeLessThan(10_000);
    const parts = await as<{ part: string; n: number }>(
      'postgres',
      "select tableoid::regclass::text as part, count(*)::int as n from healflow.event where log = 'times' group by 1 order by 1",
    );
    const nameOf = (at: number) => new Date(at).toISOString().slice(0, 7).replace('-', '_');
    expect(parts.find(({ part }) => part.endsWith(nameOf(first - 1)))?.n).toBeGreaterThanOrEqual(1);
    expect(parts.find(({ part }) => part.endsWith(nameOf(first)))?.n).toBeGreaterThanOrEqual(2);
  });

  it('count as of now if they are from the future, or if the clock is wrong by more than a day', async () => {
    const { write, ship, arrived } = setUp('future');
    write([anEvent({ timestamp: daysAgo(-400), run_id: 'future' })]);
    ship();
    const [future] = await arrived(1);
    expect(future?.at).toEqual(future?.received_at);
    const wrong = setUp('wrong');
    wrong.write([anEvent({ timestamp: '1970-01-01T00:00:07.000Z', run_id: 'wrong' })]);
    wrong.ship({ clock: unrefClock({ ...systemClock, now: () => 7_000 }) });
    const [event] = await wrong.arrived(1);
    expect(event?.at).toEqual(event?.received_at);
  });

  it('arrive whatever is in one of them', async () => {
    const { memoryDir, write, ship, arrived } = setUp('odd');
    const at = daysAgo(1);
    const raw = (fields: Record<string, unknown>): string =>
      `  - ${Object.entries({
        timestamp: at,
        tool: 'by_hand',
        error: null,
        fix_applied: null,
        result: 'failure',
        ...fields,
      })
        .map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`)
        .join('    ')}`;
    write([anEvent({ timestamp: at, retry_count: 0, run_id: 'first' })]);
    appendFileSync(
      liveLog(memoryDir),
      [
        { retry_count: 1, error: 'NUL \u0000 and half a pair \ud83d' },
        { retry_count: 2, error: 'x'.repeat(50_000), tool: '😀'.repeat(5_000) },
        { retry_count: 3, timestamp: 'yesterday' },
        { retry_count: 4, attempts: 1e300, duration_ms: 'long', pid: -0.5, fixes: 'none', class: { deep: [1] } },
        {
          retry_count: 5,
          fixes: [null, 7, { fix: '\u0000', ms: 1e99 }, ...Array(2_000).fill({ fix: 'f', reason: 'r'.repeat(20) })],
        },
        { retry_count: 6, error: "'; drop table healflow.event; --" },
        { retry_count: 1e300 },
      ]
        .map(raw)
        .join(''),
    );
    appendFileSync(liveLog(memoryDir), raw({ retry_count: 8, run_id: 'torn', kind: 'x' }).slice(0, 70));
    write([anEvent({ timestamp: at, retry_count: 9, run_id: 'last' })]);
    const { warnings } = ship();
    const events = await arrived(9);
    expect(events.map(({ retry_count }) => retry_count)).toEqual([0, 1, 2, 3, 4, 5, 6, 9, 2_147_483_647]);
    expect(events[1]?.error).toBe('NUL \ufffd and half a pair \ufffd');
    expect(String(events[2]?.error)).toHaveLength(2_000);
    expect(events[3]?.at).toEqual(events[3]?.received_at);
    expect(events[4]).toMatchObject({ attempts: 2_147_483_647, duration_ms: null, fixes: null, class: null });
    expect(events[5]?.fixes).toHaveLength(32);
    expect(warnings).toEqual([]);
  });

  it('wait for a database that is lost', async () => {
    const { write, ship, arrived } = setUp('lost');
    write([anEvent({ timestamp: daysAgo(1), run_id: 'before' })]);
    const { shipper } = ship();
    await arrived(1);
    await running.pooler.kill();
    write([anEvent({ timestamp: daysAgo(1), run_id: 'meanwhile' })]);
    shipper.notice();
    await running.pooler.start();
    await arrived(2);
  });

  it('hold no secret in any table', async () => {
    const secrets = { TOKEN: 'dummy-8fK2mQ9xLr4T', GITHUB: 'ghp_dummyDUMMYdummyDUMMYdummyDUMMY012345' };
    const redact = createRedactor({ values: [secrets.TOKEN], env: {} });
    const { memoryDir, ship, arrived } = setUp('secrets');
    const { log } = openLog(memoryDir, { redact });
    const text = `401 for Bearer ${secrets.TOKEN}, ${secrets.GITHUB}`;
    log.append(
      anEvent({
        timestamp: daysAgo(1),
        tool: secrets.TOKEN,
        error: text,
        refusal_reason: text,
        fixes: [{ fix: 'kube_login', status: 'failed', ms: 1, reason: text }],
      }),
    );
    appendFileSync(
      liveLog(memoryDir),
      `  - timestamp: "${daysAgo(1)}"\n    tool: "by_hand"\n    error: "${text}"\n    fix_applied: null\n    result: "failure"\n    retry_count: 2\n`,
    );
    ship({ redact });
    await arrived(2);
    const tables = await as<{ name: string }>(
      'postgres',
      "select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables where schemaname = 'healflow'",
    );
    expect(tables.length).toBeGreaterThan(8);
    for (const { name } of tables) {
      const rows = JSON.stringify(await as('postgres', `select t::text from ${name} t`));
      for (const secret of Object.values(secrets)) expect(rows, name).not.toContain(secret);
    }
  });

  it('are copied for a healer with a fleet, and leave no connection behind', async () => {
    await makeFleetDatabase(running.server, 'healer');
    const [memoryDir, stateDir] = [temporaryFolder('memory'), temporaryFolder('state')];
    const env = { FLEET_URL: running.server.url('fleet_app', 'healer'), HEALFLOW_STATE_DIR: stateDir };
    const warnings: string[] = [];
    const healer = await createHealer({
      config: { fleet: { urlEnv: 'FLEET_URL' }, memoryDir, attempts: 1 },
      env,
      warn: (message) => warnings.push(message),
    });
    const query = (sql: string) =>
      withClient(running.server.url('postgres', 'healer'), async (client) => (await client.query(sql)).rows);
    const connections = () =>
      query("select count(*)::int as n from pg_stat_activity where datname = 'healer' and usename = 'fleet_app'");
    // Healthy calls are nothing to copy.
    await healer.run('read_thing', () => 'fine');
    await expect(
      healer.run('read_thing', () => {
        throw new Error('401 Unauthorized');
      }),
    ).rejects.toThrow('401');
    await vi.waitFor(
      async () => expect(await query('select tool from healflow.event')).toEqual([{ tool: 'read_thing' }]),
      {
        timeout,
        interval: 50,
      },
    );
    await vi.waitFor(async () => expect(await connections()).toEqual([{ n: 0 }]), { timeout, interval: 100 });
    await healer.close();
    expect(warnings).toEqual([]);
  });

  it('are left alone by a healer that finds nothing new: no connection', async () => {
    const accepted = vi.fn();
    const listener = createServer((socket) => {
      accepted();
      socket.destroy();
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void listener.close());
    await new Promise((resolve) => listener.once('listening', resolve));
    const { port } = listener.address() as { port: number };
    const memoryDir = temporaryFolder('memory');
    mkdirSync(dirname(liveLog(memoryDir)), { recursive: true });
    writeFileSync(liveLog(memoryDir), 'healing_events:\n');
    const clock = unrefClock(systemClock);
    const looked = vi.fn();
    const { shipper } = startShipper(`postgres://app@127.0.0.1:${port}/fleet`, memoryDir, temporaryFolder('state'), {
      clock: {
        ...clock,
        setTimeout: (callback, delayMs) => {
          // Its next look at the log, after it has found nothing.
          if (delayMs >= 30_000) looked();
          return clock.setTimeout(callback, delayMs);
        },
      },
    });
    await vi.waitFor(() => expect(looked).toHaveBeenCalled(), { timeout });
    await shipper.close();
    expect(accepted).not.toHaveBeenCalled();
  });

  it('keep no process that waits for the database, and end with their healer', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => {
      socket.on('error', () => {});
      // It is connected, and waits for a response.
      socket.once('data', () => sockets.push(socket));
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void silent.close());
    await once(silent, 'listening');
    const url = `postgres://app@127.0.0.1:${(silent.address() as AddressInfo).port}/fleet`;
    const { memoryDir, stateDir, write, ship } = setUp('silent');
    write([anEvent({ timestamp: daysAgo(1) })]);
    const child = spawn(process.execPath, [program, url, memoryDir, stateDir], { stdio: ['pipe', 'pipe', 'inherit'] });
    await vi.waitFor(() => expect(sockets).toHaveLength(1), { timeout, interval: 5 });
    child.stdin.write('what keeps you?\n');
    const said: string[] = [];
    child.stdout.on('data', (text: Buffer) => said.push(text.toString()));
    await vi.waitFor(() => expect(said.join('')).toContain(']'), { timeout, interval: 5 });
    const kept = /\[.*\]/.exec(said.join(''))?.[0] ?? '';
    expect(JSON.parse(kept).filter((name: string) => !/^(Pipe|TTY|Immediate)/.test(name))).toEqual([]);
    child.stdin.end();
    expect(await ended(child)).toBe(0);

    const { shipper } = ship({}, url);
    await vi.waitFor(() => expect(sockets).toHaveLength(2), { timeout, interval: 5 });
    const gone = sockets[1] && once(sockets[1].resume(), 'close');
    await shipper.close();
    await gone;
    // That of the process that has ended stays until somebody takes it.
    await vi.waitFor(() => expect(readdirSync(stateDir)).not.toContain('shipper-name.lock'), { timeout, interval: 5 });
  });
});
