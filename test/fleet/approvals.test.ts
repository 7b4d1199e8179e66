import { describe, expect, it } from 'vitest';
import { FleetApprovals } from '../../src/fleet/fleet-approvals.ts';
import type { FixRequest, FixRules } from '../../src/model/fix.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeApprovalDatabase } from './fake-approvals.ts';
import { FakeFleet } from './fake-leases.ts';
import { MemoryLockStore } from './memory-lock-store.ts';
import { Runs, startProcess } from './scene.ts';

const hourMs = 3_600_000;

/** Machines that share a fix with `mode: ask`, and nobody to ask but the approvers of the fleet. */
const scene = (redact = (text: string): string => text) => {
  const clock = new FakeClock();
  const fleet = new FakeFleet(clock);
  const database = new FakeApprovalDatabase(clock);
  const runs = new Runs();
  const start = (name: string, rules: Partial<FixRules> = {}) => {
    const approvals = new FleetApprovals({ database, clock, machine: name, holder: `process of ${name}`, redact });
    const { call, warnings, end } = startProcess({
      name,
      clock,
      machine: new MemoryLockStore(),
      leases: fleet.connect(name),
      runs,
      approvals,
      rules: { mode: 'ask', approvalDigest: 'what would run', ...rules },
    });
    /** Fails now, and moves the clock on until there is a report. */
    const fail = async (request: Partial<FixRequest> = {}) => {
      const begun = clock.monotonic();
      let report: (Awaited<ReturnType<typeof call>> & { afterMs: number }) | undefined;
      void call({ failedAttemptStartedAt: begun, ...request }).then((got) => {
        report = { ...got, afterMs: clock.monotonic() - begun };
      });
      while (report === undefined) {
        if (clock.monotonic() - begun > 60_000) throw new Error('there is no report');
        await clock.advance(10);
      }
      return report;
    };
    return { call, fail, warnings, end };
  };
  return { clock, fleet, database, runs, start };
};

const pending = { status: 'refused', code: 'APPROVAL_PENDING' };

describe('a fix of a fleet that nobody here can be asked about', () => {
  it('asks the approvers, once for all machines, and does not run', async () => {
    const { database, runs, start } = scene();
    const report = await start('a').fail();
    expect(report).toMatchObject({
      ...pending,
      reason:
        'vpn_connect needs an approval of the fleet: question question-1, which is open for 24 h; once it is approved, this process runs the fix, or the next such failure on any machine',
    });
    expect(await start('b').fail()).toMatchObject(pending);
    expect(database.rows).toHaveLength(1);
    expect(database.rows[0]?.texts).toEqual([
      'host:vpn_connect:default',
      'restarts the gateway',
      'tool',
      'Unauthorized',
      'a',
      'process of a',
    ]);
    expect(runs.by).toEqual([]);
  });

  it('runs at the next failure on any machine after the approval, once', async () => {
    const { clock, database, runs, start } = scene();
    const [a, b, c] = [start('a', { cooldownMs: 0 }), start('b', { cooldownMs: 0 }), start('c', { cooldownMs: 0 })];
    await a.fail();
    await a.end();
    database.decide('approved');
    await clock.advance(10 * hourMs);
    expect(await b.fail()).toMatchObject({ status: 'succeeded' });
    await clock.advance(1_000);
    expect(await c.fail()).toMatchObject(pending);
    expect(await a.fail()).toMatchObject(pending);
    expect(runs.by).toEqual(['b']);
    expect(database.rows.map(({ state }) => state)).toEqual(['used', 'pending']);
  });

  it('is not held back by a cool-down of the question', async () => {
    const { database, runs, start } = scene();
    const { fail } = start('a', { cooldownMs: hourMs });
    await fail();
    database.decide('approved');
    expect(await fail()).toMatchObject({ status: 'succeeded' });
    expect(runs.by).toEqual(['a']);
  });

  it('does not use the approval while its cool-down holds it back', async () => {
    const { clock, database, start } = scene();
    const { fail } = start('a', { cooldownMs: hourMs });
    await fail();
    database.decide('approved');
    await fail();
    await clock.advance(1_000);
    expect(await fail()).toMatchObject({ code: 'FIX_COOLING_DOWN' });
    expect(database.statements.filter((kind) => kind === 'use')).toHaveLength(2);
  });

  it('does not run with an approval of something else', async () => {
    const { database, runs, start } = scene();
    await start('a').fail();
    database.decide('approved');
    expect(await start('b', { approvalDigest: 'a changed command' }).fail()).toMatchObject(pending);
    expect(runs.by).toEqual([]);
    expect(database.rows.map(({ state }) => state)).toEqual(['approved', 'pending']);
  });

  it('does not run with an approval that was given for another text', async () => {
    const { clock, database, runs, start } = scene();
    const { fail } = start('a');
    const wait = { remainingMs: 10_000, cancels: new AbortController().signal };
    // Another process of the fleet describes the same digest as something else.
    await new FleetApprovals({ database, clock, machine: 'b', holder: 'b', redact: (text) => text }).ask(
      {
        identity: 'a'.repeat(32),
        digest: 'what would run',
        key: 'host:vpn_connect:default',
        action: 'prints the time',
        tool: 'tool',
        reason: 'Unauthorized',
      },
      wait,
    );
    database.decide('approved');
    expect(await fail()).toMatchObject(pending);
    expect(runs.by).toEqual([]);
    expect(database.rows.map(({ state }) => state)).toEqual(['approved', 'pending']);
    database.decide('approved');
    expect(await fail()).toMatchObject({ status: 'succeeded' });
  });

  it('does not run after the approval has expired', async () => {
    const { clock, database, runs, start } = scene();
    const { fail, end } = start('a');
    await fail();
    await end();
    database.decide('approved');
    await clock.advance(24 * hourMs);
    expect(await fail()).toMatchObject(pending);
    expect(runs.by).toEqual([]);
  });

  it('is denied until the decision expires', async () => {
    const { clock, database, runs, start } = scene();
    const { fail } = start('a');
    await fail();
    database.decide('denied');
    await clock.advance(23 * hourMs);
    expect(await fail()).toMatchObject({
      status: 'refused',
      code: 'FIX_NOT_APPROVED',
      reason: 'vpn_connect was denied by team_lead of the fleet: not today',
    });
    await clock.advance(hourMs);
    expect(await fail()).toMatchObject(pending);
    expect(runs.by).toEqual([]);
  });

  it('masks secrets in what it asks', async () => {
    const { database, start } = scene((text) => text.replaceAll('gateway', '[redacted]'));
    await start('gateway 1').fail();
    expect(database.rows[0]?.texts).toContain('restarts the [redacted]');
    expect(database.rows[0]?.texts.at(-1)).toBe('process of [redacted] 1');
  });
});

