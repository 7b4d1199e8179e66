import { describe, expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { Limits } from '../../src/limits/limits.ts';
import { settlePromises } from '../support/fake-clock.ts';
import { ScriptedError, scriptedFix, testHealer } from '../support/healer.ts';

const limits = (more: object) => new Limits(configSchema.parse(more));
const down = { class: 'network', fixes: ['retry_backoff'], situation: 'rate_limited' } as const;
const failing = () => Promise.reject(new ScriptedError(down));

describe('the circuit breaker of an upstream', () => {
  const parts = () => {
    const backOff = scriptedFix('retry_backoff');
    return {
      backOff,
      ...testHealer([backOff], { attempts: 2, limits: limits({ breaker: { failures: 2, openMs: 1_000 } }) }),
    };
  };

  it('hands failures back at once when runs in a row have failed, and still calls the tool', async () => {
    const { healer, backOff } = parts();
    for (const _ of [1, 2]) await healer.runOutcome('tool', failing);
    let calls = 0;
    const outcome = await healer.runOutcome('tool', () => {
      calls += 1;
      return failing();
    });
    expect(outcome).toMatchObject({ status: 'failed', attempts: 1, refusal: { code: 'BREAKER_OPEN' } });
    expect({ calls, waits: backOff.runs }).toEqual({ calls: 1, waits: 2 });
  });

  it('lets one run try after its rest', async () => {
    const { healer, clock, backOff } = parts();
    for (const _ of [1, 2]) await healer.runOutcome('tool', failing);
    await clock.advance(1_000);
    const outcomes = await Promise.all([1, 2, 3].map(() => healer.runOutcome('tool', failing)));
    expect(outcomes.map(({ refusal }) => refusal?.code)).toEqual([
      'ATTEMPTS_EXHAUSTED',
      'BREAKER_OPEN',
      'BREAKER_OPEN',
    ]);
    expect(backOff.runs).toBe(3);
  });

  it('closes with the first call that succeeds', async () => {
    const { healer } = parts();
    for (const _ of [1, 2]) await healer.runOutcome('tool', failing);
    await healer.run('tool', () => 'fine');
    expect(await healer.runOutcome('tool', failing)).toMatchObject({ attempts: 2 });
  });

  it('does not count failures that say nothing of the upstream', async () => {
    const { healer } = parts();
    const expired = () => Promise.reject(new ScriptedError({ fixes: [] }));
    for (const _ of [1, 2, 3]) await healer.runOutcome('tool', expired);
    expect(await healer.runOutcome('tool', failing)).toMatchObject({ attempts: 2 });
  });
});

describe('tools for which no upstream is named', () => {
  const reported = { ...down, grade: 'report', situation: 'backend_error' } as const;
  const failsWith = (more: typeof down | typeof reported) => () => Promise.reject(new ScriptedError(more));
  const parts = (upstream = 'default') => {
    const rules = { kind: 'read-only', replay: 'safe', reports: null, isStrict: false, upstream } as const;
    return testHealer([scriptedFix('retry_backoff')], {
      ...{ attempts: 2, toolRules: () => rules, pauses: null },
      limits: limits({ breaker: { failures: 2, openMs: 1_000 }, retryBudget: { retries: 3, windowMs: 1_000 } }),
    });
  };
  const codeOf = async ({ healer }: ReturnType<typeof parts>, tool: string, task: () => Promise<never>) =>
    (await healer.runOutcome(tool, task)).refusal?.code;

  it('do not stop the healing of each other by what they report of their own services', async () => {
    const bench = parts();
    for (const _ of [1, 2]) await bench.healer.runOutcome('dead', failsWith(reported));
    expect(await codeOf(bench, 'dead', failsWith(reported))).toBe('BREAKER_OPEN');
    expect(await codeOf(bench, 'other', failsWith(reported))).toBe('ATTEMPTS_EXHAUSTED');
    expect(bench.healer.health.breakers).toMatchObject([
      { upstream: 'tool dead', state: 'Open' },
      { upstream: 'tool other', state: 'Closed' },
    ]);
  });

  it('share what healflow itself sees of the way to all of them', async () => {
    const bench = parts();
    for (const tool of ['a', 'b']) await bench.healer.runOutcome(tool, failsWith(down));
    expect(await codeOf(bench, 'c', failsWith(down))).toBe('BREAKER_OPEN');
    expect(await codeOf(bench, 'c', failsWith(reported))).toBe('ATTEMPTS_EXHAUSTED');
    await bench.healer.run('c', () => 'fine');
    expect(await codeOf(bench, 'd', failsWith(down))).toBe('ATTEMPTS_EXHAUSTED');
  });

  it('share what they report, if the config names one upstream for them', async () => {
    const bench = parts('wiki');
    for (const tool of ['a', 'b']) await bench.healer.runOutcome(tool, failsWith(reported));
    expect(await codeOf(bench, 'c', failsWith(reported))).toBe('BREAKER_OPEN');
  });

  it('end the trial run of what they share, if it ends with a report', async () => {
    const bench = parts();
    for (const _ of [1, 2]) await bench.healer.runOutcome('a', failsWith(down));
    await bench.clock.advance(1_000);
    const failures = [down, reported];
    await bench.healer.runOutcome('a', () => Promise.reject(new ScriptedError(failures.shift())));
    await bench.clock.advance(1_000);
    const again = await bench.healer.runOutcome('a', failsWith(down));
    expect(again).toMatchObject({ attempts: 2 });
  });

  it('do not wait for the turns of each other', async () => {
    const { healer, clock } = parts();
    const call = (tool: string) =>
      healer.runOutcome(tool, ({ attempt }) => {
        if (attempt === 1) throw new ScriptedError(reported);
        return clock.monotonic();
      });
    const crowd = Array.from({ length: 5 }, () => call('crowded'));
    expect(await call('other')).toMatchObject({ status: 'healed', value: 0 });
    expect(await clock.runUntil(Promise.all(crowd))).toHaveLength(5);
    expect(clock.monotonic()).toBeGreaterThan(0);
  });
});

describe('the retry budget of an upstream', () => {
  const parts = (deadlineMs: number) =>
    testHealer([scriptedFix('retry_backoff'), scriptedFix('token_refresh')], {
      limits: limits({ retryBudget: { retries: 2, windowMs: 1_000 }, breaker: { failures: 1 } }),
      deadlineMs,
    });

  it('makes retries after a wait wait for their turn, but not those after a fix that fixed something', async () => {
    const { healer, clock } = parts(45_000);
    const once = ({ attempt }: { attempt: number }) => (attempt === 1 ? failing() : Promise.resolve('fine'));
    const ended: number[] = [];
    const runs = [1, 2, 3, 4].map(async () => {
      const outcome = await healer.runOutcome('tool', once);
      ended.push(clock.monotonic());
      return outcome.status;
    });
    expect(await clock.runUntil(Promise.all(runs))).toEqual(Array(4).fill('healed'));
    expect(ended).toEqual([0, 0, 500, 1_000]);
    const expired = await healer.runOutcome('tool', ({ attempt }) => {
      if (attempt === 1) throw new ScriptedError();
      return 'fine';
    });
    expect(expired.status).toBe('healed');
    expect(clock.monotonic()).toBe(1_000);
  });

  it('refuses a retry whose turn would come after the deadline, which opens no breaker', async () => {
    const { healer } = parts(400);
    await Promise.all([1, 2].map(() => healer.runOutcome('tool', ({ attempt }) => (attempt === 1 ? failing() : 1))));
    for (const _ of [1, 2]) {
      expect(await healer.runOutcome('tool', failing)).toMatchObject({
        attempts: 1,
        refusal: { code: 'RETRY_BUDGET_SPENT' },
      });
    }
  });

  it('is named as the reason, also if a better fix is not configured', async () => {
    const { healer } = parts(400);
    const noVpn = { ...down, fixes: ['vpn_connect', 'retry_backoff'] } as const;
    await Promise.all([1, 2].map(() => healer.runOutcome('tool', ({ attempt }) => (attempt === 1 ? failing() : 1))));
    const outcome = await healer.runOutcome('tool', () => Promise.reject(new ScriptedError(noVpn)));
    expect(outcome.refusal?.code).toBe('RETRY_BUDGET_SPENT');
  });
});

describe('the blast-radius guard', () => {
  it('stops fixes, but not waits, when most tools fail at once', async () => {
    const token = scriptedFix('token_refresh', 'failed');
    const { healer } = testHealer([token, scriptedFix('retry_backoff')], {
      limits: limits({ blastRadius: { maxShare: 0.5, minTools: 3 } }),
    });
    const expired = () => Promise.reject(new ScriptedError());
    await healer.prepare();
    await healer.run('a', () => 'fine');
    expect(await healer.runOutcome('b', expired)).toMatchObject({ refusal: { code: 'FIX_FAILED' } });
    const third = await healer.runOutcome('c', expired);
    expect(third.refusal).toEqual({
      code: 'BLAST_RADIUS',
      reason: '2 of 3 active tools are failing; token_refresh cannot fix that',
    });
    expect(token.runs).toBe(1);
    expect(await healer.runOutcome('d', failing)).toMatchObject({ attempts: 3 });
  });
});

describe('attemptTimeoutMs', () => {
  it.each([[false], [true]])(
    'gives up an attempt that takes longer, as a failure that is healed (eager: %s)',
    async (eager) => {
      const { healer, clock } = testHealer([scriptedFix('retry_backoff')], {
        attemptTimeoutMs: 100,
        diagnose: ({ error }) => {
          expect(error).toMatchObject({ name: 'HealError', code: 'ATTEMPT_TIMEOUT' });
          return new ScriptedError({ ...down }).diagnosis;
        },
      });
      const signals: AbortSignal[] = [];
      const run = healer.runOutcome(
        'tool',
        ({ attempt, signal }) => {
          signals.push(signal);
          return attempt === 1 ? new Promise<string>(() => {}) : 'fine';
        },
        { eager },
      );
      await settlePromises();
      await clock.advance(100);
      expect(await run).toMatchObject({ ok: true, value: 'fine', status: 'healed', attempts: 2 });
      expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
      expect(clock.pending).toBe(0);
    },
  );
});

describe('the reason why a call was not healed', () => {
  it('is that the wait would take too long, and not that another fix is not configured', async () => {
    const tooLong = { code: 'WAIT_EXCEEDS_DEADLINE', reason: 'too long' } as const;
    const { healer } = testHealer([], {
      selectFix: (name) => (name === 'wait_retry' ? tooLong : { code: 'FIX_NOT_CONFIGURED', reason: `no ${name}` }),
    });
    const outcome = await healer.runOutcome('tool', () => {
      throw new ScriptedError({ class: 'rate', fixes: ['token_refresh', 'wait_retry'], situation: 'rate_limited' });
    });
    expect(outcome.refusal).toEqual(tooLong);
  });
});
