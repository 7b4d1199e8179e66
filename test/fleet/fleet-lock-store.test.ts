import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/model/clock.ts';
import type { FixReport, FixRules } from '../../src/model/fix.ts';
import { sleep } from '../../src/platform/wait.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeFleet } from './fake-leases.ts';
import { MemoryLockStore } from './memory-lock-store.ts';
import { MemoryLossNote } from './memory-loss-note.ts';
import { Runs, startProcess } from './scene.ts';

interface FleetOptions {
  readonly machines?: number;
  readonly processes?: number;
  readonly rules?: Partial<FixRules>;
  readonly status?: FixReport['status'];
  readonly takesMs?: number;
  /** How far the wall clock of each machine is ahead, in ms. */
  readonly aheadMs?: readonly number[];
}

/** Some machines with some processes each, and one database. */
const startFleet = ({ machines = 4, processes = 3, aheadMs = [], takesMs = 1_000, ...more }: FleetOptions = {}) => {
  const clock = new FakeClock();
  const fleet = new FakeFleet(clock);
  const runs = new Runs();
  const stores = Array.from({ length: machines }, () => new MemoryLockStore());
  const all = stores.flatMap((machine, at) => {
    const skewed: Clock = {
      now: () => clock.now() + (aheadMs[at] ?? 0),
      monotonic: () => clock.monotonic(),
      setTimeout: (callback, delayMs) => clock.setTimeout(callback, delayMs),
      clearTimeout: (timer) => clock.clearTimeout(timer),
    };
    const losses = new MemoryLossNote();
    return Array.from({ length: processes }, (_, index) =>
      startProcess({
        ...more,
        losses,
        work: () => sleep(clock, takesMs),
        name: `${at + 1}.${index + 1}`,
        clock: skewed,
        machine,
        leases: fleet.connect(`${at + 1}.${index + 1}`, aheadMs[at] ?? 0),
        runs,
        seed: at * 100 + index + 1,
      }),
    );
  });
  /** Has every process run the fix, and moves the clock on until all of them have a report. */
  const callAll = async (meanwhile: (atMs: number) => void = () => {}, among = all) => {
    const beganAt = clock.monotonic();
    const reports: (FixReport & { readonly afterMs: number })[] = [];
    for (const { call } of among) {
      void call().then((report) => reports.push({ ...report, afterMs: clock.monotonic() - beganAt }));
    }
    while (reports.length < among.length) {
      if (clock.monotonic() - beganAt > 60_000) throw new Error(`${reports.length} of ${among.length} have a report`);
      await clock.advance(10);
      meanwhile(clock.monotonic() - beganAt);
    }
    return reports;
  };
  const once = (atMs: number, act: () => void) => {
    let isDone = false;
    return (nowMs: number): void => {
      if (nowMs < atMs || isDone) return;
      isDone = true;
      act();
    };
  };
  return { clock, fleet, runs, stores, all, callAll, once };
};

const statuses = (reports: readonly FixReport[]): string[] => [...new Set(reports.map(({ status }) => status))];

