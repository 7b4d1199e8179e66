import { describe, expect, it, onTestFinished } from 'vitest';
import { Shipper } from '../../src/fleet/shipper.ts';
import { createHealer } from '../../src/index.ts';
import { sleep } from '../../src/platform/wait.ts';
import { createRedactor } from '../../src/redact/index.ts';
import { MachineLockStore } from '../../src/sharing/machine-lock-store.ts';
import { loadTelemetry } from '../../src/telemetry/load.ts';
import { anEvent, openLog } from '../event-log/events.ts';
import { FakeEventDatabase } from '../fleet/fake-events.ts';
import { FakeFleet } from '../fleet/fake-leases.ts';
import { MemoryLockStore } from '../fleet/memory-lock-store.ts';
import { Runs, startProcess } from '../fleet/scene.ts';
import { temporaryFolder } from '../fleet/shippers.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { registerSdk } from './support.ts';

const reachable = 'healflow.fleet.reachable';
const takes = 'healflow.fleet.take.duration';
const lag = 'healflow.fleet.shipper.lag';
const fallbacks = 'healflow.fleet.fallback.count';

/** An SDK, a fake clock, and the metrics of a fleet. */
const measured = async () => {
  const sdk = registerSdk();
  const clock = new FakeClock();
  const telemetry = await loadTelemetry({
    clock,
    redact: createRedactor({ env: {} }),
    warn: () => {},
    cwd: process.cwd(),
    required: true,
  });
  if (telemetry === undefined) throw new Error('there is no telemetry');
  return { sdk, clock, meter: await telemetry.measureFleet() };
};

