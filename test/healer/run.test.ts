import { describe, expect, it } from 'vitest';
import type { AnyActorRef, InspectionEvent } from 'xstate';
import { settlePromises } from '../support/fake-clock.ts';
import { diagnosisOf, ScriptedError, scriptedFix, testHealer } from '../support/healer.ts';

const never = new Promise<never>(() => {});

describe('run', () => {
  it('calls a healthy tool once, starts nothing and records nothing', async () => {
    const { healer, records, healthy, clock } = testHealer();
    let calls = 0;
    await healer.run('tool', () => ++calls);
    expect({ calls, records, healthy, timers: clock.delays }).toEqual({
      calls: 1,
      records: [],
      healthy: ['tool'],
      timers: [],
    });
  });

  it('records healthy calls too if configured', async () => {
    const { healer, records, healthy } = testHealer([], { recordHealthy: true });
    await healer.run('tool', () => 'fine');
    expect(healthy).toEqual(['tool']);
    expect(records).toMatchObject([{ tool: 'tool', status: 'succeeded', attempts: 1, diagnosis: null }]);
  });

  it('gives the tool a signal of its own where the caller has none', async () => {
    const { healer } = testHealer();
    const signal = await healer.run('tool', (context) => context.signal);
    expect(signal).toBeInstanceOf(AbortSignal);
    expect(signal.aborted).toBe(false);
  });

  it('numbers the attempts from 1 and makes as many as allowed', async () => {
    const { healer } = testHealer([scriptedFix('retry_backoff')]);
    const attempts: number[] = [];
    await healer
      .run('tool', ({ attempt }) => {
        attempts.push(attempt);
        throw new ScriptedError({ fixes: ['retry_backoff'], situation: 'rate_limited' });
      })
      .catch(() => {});
    expect(attempts).toEqual([1, 2, 3]);
  });

  it('heals two causes in a row in one run', async () => {
    const vpn = scriptedFix('vpn_connect');
    const token = scriptedFix('token_refresh');
    const { healer, records } = testHealer([vpn, token]);
    const refused = new ScriptedError({ class: 'network', fixes: ['vpn_connect'], situation: 'not_sent' });
    const expired = new ScriptedError();
    await expect(
      healer.run('tool', ({ attempt }) => {
        if (attempt === 1) throw refused;
        if (attempt === 2) throw expired;
        return 'fine';
      }),
    ).resolves.toBe('fine');
    expect(records).toMatchObject([
      {
        status: 'healed',
        attempts: 3,
        diagnosis: { class: 'network' },
        lastDiagnosis: { class: 'auth' },
        fixes: [{ fix: 'vpn_connect' }, { fix: 'token_refresh' }],
      },
    ]);
  });

  it('does not run the same fix twice in one run', async () => {
    const token = scriptedFix('token_refresh');
    const { healer, records } = testHealer([token]);
    await healer.run('tool', () => Promise.reject(new ScriptedError())).catch(() => {});
    expect(token.runs).toBe(1);
    expect(records).toMatchObject([{ status: 'failed', attempts: 2, refusal: { code: 'FIX_USED_UP' } }]);
  });

  it('heals the connection but does not repeat a call that may have taken effect', async () => {
    const fix = scriptedFix('vpn_connect');
    const { healer, records } = testHealer([fix]);
    let calls = 0;
    const cut = new ScriptedError({ fixes: ['vpn_connect'], situation: 'interrupted', delivered: 'maybe' });
    const outcome = await healer.runOutcome(
      'pay',
      () => {
        calls++;
        throw cut;
      },
      { annotations: { destructiveHint: true } },
    );
    expect(outcome).toMatchObject({ ok: false, status: 'unknown', attempts: 1, refusal: { code: 'REPEAT_UNSAFE' } });
    expect(outcome).toHaveProperty('error', cut);
    expect({ calls, fixes: fix.runs }).toEqual({ calls: 1, fixes: 1 });
    expect(records).toMatchObject([{ status: 'unknown' }]);
  });

  it('does not wait where the call may not be repeated after the wait', async () => {
    const backOff = scriptedFix('retry_backoff');
    const { healer } = testHealer([backOff]);
    const outcome = await healer.runOutcome('pay', () =>
      Promise.reject(new ScriptedError({ fixes: ['retry_backoff'], situation: 'internal_error', delivered: 'maybe' })),
    );
    expect(outcome).toMatchObject({ status: 'unknown', refusal: { code: 'REPEAT_UNSAFE' } });
    expect(backOff.runs).toBe(0);
  });

  it('repeats a call that met a conflict only where the user asks for it', async () => {
    const conflict = new ScriptedError({ class: 'usage', fixes: [], situation: 'conflict', delivered: 'maybe' });
    const run = (replay: 'safe' | 'always') =>
      testHealer([scriptedFix('retry_backoff')], {
        toolRules: () => ({ kind: 'idempotent', replay, reports: null, isStrict: false, upstream: 'default' }),
      }).healer.runOutcome('put', ({ attempt }) => (attempt === 1 ? Promise.reject(conflict) : 'put'));
    expect(await run('safe')).toMatchObject({ status: 'unknown', attempts: 1 });
    expect(await run('always')).toMatchObject({ status: 'healed', attempts: 2 });
  });

  it('takes the next proposed fix where the first is not configured', async () => {
    const { healer } = testHealer([scriptedFix('retry_backoff')]);
    const outcome = await healer.runOutcome('tool', ({ attempt }) => {
      if (attempt > 1) return 'fine';
      throw new ScriptedError({ fixes: ['vpn_connect', 'retry_backoff'], situation: 'not_sent' });
    });
    expect(outcome).toMatchObject({ ok: true, value: 'fine', status: 'healed', fixes: [{ fix: 'retry_backoff' }] });
  });

  it('says which fix was missing where none is configured', async () => {
    const { healer } = testHealer([]);
    const outcome = await healer.runOutcome('tool', () => Promise.reject(new ScriptedError()));
    expect(outcome).toMatchObject({ status: 'failed', refusal: { code: 'FIX_NOT_CONFIGURED' } });
  });

  it('gives back an error-shaped result that it could not heal as the value that it was', async () => {
    const { healer } = testHealer([]);
    const result = { isError: true };
    expect(await healer.runOutcome('tool', () => result)).toMatchObject({
      ok: false,
      thrown: false,
      value: result,
    });
  });
});