describe('a fix that machines share', () => {
  it('runs once for all of them', async () => {
    const { runs, callAll } = startFleet();
    const reports = await callAll();
    expect(statuses(reports)).toEqual(['succeeded']);
    expect(runs.by).toHaveLength(1);
    expect(reports.filter(({ shared }) => shared !== true)).toHaveLength(1);
    expect(Math.max(...reports.map(({ afterMs }) => afterMs))).toBeLessThan(2_000);
  });

  it('asks the database from one process of each machine only', async () => {
    const { fleet, callAll } = startFleet();
    await callAll();
    const asking = new Set(fleet.statements.map((statement) => statement.split(' ')[0]));
    expect(asking.size).toBe(4);
  });

  it('runs under a lease that says that other machines are waiting', async () => {
    const { runs, callAll } = startFleet({ machines: 1, processes: 1 });
    await callAll();
    expect(runs.leases).toMatchObject([{ isFleetWide: true }]);
  });

  it('cools down on machines that did not run it', async () => {
    const { clock, runs, all, callAll } = startFleet({ status: 'failed' });
    await callAll(undefined, all.slice(0, 3));
    await clock.advance(5_000);
    const reports = await callAll(undefined, all.slice(3));
    expect(reports.map(({ code }) => code)).toEqual(reports.map(() => 'FIX_COOLING_DOWN'));
    expect(runs.by).toHaveLength(1);
  });

  it('has a budget for all machines together', async () => {
    const rules = { cooldownMs: 0, budget: { runs: 2, windowMs: 600_000 } };
    const { clock, runs, all, callAll } = startFleet({ machines: 3, processes: 1, status: 'failed', rules });
    const codes = [];
    for (const one of all) {
      const [report] = await callAll(undefined, [one]);
      codes.push(report?.code);
      await clock.advance(1_000);
    }
    expect(codes).toEqual([undefined, undefined, 'FIX_BUDGET_SPENT']);
    expect(runs.by).toHaveLength(2);
  });

  it('is not shared with a run that ended before the call failed, on whatever machine', async () => {
    const { clock, runs, all, callAll } = startFleet({ machines: 2, processes: 1, rules: { cooldownMs: 60_000 } });
    await callAll(undefined, all.slice(0, 1));
    await clock.advance(600_000);
    const [report] = await callAll(undefined, all.slice(1));
    expect(report).toMatchObject({ status: 'succeeded', reason: 'it ended' });
    expect(report?.shared).toBeUndefined();
    expect(runs.by).toEqual(['1.1', '2.1']);
  });

  it('is not needed if another machine ran it after the attempt began', async () => {
    const { clock, runs, all, callAll } = startFleet({ machines: 2, processes: 1 });
    const [first, second] = all;
    const startedAt = clock.monotonic();
    await callAll(undefined, first && [first]);
    await clock.advance(5);
    const report = second?.call({ failedAttemptStartedAt: startedAt });
    await clock.advance(1_000);
    expect(await report).toMatchObject({ status: 'not_needed', code: 'ALREADY_FIXED' });
    expect(runs.by).toEqual(['1.1']);
  });

  it.each([
    ['ahead', 600_000],
    ['behind', -600_000],
  ])('behaves the same if the clock of one machine is ten minutes %s', async (_title, aheadMs) => {
    const { clock, runs, all, callAll } = startFleet({ aheadMs: [0, aheadMs], status: 'failed', machines: 3 });
    expect(statuses(await callAll())).toEqual(['failed']);
    expect(runs.by).toHaveLength(1);
    await clock.advance(20_000);
    expect((await callAll()).map(({ code }) => code)).toEqual(all.map(() => 'FIX_COOLING_DOWN'));
    await clock.advance(10_000);
    expect(statuses(await callAll())).toEqual(['failed']);
    expect(runs.by).toHaveLength(2);
  });

  it('ends with its caller while another machine runs it', async () => {
    const { clock, fleet, runs, all, callAll } = startFleet({ machines: 2, processes: 1, takesMs: 5_000 });
    const [first, second] = all;
    const running = callAll(undefined, first && [first]);
    await clock.advance(500);
    const leaver = new AbortController();
    const left = second?.call({ signal: leaver.signal });
    await clock.advance(500);
    leaver.abort(new DOMException('gone', 'TimeoutError'));
    await clock.advance(10);
    expect(await left).toMatchObject({ status: 'refused', code: 'FIX_BUSY', reason: expect.stringContaining('1.1') });
    const before = fleet.statements.filter((statement) => statement.startsWith('2.1')).length;
    await running;
    expect(fleet.statements.filter((statement) => statement.startsWith('2.1'))).toHaveLength(before);
    expect(runs.by).toEqual(['1.1']);
  });
});

