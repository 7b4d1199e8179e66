import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { callTogether, expiredToken, killHolder, runsIn, startCaller, startsIn, whileFrozen } from './callers.ts';

// Real processes take their time where others are at work too.
vi.setConfig({ testTimeout: 120_000 });

describe('processes that need the same fix', () => {
  it('have it run once: eight with 100 calls each', async () => {
    const { folder, config } = expiredToken(1_000);
    const outcomes = (
      await callTogether(Array.from({ length: 8 }, () => startCaller(folder, { config, calls: 100 })))
    ).flat();
    expect(startsIn(folder)).toHaveLength(1);
    expect(runsIn(folder).map(({ what }) => what)).toEqual(['start', 'end']);
    expect(outcomes).toHaveLength(800);
    expect(outcomes.filter(({ status }) => status !== 'healed' && status !== 'succeeded')).toEqual([]);
    const shared = outcomes.flatMap(({ fixes }) => fixes).filter((fix) => fix.shared);
    expect(shared.filter(({ reason }) => reason.startsWith('shared with another process: '))).not.toEqual([]);
    // The key of the digests of arguments is in `learning`.
    expect(readdirSync(join(folder, 'state')).filter((name) => !/^[0-9a-f]{32}\.json$/.test(name))).toEqual([
      'learning',
    ]);
  });

  it('take it over from one that was killed, and never run it twice at once', async () => {
    for (const afterMs of [0, 150]) {
      const { folder, config } = expiredToken(400);
      const callers = Array.from({ length: 3 }, () => startCaller(folder, { config }));
      const { killedAt, ends } = await killHolder(folder, callers, afterMs);
      const outcomes = (await Promise.all(ends)).filter((outcome) => outcome !== null);
      expect(outcomes.flat().map(({ status }) => status)).toEqual(['healed', 'healed']);
      expect(runsIn(folder).map(({ what }) => what)).toEqual(['start', 'start', 'end']);
      expect((startsIn(folder)[1]?.at ?? 0) - killedAt).toBeLessThan(5_000);
    }
  });

  it('never take it over from one that is frozen', async () => {
    const { folder, config } = expiredToken(200);
    // Only the waiter is to run out of time, however slowly the programs of the holder start.
    const impatient = { ...config, deadlineMs: 2_000 };
    const [holder, waiter] = [startCaller(folder, { config }), startCaller(folder, { config: impatient })];
    await Promise.all([holder.ready, waiter.ready]);
    await whileFrozen(folder, holder, async () => {
      const [outcome] = await waiter.begin();
      // The frozen one's command has renewed the token meanwhile; nobody has told the waiter so.
      expect(outcome).toMatchObject({ attempts: 1, refusal: { code: 'FIX_BUSY' } });
      expect(outcome?.refusal?.reason).toContain(`process ${holder.child.pid} on `);
      expect(startsIn(folder)).toHaveLength(1);
    });
    expect(startsIn(folder)).toHaveLength(1);
  });
});

describe('the limits of a fix', () => {
  it('outlive the process: it rests, and its budget stays spent', async () => {
    const { folder, config } = expiredToken(0, { cooldownMs: 0, budget: { runs: 1, windowMs: 600_000 } });
    const again = () => startCaller(folder, { config, never: true }).begin();
    expect(await again()).toMatchObject([{ attempts: 2, refusal: { code: 'FIX_USED_UP' } }]);
    expect(await again()).toMatchObject([{ attempts: 1, refusal: { code: 'FIX_BUDGET_SPENT' }, fixes: [] }]);
    const resting = {
      ...config,
      fixes: { token_refresh: { ...(config.fixes?.token_refresh as object), cooldownMs: 600_000 } },
    };
    expect(await startCaller(folder, { config: resting as typeof config, never: true }).begin()).toMatchObject([
      { attempts: 1, refusal: { code: 'FIX_COOLING_DOWN' }, fixes: [] },
    ]);
    expect(startsIn(folder)).toHaveLength(1);
  });
});