describe('the metrics of a fleet', () => {
  it('say whether its database was reached last, once it has been asked', async () => {
    const { sdk, meter } = await measured();
    const value = async () => (await sdk.points(reachable)).points.map((point) => point.value);
    expect(await value()).toEqual([]);
    meter.reached(true);
    expect(await value()).toEqual([1]);
    meter.reached(false);
    expect(await value()).toEqual([0]);
  });

  it('measure how long fixes wait for their lease', async () => {
    const { sdk, clock, meter } = await measured();
    const fleet = new FakeFleet(clock);
    const runs = new Runs();
    const [first, second] = ['a', 'b'].map((name) =>
      startProcess({
        name,
        clock,
        machine: new MemoryLockStore(),
        leases: fleet.connect(name),
        runs,
        meter,
        work: () => sleep(clock, 2_000),
      }),
    );
    const reports = Promise.all([first?.call(), second?.call()]);
    await clock.runUntil(reports);
    const { unit, points } = await sdk.points(takes);
    expect(unit).toBe('s');
    const key = 'host:vpn_connect:default';
    expect(points).toEqual([
      {
        attributes: { 'healflow.fix.key': key, 'healflow.fleet.take.result': 'taken' },
        value: { count: 2, sum: expect.closeTo(2, 0) },
      },
    ]);
    expect((await sdk.points(fallbacks)).points).toEqual([]);
  });

  it.each(['machine', 'refuse'] as const)('count what is done without the database: %s', async (whenLost) => {
    const { sdk, clock, meter } = await measured();
    const fleet = new FakeFleet(clock);
    fleet.condition = 'refuses';
    const options = { name: 'a', clock, machine: new MemoryLockStore(), leases: fleet.connect('a'), runs: new Runs() };
    const { call } = startProcess({ ...options, meter, rules: { whenLost } });
    await clock.runUntil(call());
    const fix = { 'healflow.fix.key': 'host:vpn_connect:default' };
    expect((await sdk.points(fallbacks)).points).toEqual([
      { attributes: { ...fix, 'healflow.fleet.when_lost': whenLost }, value: 1 },
    ]);
    expect((await sdk.points(takes)).points).toMatchObject([
      { attributes: { ...fix, 'healflow.fleet.take.result': 'lost' } },
    ]);
  });

  it('do not count a caller that leaves while the database is silent', async () => {
    const { sdk, clock, meter } = await measured();
    const fleet = new FakeFleet(clock);
    fleet.condition = 'swallows';
    const options = { name: 'a', clock, machine: new MemoryLockStore(), leases: fleet.connect('a'), runs: new Runs() };
    const caller = new AbortController();
    const taken = startProcess({ ...options, meter }).fleet.take({
      key: 'host:vpn_connect:default',
      identity: 'fix',
      exclusive: 'fix',
      limitMs: 10_000,
      cancels: caller.signal,
    });
    clock.setTimeout(() => caller.abort(new Error('the caller has left')), 100);
    expect(await clock.runUntil(taken)).toMatchObject({ denied: { code: 'FLEET_LOST' } });
    expect((await sdk.points(takes))?.points ?? []).toEqual([]);
  });

  it('say how old the oldest event is that has not been copied', async () => {
    const { sdk, clock, meter } = await measured();
    const [memoryDir, stateDir] = [temporaryFolder('memory'), temporaryFolder('state')];
    const database = new FakeEventDatabase();
    const shipper = new Shipper({
      memoryDir,
      stateDir,
      log: 'log',
      name: 'shipper',
      machine: 'machine',
      database,
      disconnect: () => database.disconnect(),
      locks: new MachineLockStore({ stateDir, clock }),
      clock,
      random: () => 0.5,
      redact: (text) => text,
      warn: () => {},
      retentionDays: 90,
    });
    onTestFinished(async () => {
      await clock.runUntil(shipper.close());
    });
    let reads = 0;
    meter.observeLag(() => {
      reads += 1;
      return shipper.lagSeconds;
    });
    const seconds = async () => (await sdk.points(lag)).points.map((point) => point.value);
    // Nobody has looked yet.
    expect(await seconds()).toEqual([]);
    // It was written before this process began, and the database is lost.
    database.next.push('lost before');
    openLog(memoryDir).log.append(anEvent({ run_id: 'old', timestamp: new Date(clock.now() - 90_000).toISOString() }));
    shipper.start();
    await clock.runUntil(until(() => database.statements === 1));
    expect(await seconds()).toEqual([90]);
    await clock.runUntil(until(() => database.ids.length === 1));
    expect(await seconds()).toEqual([0]);
    shipper.notice();
    await clock.advance(400);
    expect(await seconds()).toEqual([0.4]);
    const readsBefore = reads;
    meter.close();
    await seconds();
    expect(reads).toBe(readsBefore);
  });

  it('are not made without a fleet, nor without telemetry', async () => {
    const sdk = registerSdk();
    const env = { FLEET_URL: 'postgres://app@127.0.0.1:1/fleet' };
    const fleet = { urlEnv: 'FLEET_URL' };
    for (const [config, isMeasured] of [
      [{}, false],
      [{ fleet, telemetry: 'off' }, false],
      [{ fleet }, true],
    ] as const) {
      const cwd = temporaryFolder('telemetry');
      const token = { token_refresh: { command: [process.execPath, '-e', ''], share: { fleet: 'token' } } };
      const fixes = 'fleet' in config ? token : {};
      const healer = await createHealer({ config: { ...config, fixes, stateDir: cwd }, cwd, env, warn: () => {} });
      const call = async ({ attempt }: { attempt: number }): Promise<string> => {
        if (attempt === 1) throw new Error('HTTP 401 Unauthorized: the access token expired');
        return 'pods';
      };
      await healer.run('get_pods', call).catch(() => {});
      const values = async (name: string) => (await sdk.points(name)).points.map((point) => point.value);
      expect(await values(reachable)).toEqual(isMeasured ? [0] : []);
      expect(await values(fallbacks)).toEqual(isMeasured ? [1] : []);
      expect((await values(takes)).length).toBe(isMeasured ? 1 : 0);
      await healer.close();
    }
  });
});

/** Waits until something is so, while the test moves its clock. */
const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
};
