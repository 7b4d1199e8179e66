import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { callTogether, expiredToken, startCaller, startsIn } from '../sharing/callers.ts';
import { skipWithoutDatabases } from '../support/postgres.ts';
import { useFleetServer, withClient } from './fleet-server.ts';

vi.setConfig({ testTimeout: 180_000 });

describe.skipIf(skipWithoutDatabases())('an approval', () => {
  const running = useFleetServer();

  const rows = (sql: string, role = 'fleet_approver') =>
    withClient(running.server.url(role, 'fleet'), async (client) => (await client.query(sql)).rows);

  it('outlasts the processes that asked, and is used by one run for all machines', async () => {
    const secret = 'dummy-secret-of-an-approval';
    const { folder, config } = expiredToken(0, { mode: 'ask', share: { fleet: 'token' }, cooldownMs: 0 });
    const [entry] = [config.fixes?.token_refresh].flat();
    const command = [...(entry?.command ?? []), secret];
    const start = (machine: string) => {
      const fixes = { token_refresh: { ...entry, command } };
      const fleet = { urlEnv: 'FLEET_URL' };
      const own = { ...config, fixes, fleet, secretEnv: ['OUR_SECRET'], stateDir: join(folder, machine) };
      return startCaller(folder, { config: own }, { FLEET_URL: running.pooler.url(), OUR_SECRET: secret });
    };
    const asked = await callTogether(['a', 'b', 'b'].map(start));
    for (const outcome of asked.flat()) {
      expect(outcome).toMatchObject({ status: 'failed', attempts: 1, refusal: { code: 'APPROVAL_PENDING' } });
    }
    expect(startsIn(folder)).toEqual([]);
    const questions = await rows('select id, state, action, tool, asked_by from healflow.approvals');
    expect(questions).toMatchObject([{ state: 'pending', action: expect.stringContaining('renew.mjs') }]);

    await rows(`select healflow.decide_approval('${questions[0].id}', true, null)`);
    const healed = await callTogether(['c', 'c', 'd', 'e', 'a', 'b'].map(start));
    expect(healed.flat().filter(({ status }) => status !== 'healed' && status !== 'succeeded')).toEqual([]);
    expect(startsIn(folder)).toHaveLength(1);
    expect(await rows('select state from healflow.approvals')).toEqual([{ state: 'used' }]);

    const stored = await rows('select to_jsonb(a)::text as text from healflow.approval a', 'postgres');
    expect(stored).toHaveLength(1);
    expect(stored[0].text).not.toContain(secret);
  });
});
