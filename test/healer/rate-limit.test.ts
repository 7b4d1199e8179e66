import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import { delayFix } from '../../src/runner/wait-fix.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { ScriptedError, testHealer } from '../support/healer.ts';

/** An upstream with a token bucket, and a healer for the calls of it. */
const limitedService = (
  {
    perSecond,
    burst,
    retryAfterMs,
    takesMs = 0,
  }: Record<'perSecond' | 'burst', number> & { retryAfterMs: number | null; takesMs?: number },
  seed = 1,
) => {
  let state = seed;
  const random = () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const clock = new FakeClock();
  const { healer } = testHealer([], {
    clock,
    random,
    selectFix: (name, call) =>
      delayFix(
        { name, target: undefined, waitMs: call.diagnosis.retryAfterMs ?? 1_000, why: 'as asked', limitMs: undefined },
        call,
        { baseDir: '.', clock, random, redact: (text) => text, env: {} },
      ),
  });
  let tokens = burst;
  let filledAt = 0;
  const calls: { readonly at: number; readonly isFine: boolean }[] = [];
  const task = async () => {
    const at = clock.monotonic();
    tokens = Math.min(burst, tokens + ((at - filledAt) * perSecond) / 1_000);
    filledAt = at;
    // The sum of many small parts is a little less than the whole.
    const isFine = tokens >= 1 - 1e-9;
    if (isFine) tokens -= 1;
    calls.push({ at, isFine });
    if (takesMs > 0) await new Promise<void>((resolve) => clock.setTimeout(resolve, takesMs));
    if (isFine) return 'fine';
    throw new ScriptedError({ class: 'rate', fixes: ['wait_retry'], situation: 'rate_limited', retryAfterMs });
  };
  const crowd = (count: number) =>
    clock.runUntil(Promise.all(Array.from({ length: count }, () => healer.runOutcome('tool', task))));
  return { clock, healer, calls, crowd };
};

describe('a thousand calls that meet a rate limit at once', () => {
  it.each([
    ['names a time', { perSecond: 100, burst: 100, retryAfterMs: 1_000 }],
    ['names none', { perSecond: 100, burst: 100, retryAfterMs: null }],
    ['allows little at once', { perSecond: 60, burst: 5, retryAfterMs: 1_000 }],
    ['responds late', { perSecond: 100, burst: 100, retryAfterMs: 1_000, takesMs: 200 }],
  ])('are all healed if it %s, and reach the upstream at most twice each', async (_, limit) => {
    const { crowd, calls, clock } = limitedService(limit);
    const outcomes = await crowd(1_000);
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1_000);
    expect(calls.length).toBeLessThanOrEqual(2_000);
    expect(clock.monotonic()).toBeLessThan(45_000);
  });
});

describe('a rate limit below the pace', () => {
  it.each([
    [20, 20, 400, 0],
    [20, 20, 400, 100],
    [10, 10, 200, 50],
    [5, 1, 100, 0],
    [5, 5, 100, 300],
  ])('of %i a second and %i at once is found by %i calls (%i ms each)', async (perSecond, atOnce, count, takesMs) => {
    const limit = { perSecond, burst: atOnce, retryAfterMs: 1_000, takesMs };
    for (const seed of [1, 2, 3]) {
      const { crowd, calls } = limitedService(limit, seed);
      const outcomes = await crowd(count);
      expect(outcomes.filter(({ ok }) => !ok).length).toBeLessThanOrEqual(count / 50);
      const rejected = calls.filter(({ isFine }) => !isFine).length;
      expect(rejected - (count - atOnce)).toBeLessThanOrEqual(count / 4);
    }
  });

  it('says by its own name why a call was not healed before the deadline', async () => {
    const { crowd, healer } = limitedService({ perSecond: 0.1, burst: 1, retryAfterMs: 1_000 });
    const outcomes = await crowd(50);
    const codes = new Set(outcomes.flatMap(({ refusal }) => (refusal === null ? [] : [refusal.code])));
    expect(codes.size).toBeGreaterThan(0);
    const known = ['ATTEMPTS_EXHAUSTED', 'DEADLINE_PASSED', 'RETRY_BUDGET_SPENT', 'WAIT_EXCEEDS_DEADLINE'];
    expect([...codes].filter((code) => !known.includes(code))).toEqual([]);
    expect(healer.health.breakers).toMatchObject([{ state: 'Closed' }]);
  });
});

describe('a call that waits for as long as a rate limit asks', () => {
  it('comes back at a random moment shortly after, as other processes were told the same time', async () => {
    const times = new Set<number>();
    for (const seed of [11, 222, 3_333]) {
      const { healer, clock, calls, crowd } = limitedService({ perSecond: 100, burst: 0.5, retryAfterMs: 1_000 }, seed);
      await crowd(1);
      const at = calls[1]?.at ?? Number.NaN;
      expect(at).toBeGreaterThanOrEqual(1_000);
      expect(at).toBeLessThanOrEqual(1_100);
      times.add(at);
      expect([healer.health.breakers.length, clock.pending]).toEqual([1, 0]);
    }
    expect(times.size).toBe(3);
  });
});

describe('rate limits of single users, whatever the pace', () => {
  it('hold up no call that waits for a service, and their own only for a while', async () => {
    const { healer, clock } = limitedService({ perSecond: 1, burst: 1, retryAfterMs: 1_000 });
    const limit = { class: 'rate', fixes: ['wait_retry'], situation: 'rate_limited', retryAfterMs: 1_000 } as const;
    const away = { class: 'network', fixes: ['retry_backoff'], situation: 'not_sent', retryAfterMs: 0 } as const;
    const call = async (failures: readonly Partial<Diagnosis>[]) => {
      const outcome = await healer.runOutcome('tool', ({ attempt }) => {
        const failure = failures[attempt - 1];
        if (failure !== undefined) throw new ScriptedError(failure);
        return 'fine';
      });
      return { status: outcome.status, at: clock.monotonic() };
    };
    const limited = Array.from({ length: 30 }, (_, index) => call(index % 3 === 0 ? [limit, limit] : [limit]));
    const refused = Array.from({ length: 30 }, () => call([away]));
    const outcomes = await clock.runUntil(Promise.all(refused));
    expect(Math.max(...outcomes.map(({ at }) => at))).toBeLessThan(1_500);
    const rest = await clock.runUntil(Promise.all(limited));
    expect([...outcomes, ...rest].filter(({ status }) => status !== 'healed')).toEqual([]);
    expect(clock.monotonic()).toBeLessThan(20_000);
  });
});