describe('the deadline', () => {
  it('cuts off a retry that never ends and gives the error of the attempt before', async () => {
    const { healer, clock, records } = testHealer();
    const error = new ScriptedError();
    const run = healer.run('tool', ({ attempt }) => (attempt === 1 ? Promise.reject(error) : never));
    const ended = expect(run).rejects.toBe(error);
    await clock.advance(45_000);
    await ended;
    expect(records).toMatchObject([{ status: 'unknown', attempts: 2, refusal: { code: 'DEADLINE_PASSED' } }]);
    expect(clock.pending).toBe(0);
  });

  it('never cuts off the first attempt', async () => {
    const { healer, clock } = testHealer();
    let finish = (_: string): void => {};
    const run = healer.run('slow', () => new Promise<string>((resolve) => (finish = resolve)));
    await clock.advance(3_600_000);
    finish('late, but there');
    await expect(run).resolves.toBe('late, but there');
  });

  it('counts from the begin of the first attempt', async () => {
    const { healer, clock } = testHealer();
    let fail = (_: Error): void => {};
    const run = healer.runOutcome('slow', () => new Promise<string>((_, reject) => (fail = reject)));
    await clock.advance(45_000);
    fail(new ScriptedError());
    await settlePromises();
    await clock.advance(0);
    expect(await run).toMatchObject({ status: 'failed', attempts: 1, refusal: { code: 'DEADLINE_PASSED' } });
  });
});

describe('cancellation', () => {
  it('reaches a retry, and rejects with its own reason', async () => {
    const { healer, records } = testHealer();
    const caller = new AbortController();
    const error = new ScriptedError();
    let signal: AbortSignal | undefined;
    const run = healer.run(
      'tool',
      (context) => {
        if (context.attempt === 1) throw error;
        signal = context.signal;
        return never;
      },
      { signal: caller.signal },
    );
    await settlePromises();
    const reason = new Error('the user left');
    caller.abort(reason);
    await expect(run).rejects.toBe(reason);
    expect(signal?.aborted).toBe(true);
    expect(records).toMatchObject([{ refusal: { code: 'CANCELLED' } }]);
  });

  it('heals nothing for a caller who has given up', async () => {
    const fix = scriptedFix('token_refresh');
    const { healer } = testHealer([fix]);
    const caller = new AbortController();
    const outcome = await healer.runOutcome(
      'tool',
      () => {
        caller.abort();
        throw new ScriptedError();
      },
      { signal: caller.signal },
    );
    expect(outcome).toMatchObject({ ok: false, attempts: 1, refusal: { code: 'CANCELLED' } });
    expect(fix.runs).toBe(0);
  });
});

