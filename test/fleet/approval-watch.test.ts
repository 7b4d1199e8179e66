import { describe, expect, it } from 'vitest';
import { FleetApprovals } from '../../src/fleet/fleet-approvals.ts';
import type { FixReport, FixRequest, FixRules } from '../../src/model/fix.ts';
import { sleep } from '../../src/platform/wait.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeApprovalDatabase } from './fake-approvals.ts';
import { FakeFleet } from './fake-leases.ts';
import { MemoryLockStore } from './memory-lock-store.ts';
import { Runs, startProcess } from './scene.ts';

const hourMs = 3_600_000;

const scene = () => {
  const clock = new FakeClock();
  const fleet = new FakeFleet(clock);
  const database = new FakeApprovalDatabase(clock);
  const runs = new Runs();
  const start = (name: string, rules: Partial<FixRules> = {}, status: FixReport['status'] = 'succeeded') => {
    const approvals = new FleetApprovals({ database, clock, machine: name, holder: name, redact: (text) => text });
    const started = startProcess({
      ...{ name, clock, runs, approvals, status },
      machine: new MemoryLockStore(),
      leases: fleet.connect(name),
      rules: { mode: 'ask', approvalDigest: 'what would run', cooldownMs: 0, ...rules },
      work: () => sleep(clock, 100),
    });
    const fail = async (request: Partial<FixRequest> = {}): Promise<FixReport> => {
      let report: FixReport | undefined;
      void started.call({ failedAttemptStartedAt: clock.monotonic(), ...request }).then((got) => {
        report = got;
      });
      for (let passed = 0; report === undefined; passed += 10) {
        if (passed > 60_000) throw new Error('there is no report');
        await clock.advance(10);
      }
      return report;
    };
    return { ...started, fail };
  };
  const looks = (): number => database.statements.filter((kind) => kind === 'see').length;
  return { clock, database, runs, start, looks };
};

describe('a process that has asked the approvers, and still lives', () => {
  it('runs the fix once it is approved, once, and a call that has failed before finds it done', async () => {
    const { clock, database, runs, start } = scene();
    const { fail, warnings } = start('a');
    const failedAt = clock.monotonic();
    expect(await fail()).toMatchObject({ code: 'APPROVAL_PENDING' });
    database.decide('approved');
    await clock.advance(31_000);
    expect(runs.by).toEqual(['a']);
    expect(warnings).toEqual([expect.stringMatching(/^vpn_connect was approved after its call had ended: succeeded/)]);
    expect(await fail({ failedAttemptStartedAt: failedAt })).toMatchObject({ code: 'ALREADY_FIXED' });
    await clock.advance(24 * hourMs);
    expect(runs.by).toEqual(['a']);
    expect(database.rows.map(({ state }) => state)).toEqual(['used']);
  });

  it('looks after 3 s and then ever more rarely, at least twice a minute, until the question ends', async () => {
    const { clock, looks, start } = scene();
    await start('a').fail();
    await clock.advance(2_900);
    expect(looks()).toBe(0);
    await clock.advance(200);
    expect(looks()).toBe(1);
    await clock.advance(57_000);
    expect(looks()).toBe(5);
    await clock.advance(hourMs);
    expect(looks()).toBeLessThanOrEqual(5 + 121);
    await clock.advance(24 * hourMs);
    const atEnd = looks();
    await clock.advance(hourMs);
    expect(looks()).toBe(atEnd);
    expect(clock.pending).toBe(0);
  });

  it('looks no more once it is used', async () => {
    const { clock, database, looks, runs, start } = scene();
    await start('a').fail();
    for (const row of database.rows) row.state = 'used';
    await clock.advance(31_000);
    expect(looks()).toBe(1);
    expect(runs.by).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('asks nothing by itself: of many that look, one runs it, and a run that fails is not asked about again', async () => {
    const { clock, database, runs, start } = scene();
    const all = ['a', 'b', 'c', 'd'].map((name) => start(name, {}, 'failed'));
    for (const { fail } of all) await fail();
    database.decide('approved');
    await clock.advance(60_000);
    expect(runs.by).toHaveLength(1);
    expect(database.rows.map(({ state }) => state)).toEqual(['used']);
    expect(clock.pending).toBe(0);
  });

  it('is held back by a cool-down, and runs it then', async () => {
    const { clock, database, runs, start } = scene();
    await start('a', { cooldownMs: hourMs }).fail();
    // A user says yes meanwhile, and that run fails.
    await start('b', { cooldownMs: hourMs }, 'failed').fail({ approve: () => true });
    database.decide('approved');
    await clock.advance(hourMs / 2);
    expect(runs.by).toEqual(['b']);
    expect(database.rows.map(({ state }) => state)).toEqual(['approved']);
    await clock.advance(hourMs);
    expect(runs.by).toEqual(['b', 'a']);
  });

  it('looks twice a minute at a denial, until it ends', async () => {
    const { clock, database, looks, runs, start } = scene();
    await start('a').fail();
    database.decide('denied');
    await clock.advance(3_100);
    expect(looks()).toBe(1);
    await clock.advance(29_800);
    expect(looks()).toBe(1);
    await clock.advance(24 * hourMs);
    const atEnd = looks();
    expect(atEnd).toBeGreaterThan(2_800);
    await clock.advance(hourMs);
    expect(looks()).toBe(atEnd);
    expect(runs.by).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('runs it if a denial is changed to an approval', async () => {
    const { clock, database, runs, start } = scene();
    await start('a').fail();
    database.decide('denied');
    await clock.advance(hourMs);
    for (const row of database.rows) row.state = 'approved';
    await clock.advance(31_000);
    expect(runs.by).toEqual(['a']);
  });

  it('goes on looking, and warns once, while the database refuses to be looked at', async () => {
    const { clock, database, runs, start } = scene();
    const { fail, warnings } = start('a');
    await fail();
    database.condition = 'unusable';
    await clock.advance(hourMs);
    expect(warnings).toEqual([
      'the database of the fleet does not show whether question question-1 is decided, which is tried again every 30 s: permission denied',
    ]);
    database.condition = 'works';
    database.decide('approved');
    await clock.advance(31_000);
    expect(runs.by).toEqual(['a']);
  });

  it('goes on looking while the database is lost', async () => {
    const { clock, database, runs, start } = scene();
    await start('a').fail();
    database.condition = 'lost';
    await clock.advance(60_000);
    database.condition = 'works';
    database.decide('approved');
    await clock.advance(60_000);
    expect(runs.by).toEqual(['a']);
  });

  it('has done nothing if nothing was asked, and ends with its healer', async () => {
    const { clock, database, runs, start } = scene();
    const { fail, end } = start('a');
    await fail({ approve: () => true });
    expect(database.statements).toEqual(['use']);
    expect(clock.pending).toBe(0);
    const other = start('b');
    await other.fail({ failedAttemptStartedAt: clock.monotonic() + 1_000 });
    await other.end();
    await end();
    expect(clock.pending).toBe(0);
    database.decide('approved');
    await clock.advance(hourMs);
    expect(runs.by).toEqual(['a']);
  });
});
