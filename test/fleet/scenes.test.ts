import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { FleetDatabase } from '../../src/fleet/database.ts';
import { PgLeaseDatabase } from '../../src/fleet/pg-lease-database.ts';
import { databaseSettings } from '../../src/fleet/settings.ts';
import type { Clock } from '../../src/model/clock.ts';
import type { FixReport, FixRules } from '../../src/model/fix.ts';
import { uniqueId } from '../../src/sharing/identity.ts';
import { MachineLockStore } from '../../src/sharing/machine-lock-store.ts';
import { skipWithoutDatabases } from '../support/postgres.ts';
import { makeFleetDatabase, useFleetServer, withClient } from './fleet-server.ts';
import { Runs, startProcess } from './scene.ts';

vi.setConfig({ testTimeout: 120_000 });

/** What ends the work of a fix when the test says so. */
const makeGate = () => {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, wait: () => opened };
};

const clockAhead = (aheadMs: number): Clock => ({ ...systemClock, now: () => systemClock.now() + aheadMs });

describe.skipIf(skipWithoutDatabases())('machines with a real database', () => {
  let databases: FleetDatabase[];
  const running = useFleetServer();
  beforeEach(() => {
    databases = [];
  });
  afterEach(async () => {
    await Promise.all(databases.map((database) => database.close()));
  });

  interface Options {
    readonly machines?: number;
    readonly processes?: number;
    readonly url?: string;
    readonly rules?: Partial<FixRules>;
    readonly status?: FixReport['status'];
    readonly aheadMs?: readonly number[];
  }

  const startFleet = ({
    machines = 4,
    processes = 3,
    url = running.pooler.url(),
    aheadMs = [],
    ...more
  }: Options = {}) => {
    const runs = new Runs();
    const gate = makeGate();
    const identity = `${uniqueId()}${uniqueId()}`;
    const all = Array.from({ length: machines }, (_, at) => {
      const clock = clockAhead(aheadMs[at] ?? 0);
      const stateDir = join(mkdtempSync(join(tmpdir(), 'healflow-scene-')), 'state');
      return Array.from({ length: processes }, (__, index) => {
        const name = `${at + 1}.${index + 1}`;
        const machine = { id: `machine-${at + 1}`, host: 'host', version: '0' };
        const database = new FleetDatabase({ settings: () => databaseSettings(url), clock, machine });
        databases.push(database);
        return startProcess({
          name,
          clock,
          machine: new MachineLockStore({ stateDir, clock }),
          leases: new PgLeaseDatabase({ database, clock, machine: machine.id, redact: (text) => text }),
          runs,
          seed: at * 100 + index + 1,
          work: gate.wait,
          ...more,
          rules: { timeoutMs: 60_000, identity, ...more.rules },
        });
      });
    }).flat();
    const callAll = (among = all) => Promise.all(among.map(({ call }) => call()));
    const own = databases.slice(-machines * processes);
    /** Waits until this many runs have begun, and the database has responded to each machine: a stranger is not waited for. */
    const begun = (count: number) =>
      vi.waitFor(
        () => {
          expect(runs.by.length).toBeGreaterThanOrEqual(count);
          expect(own.filter(({ answeredAt }) => answeredAt !== null).length).toBeGreaterThanOrEqual(machines);
        },
        { timeout: 60_000, interval: 10 },
      );
    return { runs, gate, identity, all, callAll, begun };
  };

  const asAdmin = <T>(sql: string, values: unknown[] = []) =>
    withClient(
      running.server.url('postgres', 'fleet'),
      async (client) => (await client.query(sql, values)).rows as T[],
    );

  /** Waits until the holder has its lock, and the row says so. */
  const isHeld = (identity: string) =>
    vi.waitFor(
      async () => {
        const locks = await asAdmin(
          "select 1 from pg_locks k join healflow.lease l on l.lock = $1 and l.ended is null and l.free_at is null where k.locktype = 'advisory' and k.granted and (k.classid::bigint << 32 | k.objid::bigint) = healflow.lock_key('team', 'lease', $1)",
          [identity],
        );
        expect(locks).toHaveLength(1);
      },
      { timeout: 60_000, interval: 50 },
    );

  /** Waits until the pooler lets clients in again: it refuses them for a moment after a login at the server has failed. */
  const poolerAnswers = () =>
    vi.waitFor(() => withClient(running.pooler.url(), (client) => client.query('select 1')), {
      timeout: 60_000,
      interval: 50,
    });

  const statuses = (reports: readonly FixReport[]): string[] => [...new Set(reports.map(({ status }) => status))];

  it.each([
    ['directly', () => running.server.url('fleet_app', 'fleet')],
    ['through a pooler in transaction mode', () => running.pooler.url()],
  ])('run a fix once, %s', async (_title, url) => {
    const { runs, gate, all, callAll, begun } = startFleet({ url: url() });
    const reports = callAll();
    await begun(1);
    gate.open();
    expect(statuses(await reports)).toEqual(['succeeded']);
    expect(runs.by).toHaveLength(1);
    const rows = await asAdmin<{ ended: Date }>('select ended from healflow.lease where holder = any($1)', [
      all.map(({ name }) => name),
    ]);
    expect(rows.filter(({ ended }) => ended === null)).toEqual([]);
  });

  it('have one run while the pooler is killed and restarted: the holder takes its lock again', async () => {
    for (const _ of [1, 2]) {
      const { runs, gate, identity, callAll, begun } = startFleet();
      const reports = callAll();
      await begun(1);
      await running.pooler.kill();
      await running.pooler.start();
      await isHeld(identity);
      gate.open();
      expect(statuses(await reports)).toEqual(['succeeded']);
      expect(runs.by).toHaveLength(1);
    }
  });

  it('have one run while the server is stopped and started', async () => {
    for (const url of [running.pooler.url(), running.server.url('fleet_app', 'fleet')]) {
      const { runs, gate, identity, callAll, begun } = startFleet({ url });
      const reports = callAll();
      await begun(1);
      await running.server.crash();
      await running.server.start();
      await isHeld(identity);
      gate.open();
      expect(statuses(await reports)).toEqual(['succeeded']);
      expect(runs.by).toHaveLength(1);
    }
  });

  it('have one run each if the server goes for good while one runs, and none with `whenLost: refuse`', async () => {
    const free = startFleet();
    const strict = startFleet({ rules: { whenLost: 'refuse' } });
    const reports = [free.callAll(), strict.callAll()] as const;
    await Promise.all([free.begun(1), strict.begun(1)]);
    await running.server.crash();
    try {
      await free.begun(4);
      free.gate.open();
      expect(statuses(await reports[0])).toEqual(['succeeded']);
      expect(new Set(free.runs.by.map((name) => name.slice(0, 1)))).toEqual(new Set(['1', '2', '3', '4']));
      expect(free.runs.by).toHaveLength(4);
      strict.gate.open();
      const refused = (await reports[1]).filter(({ code }) => code === 'FLEET_LOST');
      expect(refused).toHaveLength(9);
      expect(strict.runs.by).toHaveLength(1);
    } finally {
      await running.server.start();
      await poolerAnswers();
    }
  });

  it('do not wait for a server that is down from the start', async () => {
    const url = 'postgres://app@127.0.0.1:1/fleet';
    const { runs, gate, all, callAll } = startFleet({ url });
    gate.open();
    expect(statuses(await callAll())).toEqual(['succeeded']);
    expect(runs.by).toHaveLength(4);
    expect(all.flatMap(({ warnings }) => warnings)[0]).toContain('cannot be reached');
    const strict = startFleet({ url, rules: { whenLost: 'refuse' } });
    expect((await strict.callAll()).map(({ code }) => code)).toEqual(strict.all.map(() => 'FLEET_LOST'));
    expect(strict.runs.by).toEqual([]);
  });

  it('do not wait for a server that swallows what it is sent for longer than half of their time', async () => {
    const { runs, gate, all } = startFleet({ machines: 1, processes: 1 });
    gate.open();
    running.pooler.signal('SIGSTOP');
    try {
      const report = await all[0]?.call({ remainingMs: 2_000 });
      expect(report).toMatchObject({ status: 'succeeded' });
      expect(report?.durationMs).toBeGreaterThanOrEqual(1_000);
      expect(all[0]?.warnings[0]).toContain('no response within 1');
      expect(runs.by).toEqual(['1.1']);
    } finally {
      running.pooler.signal('SIGCONT');
      await poolerAnswers();
    }
  });

  it('agree about cool-downs although their clocks are ten minutes apart', async () => {
    const { runs, gate, all, callAll, begun } = startFleet({
      aheadMs: [0, 600_000, -600_000],
      machines: 3,
      status: 'failed',
    });
    const reports = callAll();
    await begun(1);
    gate.open();
    expect(statuses(await reports)).toEqual(['failed']);
    expect((await callAll()).map(({ code }) => code)).toEqual(all.map(() => 'FIX_COOLING_DOWN'));
    expect(runs.by).toHaveLength(1);
  });

  it('have no connection while nothing fails', async () => {
    // A database of its own: the pooler keeps its connections.
    await makeFleetDatabase(running.server, 'quiet');
    const { gate, callAll, begun } = startFleet({ url: running.server.url('fleet_app', 'quiet') });
    const backends = async () =>
      (
        await asAdmin<{ n: number }>(
          "select count(*)::int as n from pg_stat_activity where usename = 'fleet_app' and datname = 'quiet'",
        )
      )[0]?.n;
    expect(await backends()).toBe(0);
    const reports = callAll();
    await begun(1);
    expect(await backends()).toBeGreaterThan(0);
    gate.open();
    await reports;
    await vi.waitFor(async () => expect(await backends()).toBe(0), { timeout: 60_000, interval: 100 });
  });

  it('ask with few statements: of a machine, fifteen at most, whatever its processes', async () => {
    const { gate, all, callAll, begun } = startFleet({ machines: 1 });
    const queries = databases.map((database) => vi.spyOn(database, 'query'));
    const transactions = databases.map((database) => vi.spyOn(database, 'transaction'));
    const callsOf = (spies: readonly { readonly mock: { readonly calls: readonly unknown[] } }[]): number =>
      spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
    const reports = callAll();
    await begun(1);
    gate.open();
    expect(statuses(await reports)).toEqual(['succeeded']);
    expect(all).toHaveLength(3);
    // A transaction has four: begin, the lock, the time-out that does not count, commit.
    expect(callsOf(queries) + 4 * callsOf(transactions)).toBeLessThanOrEqual(15);
  });
});