describe('a database that fails', () => {
  it('is missed by nobody while the pooler restarts: the holder comes back', async () => {
    const { fleet, runs, callAll, once } = startFleet();
    const kill = once(300, () => {
      fleet.condition = 'refuses';
      fleet.breakConnections();
    });
    const restart = once(2_800, () => {
      fleet.condition = 'works';
    });
    const reports = await callAll((atMs) => {
      kill(atMs);
      restart(atMs);
    });
    expect(statuses(reports)).toEqual(['succeeded']);
    expect(runs.by).toHaveLength(1);
    expect(Math.max(...reports.map(({ afterMs }) => afterMs))).toBeLessThan(4_500);
  });

  it('leaves a run for each machine if it is lost for good', async () => {
    const { fleet, runs, callAll, once } = startFleet();
    const gone = once(300, () => {
      fleet.condition = 'refuses';
      fleet.breakConnections();
    });
    const reports = await callAll(gone);
    expect(statuses(reports)).toEqual(['succeeded']);
    expect(runs.by.map((name) => name.slice(0, 1)).sort()).toEqual(['1', '2', '3', '4']);
    expect(Math.max(...reports.map(({ afterMs }) => afterMs))).toBeLessThan(7_500);
  });

  it.each(['refuses', 'unusable'] as const)('is not waited for if it %s from the start', async (condition) => {
    const { fleet, runs, all, callAll } = startFleet();
    fleet.condition = condition;
    const reports = await callAll();
    expect(statuses(reports)).toEqual(['succeeded']);
    expect(runs.by).toHaveLength(4);
    expect(Math.max(...reports.map(({ afterMs }) => afterMs))).toBeLessThan(1_500);
    const warnings = all.flatMap((one) => one.warnings);
    expect(warnings).not.toEqual([]);
    expect(
      warnings.filter(
        (text) =>
          !/^the database of the fleet cannot be (reached|used): .+; fixes are shared on this machine only$/.test(text),
      ),
    ).toEqual([]);
  });

  it('that swallows packets costs a call less than half its time, and the next calls nothing', async () => {
    const { clock, fleet, runs, all } = startFleet({ machines: 1, processes: 1, rules: { cooldownMs: 0 } });
    const [one] = all;
    fleet.condition = 'swallows';
    const first = one?.call({ remainingMs: 6_000 });
    await clock.advance(2_990);
    expect(runs.by).toHaveLength(0);
    await clock.advance(20);
    expect(runs.by).toHaveLength(1);
    await clock.advance(1_500);
    expect(await first).toMatchObject({ status: 'succeeded' });
    const second = one?.call({ remainingMs: 6_000, failedAttemptStartedAt: clock.monotonic() });
    await clock.advance(1_500);
    expect(await second).toMatchObject({ status: 'succeeded' });
    expect(one?.warnings).toHaveLength(1);
  });

  it.each([
    ['refuse', 'refused FLEET_LOST', 0],
    ['machine', 'succeeded undefined', 4],
  ] as const)(
    'that swallows packets is waited for once on each machine, with `whenLost: %s`',
    async (whenLost, told, runsThen) => {
      const { fleet, runs, all, callAll } = startFleet({ processes: 5, rules: { whenLost } });
      fleet.condition = 'swallows';
      const reports = await callAll();
      expect(reports.map(({ status, code }) => `${status} ${code}`)).toEqual(all.map(() => told));
      expect(runs.by).toHaveLength(runsThen);
      expect(Math.max(...reports.map(({ afterMs }) => afterMs))).toBeLessThan(7_500);
    },
  );

  it('is waited for again by a process of the same machine once it has been back', async () => {
    const { clock, fleet, runs, all, callAll, once } = startFleet({
      machines: 1,
      processes: 3,
      rules: { whenLost: 'refuse', cooldownMs: 0 },
    });
    const [first, second, third] = all;
    await callAll(undefined, third && [third]);
    await clock.advance(20);
    fleet.condition = 'swallows';
    expect(await callAll(undefined, first && [first])).toMatchObject([{ code: 'FLEET_LOST' }]);
    fleet.condition = 'works';
    await callAll(undefined, second && [second]);
    fleet.condition = 'refuses';
    const back = once(3_000, () => {
      fleet.condition = 'works';
    });
    await clock.advance(20);
    expect(await callAll(back, third && [third])).toMatchObject([{ status: 'succeeded' }]);
    expect(runs.by).toEqual(['1.3', '1.2', '1.3']);
  });

  it.each(['refuses', 'unusable'] as const)(
    'keeps a fix with `whenLost: refuse` from running: it %s',
    async (condition) => {
      const { fleet, runs, all, callAll } = startFleet({ rules: { whenLost: 'refuse' } });
      fleet.condition = condition;
      const reports = await callAll();
      expect(reports.map(({ status, code }) => `${status} ${code}`)).toEqual(all.map(() => 'refused FLEET_LOST'));
      expect(runs.by).toEqual([]);
    },
  );

  it('that is lost in the middle of a run lets no other one begin with `whenLost: refuse`', async () => {
    const { fleet, runs, callAll, once } = startFleet({ rules: { whenLost: 'refuse' }, takesMs: 8_000 });
    const gone = once(300, () => {
      fleet.condition = 'refuses';
      fleet.breakConnections();
    });
    const reports = await callAll(gone);
    expect(runs.by).toHaveLength(1);
    const [machine] = runs.by.map((name) => name.slice(0, 1));
    expect(reports.filter(({ status }) => status === 'succeeded')).toHaveLength(3);
    expect(reports.filter(({ code }) => code === 'FLEET_LOST')).toHaveLength(9);
    expect(machine).toBeDefined();
  });

  it('gets what it is owed when it comes back', async () => {
    const { clock, fleet, runs, all, callAll, once } = startFleet({ status: 'failed', machines: 2, processes: 1 });
    const [first, second] = all;
    const gone = once(900, () => {
      fleet.condition = 'refuses';
      fleet.breakConnections();
    });
    const [report] = await callAll(gone, first && [first]);
    expect(report).toMatchObject({ status: 'failed', afterMs: expect.any(Number) });
    expect(report?.afterMs).toBeLessThan(2_100);
    await clock.advance(10_000);
    fleet.condition = 'works';
    await clock.advance(1_000);
    expect(await callAll(undefined, second && [second])).toMatchObject([{ code: 'FIX_COOLING_DOWN' }]);
    expect(runs.by).toHaveLength(1);
  });

  it('learns what a machine did without it', async () => {
    const { clock, fleet, runs, all, callAll } = startFleet({ status: 'failed', machines: 1, processes: 2 });
    fleet.condition = 'refuses';
    await callAll(undefined, all.slice(0, 1));
    fleet.condition = 'works';
    await clock.advance(10_000);
    expect(await callAll(undefined, all.slice(1))).toMatchObject([{ code: 'FIX_COOLING_DOWN' }]);
    expect(runs.by).toHaveLength(1);
  });
});