describe('a healer that breaks', () => {
  const boom = () => {
    throw new Error('boom');
  };

  it.each([[false], [true]])('keeps a result though it cannot be recorded (eager: %s)', async (eager) => {
    const { healer, warnings } = testHealer(undefined, { record: boom });
    await expect(
      healer.run('tool', ({ attempt }) => (attempt === 1 ? Promise.reject(new ScriptedError()) : 'fine'), { eager }),
    ).resolves.toBe('fine');
    expect(warnings).toEqual(['the event was not recorded: boom']);
  });

  it('keeps the error of the tool though no fix can be chosen', async () => {
    const { healer, warnings } = testHealer(undefined, { selectFix: boom });
    const error = new ScriptedError();
    await expect(healer.run('tool', () => Promise.reject(error))).rejects.toBe(error);
    expect(warnings).toEqual(['the service planFix broke: boom']);
  });

  it('keeps results and errors though the inspector throws', async () => {
    const { healer } = testHealer(undefined, { inspect: boom });
    const error = new ScriptedError({ fixes: [] });
    await expect(healer.run('tool', () => 'fine')).resolves.toBe('fine');
    await expect(healer.run('tool', () => Promise.reject(error))).rejects.toBe(error);
  });

  it('keeps results and errors though the diagnosis throws', async () => {
    const { healer } = testHealer(undefined, { diagnose: boom, looksHealthy: () => false });
    const error = new ScriptedError();
    await expect(healer.run('tool', () => 'fine')).resolves.toBe('fine');
    await expect(healer.run('tool', () => Promise.reject(error))).rejects.toBe(error);
  });

  it('says that it broke, and that the call may have taken effect, where the run itself breaks', async () => {
    const { healer, clock, warnings } = testHealer([]);
    const now = clock.now.bind(clock);
    clock.now = () => {
      clock.now = now;
      return boom();
    };
    const error = new ScriptedError({ delivered: 'maybe', situation: 'interrupted' });
    const outcome = await healer.runOutcome('pay', () => Promise.reject(error));
    expect(outcome).toMatchObject({ error, status: 'unknown', attempts: 1, refusal: { code: 'RUN_BROKEN' } });
    expect(warnings).toEqual(['a run broke: boom']);
  });

  it('calls the tool alone once it is closed', async () => {
    const fix = scriptedFix('token_refresh');
    const { healer } = testHealer([fix]);
    await healer.close();
    const error = new ScriptedError();
    await expect(healer.run('tool', () => 'fine')).resolves.toBe('fine');
    await expect(healer.run('tool', () => Promise.reject(error))).rejects.toBe(error);
    expect(fix.runs).toBe(0);
  });
});

describe('runs at the same time', () => {
  it.each([false, true])(
    'keep to their own calls though the randomness always says the same (eager: %s)',
    async (eager) => {
      const { healer, warnings } = testHealer(undefined, { random: () => 0.5 });
      const calls = [0, 0, 0, 0];
      const heal = (name: number): Promise<number> =>
        healer.run(
          `tool_${name}`,
          async () => {
            calls[name] = (calls[name] ?? 0) + 1;
            if (calls[name] === 1) throw new ScriptedError();
            return name;
          },
          { eager },
        );
      await expect(Promise.all([0, 1, 2, 3].map(heal))).resolves.toEqual([0, 1, 2, 3]);
      expect(calls).toEqual([2, 2, 2, 2]);
      expect(warnings).toEqual([]);
    },
  );
});

describe('inspection', () => {
  it('shows a run as an actor with a readable id, its transient states included', async () => {
    const events: InspectionEvent[] = [];
    const { healer } = testHealer(undefined, { inspect: (event) => events.push(event) });
    await healer.run('k8s_get_pods', ({ attempt }) => (attempt === 1 ? Promise.reject(new ScriptedError()) : 'fine'));
    const states = events.flatMap((event) =>
      event.type === '@xstate.microstep' && 'value' in event.snapshot ? [event.snapshot.value] : [],
    );
    expect(new Set(states)).toEqual(
      new Set(['ErrorDetected', 'Analyzing', 'FixAvailable', 'ApplyingFix', 'Retrying', 'Success', 'Logging']),
    );
    expect(events.map(({ actorRef }) => (actorRef as AnyActorRef).id)).toContainEqual(
      expect.stringMatching(/^healing:k8s_get_pods:[0-9a-f]{16}$/),
    );
  });
});

describe('classify', () => {
  it('diagnoses an output without calling anything', () => {
    const { healer } = testHealer();
    expect(healer.classify({ tool: 't', channel: 'exception', error: new Error('x') })).toEqual(diagnosisOf());
  });
});
