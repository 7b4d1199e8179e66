import { describe, expect, it } from 'vitest';
import { FleetApprovals } from '../../src/fleet/fleet-approvals.ts';
import type { FixReport, FixRules } from '../../src/model/fix.ts';
import { Cancellation } from '../../src/platform/cancellation.ts';
import { LazyRequest } from '../../src/runner/request.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { fixRequest } from '../support/healer.ts';
import { FakeApprovalDatabase } from './fake-approvals.ts';
import { FakeFleet } from './fake-leases.ts';
import { MemoryLockStore } from './memory-lock-store.ts';
import { Runs, startProcess } from './scene.ts';

const hourMs = 3_600_000;
const digest = 'what would run';

/** Machines that share a fix with `mode: ask`, and clients that come back with the decision of their users. */
const scene = () => {
  const clock = new FakeClock();
  const fleet = new FakeFleet(clock);
  const database = new FakeApprovalDatabase(clock);
  const runs = new Runs();
  const start = (name: string, rules: Partial<FixRules> = {}) => {
    const approvals = new FleetApprovals({ database, clock, machine: name, holder: name, redact: (text) => text });
    const { fix, end } = startProcess({
      ...{ name, clock, runs, approvals, machine: new MemoryLockStore(), leases: fleet.connect(name) },
      rules: { mode: 'ask', approvalDigest: digest, cooldownMs: 60_000, ...rules },
    });
    /** The attempt has just failed. @param isApproved What the user has said; undefined if nobody was asked. */
    const begin = (isApproved?: boolean, of = digest): Promise<FixReport> => {
      const decision = isApproved === undefined ? undefined : { digest: of, isApproved };
      const request = { ...fixRequest(), failedAttemptStartedAt: clock.monotonic() };
      return fix.run(new LazyRequest({ ...request, deferral: { canAsk: false, decision } }, new Cancellation()));
    };
    const report = async (of: Promise<FixReport>): Promise<FixReport> => {
      let got: FixReport | undefined;
      void of.then((end) => {
        got = end;
      });
      for (let passed = 0; got === undefined; passed += 10) {
        if (passed > 60_000) throw new Error('there is no report');
        await clock.advance(10);
      }
      return got;
    };
    const fail = (isApproved?: boolean, of?: string): Promise<FixReport> => report(begin(isApproved, of));
    return { begin, report, fail, end };
  };
  return { clock, fleet, database, runs, start };
};

const notApproved = { status: 'refused', code: 'FIX_NOT_APPROVED', reason: 'vpn_connect was not approved' };

describe('a user who has said no', () => {
  it('is heard although an approver has said yes, and the approval stays', async () => {
    const { clock, database, runs, start } = scene();
    const a = start('a');
    await a.fail();
    await a.end();
    database.decide('approved');
    const b = start('b');
    expect(await b.fail(false)).toMatchObject(notApproved);
    expect(runs.by).toEqual([]);
    expect(database.rows.map(({ state }) => state)).toEqual(['approved']);
    // It is the no of a person: it starts a cool-down, for all.
    expect(await start('c').fail()).toMatchObject({ code: 'FIX_COOLING_DOWN' });
    await clock.advance(60_000);
    expect(await b.fail()).toMatchObject({ status: 'succeeded' });
  });

  it('is heard while the fix runs for another call, which goes on', async () => {
    const { clock, runs, start } = scene();
    const { begin, report } = start('a');
    const running = begin(true);
    await clock.advance(500);
    expect(runs.by).toEqual(['a']);
    expect(await report(begin(false))).toMatchObject(notApproved);
    expect(await report(running)).toMatchObject({ status: 'succeeded' });
    expect(runs.by).toEqual(['a']);
  });

  it('is heard while the fix runs in another process, or has run there', async () => {
    const { clock, runs, start } = scene();
    const [a, b] = [start('a', { cooldownMs: 0 }), start('b', { cooldownMs: 0 })];
    const running = a.begin(true);
    await clock.advance(500);
    const refused = b.begin(false);
    expect(await b.report(refused)).toMatchObject(notApproved);
    expect(await a.report(running)).toMatchObject({ status: 'succeeded' });
    expect(runs.by).toEqual(['a']);
  });

  it('has said it about this fix alone', async () => {
    const { database, runs, start } = scene();
    const a = start('a');
    await a.fail();
    await a.end();
    database.decide('approved');
    expect(await start('b').fail(false, 'something else')).toMatchObject({ status: 'succeeded' });
    expect(runs.by).toEqual(['b']);
  });
});

describe('an approver who has said no', () => {
  it.each(['by a call', 'by a look'] as const)(
    'is heard while the database is lost, if that was seen %s',
    async (seen) => {
      const { clock, fleet, database, runs, start } = scene();
      const a = start('a', { cooldownMs: 0 });
      await a.fail();
      database.decide('denied');
      if (seen === 'by a call') await a.fail();
      else await clock.advance(30_000);
      fleet.condition = 'refuses';
      database.condition = 'lost';
      expect(await a.fail(true)).toMatchObject({
        ...{ status: 'refused', code: 'FIX_NOT_APPROVED' },
        reason: 'vpn_connect was denied by team_lead of the fleet: not today',
      });
      await clock.advance(24 * hourMs);
      expect(await a.fail(true)).toMatchObject({ status: 'succeeded' });
      expect(runs.by).toEqual(['a']);
    },
  );

  it('no longer counts once the decision was seen to be another', async () => {
    const { fleet, database, runs, start } = scene();
    const a = start('a', { cooldownMs: 0 });
    await a.fail();
    database.decide('denied');
    await a.fail();
    for (const row of database.rows) row.state = 'approved';
    expect(await a.fail()).toMatchObject({ status: 'succeeded' });
    fleet.condition = 'refuses';
    database.condition = 'lost';
    expect(await a.fail(true)).toMatchObject({ status: 'succeeded' });
    expect(runs.by).toEqual(['a', 'a']);
  });
});
