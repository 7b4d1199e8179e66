import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { ConfigInput } from '../../src/config/schema.ts';
import {
  callTogether,
  expiredToken,
  killHolder,
  runsIn,
  startCaller,
  startsIn,
  until,
  whileFrozen,
} from '../sharing/callers.ts';
import { skipWithoutDatabases } from '../support/postgres.ts';
import { allGone, isRunning } from '../support/processes.ts';
import { useFleetServer, withClient } from './fleet-server.ts';

vi.setConfig({ testTimeout: 180_000 });

describe.skipIf(skipWithoutDatabases())('processes of several machines', () => {
  const running = useFleetServer();

  let names = 0;
  /** A token that machines share, and processes on them: each machine has a state folder of its own. */
  const sharedToken = (takesMs: number, url: string, more: object = {}) => {
    names += 1;
    const { folder, config } = expiredToken(takesMs, { share: { fleet: `token-${names}` }, ...more });
    const start = (machine: string, rest: ConfigInput = {}) =>
      startCaller(
        folder,
        { config: { ...config, ...rest, fleet: { urlEnv: 'FLEET_URL' }, stateDir: join(folder, machine) } },
        { FLEET_URL: url },
      );
    return { folder, start };
  };

  it('have one renew the token for all', async () => {
    const { folder, start } = sharedToken(1_000, running.pooler.url());
    const outcomes = await callTogether(['a', 'a', 'b', 'b', 'c', 'c'].map((machine) => start(machine)));
    expect(runsIn(folder).map(({ what }) => what)).toEqual(['start', 'end']);
    expect(outcomes.flat().filter(({ status }) => status !== 'healed' && status !== 'succeeded')).toEqual([]);
    // Readers see how much of the budget is used.
    const recorded = await withClient(running.server.url('fleet_reader', 'fleet'), (client) =>
      client.query("select body -> 'limits' as limits from healflow.histories"),
    );
    const number = expect.any(Number);
    expect(recorded.rows).toEqual([{ limits: { cooldownMs: number, runs: number, windowMs: number } }]);
  });

  // On a machine that is short of processors, the end of the old command may take longer than the grace of its lease.
  const retried = { retry: 2 };
  it.each([
    ['directly', () => running.server.url('fleet_app', 'fleet')],
    ['through a pooler', () => running.pooler.url()],
  ])(
    'take over from one that is killed, %s: within seconds, and never beside its command',
    retried,
    async (_title, url) => {
      const { folder, start } = sharedToken(60_000, url());
      const callers = ['a', 'b', 'c'].map((machine) => start(machine));
      const { first, killedAt, ends } = await killHolder(folder, callers);
      await until(() => startsIn(folder).length === 2);
      expect(runsIn(folder).map(({ what }) => what)).toEqual(['start', 'start']);
      expect(isRunning(first?.pid ?? 0)).toBe(false);
      expect((startsIn(folder)[1]?.at ?? 0) - killedAt).toBeLessThan(10_000);
      for (const { child } of callers) child.kill('SIGKILL');
      await Promise.all(ends);
      await allGone(startsIn(folder).map(({ pid }) => pid));
    },
  );

  it('never take over from one that is frozen', async () => {
    const { folder, start } = sharedToken(300, running.pooler.url());
    const [holder, waiter] = [start('a'), start('b', { deadlineMs: 3_000 })];
    await Promise.all([holder.ready, waiter.ready]);
    await whileFrozen(folder, holder, async () => {
      const [outcome] = await waiter.begin();
      expect(outcome).toMatchObject({ attempts: 1, refusal: { code: 'FIX_BUSY' } });
      expect(outcome?.refusal?.reason).toContain(`process ${holder.child.pid} on `);
      expect(startsIn(folder)).toHaveLength(1);
    });
    expect(startsIn(folder)).toHaveLength(1);
  });

  it('leave no secret in the database', async () => {
    const secret = 'dummy-secret-of-the-fleet';
    const { folder, start } = sharedToken(0, running.server.url('fleet_app', 'fleet'), {
      command: [process.execPath, '-e', `console.error('${secret}'); process.exit(1)`],
    });
    await callTogether([start('a', { secretEnv: ['FLEET_SECRET'] })]);
    const rows = await withClient(running.server.url('postgres', 'fleet'), async (client) => {
      const found = await client.query(
        'select to_jsonb(h)::text as text from healflow.history h union all select to_jsonb(l)::text from healflow.lease l union all select to_jsonb(m)::text from healflow.machine m',
      );
      return found.rows.map(({ text }) => text as string);
    });
    expect(rows.length).toBeGreaterThan(2);
    expect(rows.filter((text) => text.includes(secret) || text.includes(folder))).toEqual([]);
  });
});