describe('a lost database', () => {
  it.each(['machine', 'refuse'] as const)('is no approval: whenLost: %s', async (whenLost) => {
    const { fleet, database, runs, start } = scene();
    fleet.condition = 'refuses';
    database.condition = 'lost';
    expect(await start('a', { whenLost }).fail()).toMatchObject({ status: 'refused', code: 'FLEET_LOST' });
    expect(runs.by).toEqual([]);
  });

  it.each(['lost', 'silent'] as const)('is no approval once the lease is taken: %s', async (condition) => {
    const { database, runs, start } = scene();
    database.condition = condition;
    const report = await start('a').fail({ remainingMs: 4_000 });
    expect(report).toMatchObject({ status: 'refused', code: 'FLEET_LOST' });
    expect(report.reason).toMatch(/^vpn_connect needs an approval, and nobody could be asked: /);
    expect(report.afterMs).toBeLessThan(3_000);
    expect(runs.by).toEqual([]);
  });

  it('that loses its response grants the same use again', async () => {
    const { database, runs, start } = scene();
    const { fail } = start('a');
    await fail();
    database.decide('approved');
    database.condition = 'half';
    expect(await fail()).toMatchObject({ status: 'succeeded' });
    expect(runs.by).toEqual(['a']);
  });

  it('that loses the response to a question has one question', async () => {
    const { database, start } = scene();
    const { fail } = start('a');
    await fail();
    database.condition = 'half';
    expect(await fail()).toMatchObject(pending);
    expect(database.rows).toHaveLength(1);
  });

  it('leaves a person who can be asked here', async () => {
    const { fleet, runs, start } = scene();
    fleet.condition = 'refuses';
    expect(await start('a').fail({ approve: () => true })).toMatchObject({ status: 'succeeded' });
    expect(runs.by).toEqual(['a']);
  });
});

describe('a fix of a fleet, with a person here', () => {
  it('runs after a yes', async () => {
    const { database, runs, start } = scene();
    expect(await start('a').fail({ approve: () => true })).toMatchObject({ status: 'succeeded' });
    expect(database.rows).toEqual([]);
    expect(runs.by).toEqual(['a']);
  });

  it('does not run after a no, which starts a cool-down and asks nobody else', async () => {
    const { database, start } = scene();
    const { fail } = start('a');
    expect(await fail({ approve: () => false })).toMatchObject({ code: 'FIX_NOT_APPROVED' });
    expect(await fail({ approve: () => true })).toMatchObject({ code: 'FIX_COOLING_DOWN' });
    expect(database.rows).toEqual([]);
  });

  it('asks the approvers if that person does not respond, within the deadline', async () => {
    const { clock, database, runs, start } = scene();
    const { fail } = start('a');
    const asked: string[] = [];
    const approve = (question: { text: string }) => {
      asked.push(question.text);
      return new Promise<boolean>(() => {});
    };
    const report = await fail({ approve, remainingMs: 10_000 });
    expect(report).toMatchObject(pending);
    expect(report.afterMs).toBeGreaterThan(8_000);
    expect(report.afterMs).toBeLessThan(10_000);
    // That person is not asked again at once.
    expect((await fail({ approve, remainingMs: 10_000 })).afterMs).toBeLessThan(1_000);
    expect(asked).toHaveLength(1);
    await clock.advance(30_000);
    database.decide('approved');
    expect(await fail({ approve })).toMatchObject({ status: 'succeeded' });
    expect(runs.by).toEqual(['a']);
  });

  it('asks the approvers if the question breaks', async () => {
    const { database, start } = scene();
    const approve = () => Promise.reject(new Error('no window'));
    expect(await start('a').fail({ approve })).toMatchObject(pending);
    expect(database.rows).toHaveLength(1);
  });

  it('does not run against the no of an approver', async () => {
    const { database, runs, start } = scene();
    await start('a').fail();
    database.decide('denied');
    expect(await start('b').fail({ approve: () => true })).toMatchObject({ code: 'FIX_NOT_APPROVED' });
    expect(runs.by).toEqual([]);
  });
});
