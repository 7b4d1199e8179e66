import { describe, expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { Limits } from '../../src/limits/limits.ts';
import type { AttemptContext } from '../../src/model/run.ts';
import { delayFix } from '../../src/runner/wait-fix.ts';
import { ScriptedError, scriptedFix, testHealer } from '../support/healer.ts';

const refused = {
  class: 'network',
  subclass: 'refused',
  fixes: ['vpn_connect', 'retry_backoff'],
  situation: 'not_sent',
} as const;
const reported = { ...refused, situation: 'backend_error', grade: 'report' } as const;

const limited = (more: object = {}) => new Limits(configSchema.parse(more));

/** A service that is away until a time of the fake clock, and counts when it was called. */
const service = (more: Parameters<typeof testHealer>[1] = {}) => {
  const parts = testHealer([scriptedFix('retry_backoff')], more);
  const calls: number[] = [];
  const away =
    (untilMs: number, failure: ConstructorParameters<typeof ScriptedError>[0] = refused) =>
    () => {
      const at = parts.clock.monotonic();
      calls.push(at);
      if (at < untilMs) throw new ScriptedError(failure);
      return 'fine';
    };
  return { ...parts, calls, away };
};

describe('an outage', () => {
  it.each([300, 1_000, 3_000, 6_000, 9_900])('of %i ms is waited for, in one attempt', async (outageMs) => {
    for (let seed = 0; seed < 20; seed += 1) {
      const { healer, clock, away } = service({ random: () => (seed + 0.5) / 20 });
      const outcome = await clock.runUntil(healer.runOutcome('tool', away(outageMs)));
      expect(outcome).toMatchObject({ status: 'healed', attempts: 2, value: 'fine' });
      expect(clock.monotonic()).toBeLessThanOrEqual(10_000);
      expect(clock.pending).toBe(0);
    }
  });

  it('gives each try a signal of its own, on which nothing adds up', async () => {
    const { healer, clock, away } = service({ random: () => 0.5 });
    const signals: AbortSignal[] = [];
    const call = away(9_000);
    const caller = new AbortController();
    const task = ({ signal }: AttemptContext) => {
      signal.addEventListener('abort', () => {});
      signals.push(signal);
      if (signals.length === 5) caller.abort('enough');
      return call();
    };
    const outcome = healer.runOutcome('tool', task, { signal: caller.signal });
    expect(await clock.runUntil(outcome)).toMatchObject({ refusal: { code: 'CANCELLED' } });
    expect(new Set(signals).size).toBe(5);
    expect(signals.at(-1)).toMatchObject({ aborted: true });
  });

  it('says how long it took', async () => {
    const { healer, clock, away, calls, records } = service({ random: () => 0.5 });
    await clock.runUntil(healer.runOutcome('tool', away(1_000)));
    expect(calls).toEqual([0, 0, 100, 300, 700, 1_500]);
    const fix = { fix: 'retry_backoff', status: 'succeeded', durationMs: 1_500 };
    expect(records[0]?.fixes).toEqual([{ ...fix, reason: 'waited 1.5 s for the server (5 tries)' }]);
  });

  it('ends the wait after outagePatienceMs, and opens the breaker', async () => {
    const { healer, clock, away, calls } = service({ limits: limited({ outagePatienceMs: 2_000 }) });
    const first = await clock.runUntil(healer.runOutcome('tool', away(Number.POSITIVE_INFINITY)));
    expect(first).toMatchObject({
      status: 'failed',
      attempts: 2,
      refusal: {
        code: 'PATIENCE_EXHAUSTED',
        reason: 'upstream default could not be reached for 2.0 s (outagePatienceMs)',
      },
      fixes: [{ fix: 'retry_backoff', status: 'failed', durationMs: 2_000 }],
    });
    expect(clock.monotonic()).toBe(2_000);
    expect(calls.at(-1)).toBe(2_000);
    const later = await healer.runOutcome('tool', away(Number.POSITIVE_INFINITY));
    expect(later).toMatchObject({ status: 'failed', attempts: 1, refusal: { code: 'BREAKER_OPEN' } });
    expect(later.refusal?.reason).toBe('circuit open: upstream default could not be reached for 2.0 s');
  });

  it('is tried once by the trial run of the breaker, which does not wait again', async () => {
    const { healer, clock, away } = service({ limits: limited({ breaker: { openMs: 30_000 } }) });
    const ever = away(Number.POSITIVE_INFINITY);
    await clock.runUntil(healer.runOutcome('tool', ever));
    await clock.advance(30_000);
    const before = clock.monotonic();
    const trial = await healer.runOutcome('tool', ever);
    expect(trial).toMatchObject({ attempts: 2, refusal: { reason: 'upstream default still cannot be reached' } });
    expect(clock.monotonic()).toBe(before);
    expect(healer.health.breakers).toMatchObject([{ state: 'Open' }]);
    await clock.advance(30_000);
    expect(await healer.runOutcome('tool', away(0))).toMatchObject({ status: 'succeeded' });
    expect(healer.health.breakers).toMatchObject([{ state: 'Closed' }]);
  });

  it('stops the wait of all others once one has waited in vain', async () => {
    const { healer, clock, away } = service({ random: () => 0.9 });
    const ever = away(Number.POSITIVE_INFINITY);
    const first = healer.runOutcome('tool', ever);
    await clock.advance(9_000);
    const second = healer.runOutcome('tool', ever);
    expect(await clock.runUntil(first)).toMatchObject({ refusal: { code: 'PATIENCE_EXHAUSTED' } });
    expect(await clock.runUntil(second)).toMatchObject({ attempts: 2, refusal: { code: 'BREAKER_OPEN' } });
    expect(clock.monotonic()).toBeLessThan(11_000);
  });

  it('is never waited for beyond the deadline', async () => {
    const { healer, clock, away } = service({ deadlineMs: 1_000 });
    const outcome = await clock.runUntil(healer.runOutcome('tool', away(Number.POSITIVE_INFINITY)));
    expect(outcome).toMatchObject({ status: 'failed', attempts: 2, refusal: { code: 'DEADLINE_PASSED' } });
    expect(clock.monotonic()).toBe(1_000);
  });

  it('is not waited for after the caller has cancelled', async () => {
    const { healer, clock, away } = service();
    const caller = new AbortController();
    const run = healer.runOutcome('tool', away(Number.POSITIVE_INFINITY), { signal: caller.signal });
    await clock.advance(1_500);
    caller.abort();
    expect(await run).toMatchObject({ status: 'failed', refusal: { code: 'CANCELLED' } });
    expect(clock.monotonic()).toBe(1_500);
  });

  it('costs attempts if outagePatienceMs is 0, or back-off is switched off', async () => {
    for (const more of [{ limits: limited({ outagePatienceMs: 0 }) }, { pauses: null }]) {
      const { healer, away, calls } = service(more);
      expect(await healer.runOutcome('tool', away(Number.POSITIVE_INFINITY))).toMatchObject({
        attempts: 3,
        refusal: { code: 'ATTEMPTS_EXHAUSTED' },
      });
      expect(calls).toHaveLength(3);
    }
  });

  it('takes one retry of the budget, however many tries it needs', async () => {
    const { healer, clock, away, calls } = service({
      limits: limited({ retryBudget: { retries: 1, windowMs: 60_000 } }),
    });
    expect(await clock.runUntil(healer.runOutcome('tool', away(6_000)))).toMatchObject({ status: 'healed' });
    expect(calls.length).toBeGreaterThan(4);
  });

  it('has the whole patience, even if the retry budget has held the retry back', async () => {
    const limits = limited({ retryBudget: { retries: 1, windowMs: 20_000 } });
    const { healer, clock, away } = service({ limits });
    const taken = healer.runOutcome('other', ({ attempt }) => {
      if (attempt === 1) throw new ScriptedError(refused);
      return 'fine';
    });
    const held = healer.runOutcome('tool', away(26_000));
    expect(await clock.runUntil(taken)).toMatchObject({ status: 'healed' });
    expect(await clock.runUntil(held)).toMatchObject({ status: 'healed', attempts: 2 });
    expect(healer.health.breakers).toMatchObject([{ state: 'Closed' }]);
    expect(clock.monotonic()).toBeLessThanOrEqual(30_000);
  });

  it('is not waited for beyond the deadline after the retry budget', async () => {
    const limits = limited({ retryBudget: { retries: 1, windowMs: 20_000 } });
    const { healer, clock, away } = service({ limits, deadlineMs: 25_000 });
    const ever = away(Number.POSITIVE_INFINITY);
    const outcomes = await clock.runUntil(Promise.all([1, 2].map(() => healer.runOutcome('tool', ever))));
    expect(outcomes.map(({ refusal }) => refusal?.code)).toEqual(['PATIENCE_EXHAUSTED', 'BREAKER_OPEN']);
    expect(clock.monotonic()).toBeLessThanOrEqual(25_000);
  });

  it('may be followed by another failure, for which the other attempts are left', async () => {
    const { healer, clock } = testHealer([scriptedFix('retry_backoff'), scriptedFix('token_refresh')]);
    const failures = [refused, refused, refused, {}];
    const outcome = await clock.runUntil(
      healer.runOutcome('tool', () => {
        const failure = failures.shift();
        if (failure !== undefined) throw new ScriptedError(failure);
        return 'fine';
      }),
    );
    expect(outcome).toMatchObject({ status: 'healed', attempts: 3 });
    expect(outcome.fixes.map(({ fix, status }) => `${fix} ${status}`)).toEqual([
      'retry_backoff succeeded',
      'token_refresh succeeded',
    ]);
    expect(outcome.fixes[0]?.reason).toMatch(/^waited .* for the server \(3 tries\)$/);
  });

  it('has the whole patience, even if it begins after another wait', async () => {
    const { healer, clock } = testHealer([scriptedFix('retry_backoff'), scriptedFix('wait_retry', waitsFor(20_000))]);
    function waitsFor(ms: number) {
      return async () => {
        await new Promise<void>((resolve) => clock.setTimeout(resolve, ms));
        return { fix: 'wait_retry', status: 'succeeded', reason: 'waited', durationMs: ms } as const;
      };
    }
    const outcome = await clock.runUntil(
      healer.runOutcome('tool', ({ attempt }) => {
        if (attempt === 1) throw new ScriptedError({ class: 'rate', fixes: ['wait_retry'], situation: 'rate_limited' });
        if (clock.monotonic() < 26_000) throw new ScriptedError(refused);
        return 'fine';
      }),
    );
    expect(outcome).toMatchObject({ status: 'healed', attempts: 2 });
  });
});

describe('a report of an outage', () => {
  it('is waited for if the call may be retried on it', async () => {
    const { healer, clock, away } = service();
    const outcome = healer.runOutcome('tool', away(3_000, reported));
    expect(await clock.runUntil(outcome)).toMatchObject({ status: 'healed', attempts: 3 });
  });

  it.each([300, 1_000, 3_000, 6_000])('of %i ms is waited for with the attempts that there are', async (outageMs) => {
    for (const random of [0, 0.5, 0.999]) {
      const { healer, clock, away, calls } = service({ random: () => random });
      const outcome = await clock.runUntil(healer.runOutcome('tool', away(outageMs, reported)));
      expect(outcome).toMatchObject({ status: 'healed', attempts: calls.length });
      expect(clock.monotonic()).toBeLessThan(8_000);
    }
  });

  it.each([2, 3, 5])('reaches a tool that may change things in no more than %i attempts', async (attempts) => {
    const { healer, clock, away, calls } = service({ attempts });
    const outcome = await clock.runUntil(healer.runOutcome('tool', away(60_000, reported)));
    expect(outcome).toMatchObject({ status: 'failed', attempts, refusal: { code: 'ATTEMPTS_EXHAUSTED' } });
    expect(calls).toHaveLength(attempts);
  });

  it('reaches a tool that changes nothing as often as it takes', async () => {
    const { healer, clock, away, calls } = service();
    const outcome = healer.runOutcome('tool', away(6_000, reported), { annotations: { readOnlyHint: true } });
    expect(await clock.runUntil(outcome)).toMatchObject({ status: 'healed', attempts: 2 });
    expect(calls.length).toBeGreaterThan(4);
  });

  const hidden = { ...reported, subclass: 'reset', phase: 'unknown', fixes: ['retry_backoff'] } as const;
  const readOnly = { annotations: { readOnlyHint: true } };

  it.each([0, 300, 1_000, 3_000, 6_000])(
    'that its words hide, of %i ms, is waited for if the tool only reads',
    async (outageMs) => {
      for (const random of [0.1, 0.5, 0.999]) {
        const { healer, clock, away, calls } = service({ random: () => random });
        const outcome = await clock.runUntil(healer.runOutcome('tool', away(outageMs, hidden), readOnly));
        expect(outcome).toMatchObject({ status: outageMs > 0 ? 'healed' : 'succeeded', attempts: calls.length });
        expect(clock.monotonic()).toBeLessThan(8_000);
      }
    },
  );

  it('that its words hide costs no time if the first retry reaches the service', async () => {
    const { healer, clock } = service({ random: () => 0.999 });
    const blip = ({ attempt }: { attempt: number }) => {
      if (attempt === 1) throw new ScriptedError(hidden);
      return 'fine';
    };
    expect(await healer.runOutcome('tool', blip, readOnly)).toMatchObject({ status: 'healed', attempts: 2 });
    expect(clock.monotonic()).toBe(0);
  });

  it('that its words hide leaves slow tries all of their attempts', async () => {
    const { healer, clock, calls } = service({ random: () => 0.5, attempts: 3, deadlineMs: 100_000 });
    const slow = async () => {
      calls.push(clock.monotonic());
      await new Promise<void>((resolve) => clock.setTimeout(resolve, 12_000));
      throw new ScriptedError(hidden);
    };
    const outcome = await clock.runUntil(healer.runOutcome('tool', slow, readOnly));
    expect(outcome).toMatchObject({ status: 'failed', attempts: 3, refusal: { code: 'ATTEMPTS_EXHAUSTED' } });
    expect(calls).toHaveLength(3);
  });

  it('is no reason to call a destructive tool again', async () => {
    const { healer, away, calls } = service();
    const outcome = await healer.runOutcome('tool', away(3_000, reported), { annotations: { destructiveHint: true } });
    expect(outcome).toMatchObject({ status: 'unknown', attempts: 1 });
    expect(calls).toHaveLength(1);
  });

  it('is no reason to go on once the tool has become destructive', async () => {
    const { healer, clock, away, calls } = service();
    const run = healer.runOutcome('tool', away(9_000, reported), {
      annotations: () => ({ destructiveHint: calls.length > 1, readOnlyHint: false }),
    });
    expect(await clock.runUntil(run)).toMatchObject({
      status: 'unknown',
      kind: 'destructive',
      refusal: { code: 'REPEAT_UNSAFE' },
    });
    expect(calls).toHaveLength(2);
  });

  it('that is not the whole story is waited for only by a tool that changes nothing', async () => {
    const half = { ...reported, delivered: 'maybe' } as const;
    for (const [annotations, count] of [
      [{ readOnlyHint: true }, 'many'],
      [{ idempotentHint: true }, 3],
      [{}, 1],
    ] as const) {
      const { healer, clock, away, calls } = service();
      await clock.runUntil(healer.runOutcome('tool', away(9_000, half), { annotations }));
      expect(calls.length > 4 ? 'many' : calls.length).toBe(count);
    }
  });
});

describe('a thousand callers', () => {
  /** The most calls within this time. */
  const peak = (times: readonly number[], withinMs: number) =>
    Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + withinMs).length));

  it.each([300, 3_000, 6_000])(
    'return from an outage of %i ms at a bounded rate, and all are healed',
    async (outageMs) => {
      const { healer, clock, away, calls } = service();
      const call = away(outageMs);
      const outcomes = await clock.runUntil(
        Promise.all(Array.from({ length: 1_000 }, () => healer.runOutcome('tool', call))),
      );
      expect(outcomes.filter(({ status }) => status === 'healed')).toHaveLength(1_000);
      const back = calls.filter((at) => at >= outageMs);
      expect(peak(back, 100)).toBeLessThanOrEqual(20);
      expect(peak(back, 1_000)).toBeLessThanOrEqual(110);
      expect(clock.monotonic()).toBeLessThan(outageMs + 12_000);
    },
  );

  it.each([10, 50, 100])('are %i: none sleeps on once the service is back', async (count) => {
    for (let seed = 1; seed < 6; seed += 1) {
      let state = seed;
      const random = () => {
        state = (state * 16_807) % 2_147_483_647;
        return state / 2_147_483_647;
      };
      const { healer, clock, away, calls } = service({ random });
      const call = away(2_000);
      const outcomes = await clock.runUntil(
        Promise.all(Array.from({ length: count }, () => healer.runOutcome('tool', call))),
      );
      expect(outcomes.every(({ status, attempts }) => status === 'healed' && attempts === 2)).toBe(true);
      const back = calls.filter((at) => at >= 2_000);
      expect(peak(back, 100)).toBeLessThanOrEqual(20);
      expect(clock.monotonic()).toBeLessThan((back[0] ?? Number.NaN) + 2_000);
    }
  });

  it('are woken at most once by the success of a call that went elsewhere', async () => {
    const { healer, clock, away, calls } = service({ random: () => 0.9 });
    const dead = healer.runOutcome('tool', away(Number.POSITIVE_INFINITY));
    const others = Array.from({ length: 60 }, async (_, index) => {
      await new Promise<void>((resolve) => clock.setTimeout(resolve, index * 100));
      return healer.runOutcome('tool', ({ attempt }) => {
        if (attempt === 1) throw new ScriptedError(refused);
        return 'fine';
      });
    });
    await clock.runUntil(Promise.all(others));
    expect(await clock.runUntil(dead)).toMatchObject({ refusal: { code: 'PATIENCE_EXHAUSTED' } });
    expect(calls.length).toBeLessThan(12);
  });

  it('return from a rate limit at a bounded rate, and all are healed', async () => {
    const rate = { class: 'rate', fixes: ['wait_retry'], situation: 'rate_limited', retryAfterMs: 1_000 } as const;
    const times: number[] = [];
    const { healer, clock } = testHealer([], {
      selectFix: (name, call) =>
        delayFix(
          { name, target: undefined, waitMs: call.diagnosis.retryAfterMs ?? 0, why: 'as asked', limitMs: undefined },
          call,
          { baseDir: '.', clock, random: () => 0, redact: (text) => text, env: {} },
        ),
    });
    const outcomes = await clock.runUntil(
      Promise.all(
        Array.from({ length: 1_000 }, () =>
          healer.runOutcome('tool', ({ attempt }) => {
            if (attempt === 1) throw new ScriptedError(rate);
            times.push(clock.monotonic());
            return 'fine';
          }),
        ),
      ),
    );
    expect(outcomes.filter(({ status, attempts }) => status === 'healed' && attempts === 2)).toHaveLength(1_000);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(1_000);
    expect(peak(times, 1_000)).toBeLessThanOrEqual(110);
    expect(outcomes.at(-1)?.fixes[0]?.reason).toMatch(/^waited 1000 ms: as asked; .* s more for its turn$/);
    expect(clock.monotonic()).toBeLessThan(45_000);
  });

  it('get their failure when the patience ends, without any call if their turn has not come', async () => {
    const { healer, clock, away, calls } = service();
    const ever = away(Number.POSITIVE_INFINITY);
    const outcomes = await clock.runUntil(
      Promise.all(Array.from({ length: 1_000 }, () => healer.runOutcome('tool', ever))),
    );
    expect(clock.monotonic()).toBeLessThanOrEqual(11_000);
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['failed']));
    expect(calls.length).toBeLessThanOrEqual(1_000 + 10 + 50 * 11);
    expect(outcomes.some(({ attempts }) => attempts === 1)).toBe(true);
  });

  it('are refused at once if their turn would come after the deadline', async () => {
    const { healer, clock, away } = service({
      deadlineMs: 2_000,
      limits: limited({ retryBudget: { retries: 9_999 } }),
    });
    const outcomes = await clock.runUntil(
      Promise.all(Array.from({ length: 400 }, () => healer.runOutcome('tool', away(1)))),
    );
    const late = outcomes.filter(({ refusal }) => refusal?.code === 'RETRY_BUDGET_SPENT');
    expect(late.length).toBeGreaterThan(50);
    expect(late.at(-1)).toMatchObject({ attempts: 1, status: 'failed' });
    expect(outcomes.every(({ status, refusal }) => (status === 'healed') === (refusal === null))).toBe(true);
  });
});

describe('calls that waited for a repair of the network', () => {
  it('return one after the other too', async () => {
    const { healer, clock } = testHealer([scriptedFix('vpn_connect')]);
    const times: number[] = [];
    const outcomes = await clock.runUntil(
      Promise.all(
        Array.from({ length: 100 }, () =>
          healer.runOutcome('tool', ({ attempt }) => {
            if (attempt === 1) throw new ScriptedError(refused);
            times.push(clock.monotonic());
            return 'fine';
          }),
        ),
      ),
    );
    expect(outcomes.every(({ status }) => status === 'healed')).toBe(true);
    expect(times.filter((at) => at === 0)).toHaveLength(10);
    expect(Math.max(...times)).toBe(1_800);
  });
});