describe('a holder', () => {
  it('that is killed loses its lease after the grace, within a second', async () => {
    const { clock, fleet, runs, all } = startFleet({ machines: 2, processes: 1, takesMs: 20_000 });
    const [first, second] = all;
    void first?.call();
    await clock.advance(500);
    const waiting = second?.call();
    await clock.advance(500);
    // Its process is gone: nobody comes back for the lock.
    const [lock] = [...fleet.locks.values()];
    const [stored] = [...fleet.leases.values()];
    if (stored !== undefined) stored.row = { ...stored.row, id: 'of a process that is gone' };
    lock?.break();
    await clock.advance(250);
    expect(runs.by).toEqual(['1.1']);
    await clock.advance(750);
    expect(runs.by).toEqual(['1.1', '2.1']);
    await clock.advance(20_000);
    expect(await waiting).toMatchObject({ status: 'succeeded' });
  });

  it('that does not move keeps its lease, and counts as stuck in the end', async () => {
    const { clock, fleet, runs, all } = startFleet({ machines: 2, processes: 1 });
    const [first, second] = all;
    // As if it stood still: it has the lock, and its run does not end.
    await fleet
      .connect('1.1')
      .take(
        { lock: 'a'.repeat(32), identity: 'a'.repeat(32) },
        { id: 'frozen', key: 'key', holder: '1.1', limitMs: 10_000 },
      );
    const waiting = second?.call();
    await clock.advance(19_000);
    expect(runs.by).toEqual([]);
    await clock.advance(2_000);
    expect(await waiting).toMatchObject({
      code: 'FIX_BUSY',
      reason: expect.stringContaining('far longer than it may take'),
    });
    expect(first?.name).toBe('1.1');
  });
});
