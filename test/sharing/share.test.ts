import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Approve, Fix, FixReport, FixRequest, FixRules, FixStatus } from '../../src/model/fix.ts';
import { MachineLockStore } from '../../src/sharing/machine-lock-store.ts';
import { FixSharing } from '../../src/sharing/share.ts';
import { FakeClock, settlePromises } from '../support/fake-clock.ts';
import { fixRequest } from '../support/healer.ts';

const rules: FixRules = {
  mode: 'auto',
  cooldownMs: 30_000,
  budget: { runs: 30, windowMs: 3_600_000 },
  timeoutMs: 30_000,
  scope: 'process',
};

/** A fix that takes 1000 ms on the clock, listens to its signal and ends as the test says. */
const slowFix = (clock: FakeClock, more: Partial<FixRules> = {}, status: FixStatus = 'succeeded') => {
  const runs: FixRequest[] = [];
  const fix: Fix = {
    name: 'token_refresh',
    key: 'host:token_refresh:default',
    description: 'gets a new token',
    rules: { ...rules, ...more },
    run: (request) => {
      runs.push(request);
      return new Promise<FixReport>((resolve) => {
        const report = (end: FixStatus, reason: string): void =>
          resolve({ fix: 'token_refresh', status: end, reason, durationMs: 1_000 });
        const timer = clock.setTimeout(() => report(status, 'it ended'), 1_000);
        request.signal.addEventListener('abort', () => {
          clock.clearTimeout(timer);
          const late = request.signal.reason?.name === 'TimeoutError';
          report(late ? 'timed_out' : 'cancelled', 'it was ended');
        });
      });
    },
  };
  return { fix, runs };
};

const world = (more: Partial<FixRules> = {}, status: FixStatus = 'succeeded') => {
  const clock = new FakeClock();
  const warnings: string[] = [];
  const sharing = new FixSharing({ clock, random: () => 0.5, warn: (message) => warnings.push(message) });
  const { fix, runs } = slowFix(clock, more, status);
  const shared = sharing.share(fix);
  const call = (changes: Partial<FixRequest> = {}) =>
    shared.run(fixRequest({ failedAttemptStartedAt: clock.monotonic() - 10, ...changes }));
  return { clock, warnings, sharing, runs, shared, call, refuse: () => shared.refuse?.(clock.monotonic()) ?? null };
};

const timeout = new DOMException('the deadline has passed', 'TimeoutError');

describe('a shared fix', () => {
  it('runs once for a thousand calls that need it at once', async () => {
    const { clock, call, runs } = world();
    const reports = Promise.all(Array.from({ length: 1_000 }, () => call()));
    await clock.advance(1_000);
    const [first, ...others] = await reports;
    expect(first).toEqual({ fix: 'token_refresh', status: 'succeeded', reason: 'it ended', durationMs: 1_000 });
    expect(others).toEqual(
      others.map(() => ({
        fix: 'token_refresh',
        status: 'succeeded',
        reason: 'shared with another call: it ended',
        shared: true,
        durationMs: 1_000,
      })),
    );
    expect(runs).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('goes on for the others when the one who began it leaves', async () => {
    const { clock, call, runs } = world();
    const leaver = new AbortController();
    const [first, second] = [call({ signal: leaver.signal }), call()];
    await clock.advance(500);
    leaver.abort(new DOMException('gone', 'AbortError'));
    expect(await first).toMatchObject({ status: 'cancelled', durationMs: 500 });
    await clock.advance(500);
    expect(await second).toMatchObject({ status: 'succeeded', shared: true });
    expect(runs).toHaveLength(1);
  });

  it('waits no longer than each one’s own deadline', async () => {
    const { clock, call } = world();
    const late = new AbortController();
    const [first, second] = [call(), call({ signal: late.signal })];
    await clock.advance(200);
    late.abort(timeout);
    expect(await second).toMatchObject({
      status: 'timed_out',
      reason: 'it was still running, for other calls too, when the deadline came',
    });
    await clock.advance(800);
    expect(await first).toMatchObject({ status: 'succeeded' });
  });

  it('is ended when the last who waits leaves, and not begun again before it is over', async () => {
    const { clock, call, runs } = world({ cooldownMs: 0 });
    const [a, b] = [new AbortController(), new AbortController()];
    const leaving = [call({ signal: a.signal }), call({ signal: b.signal })];
    await clock.advance(100);
    a.abort(new DOMException('gone', 'AbortError'));
    expect(runs[0]?.signal.aborted).toBe(false);
    b.abort(timeout);
    const next = call();
    expect(runs[0]?.signal.aborted).toBe(true);
    expect(runs).toHaveLength(1);
    expect(await Promise.all(leaving)).toMatchObject([
      { status: 'cancelled' },
      { status: 'timed_out', reason: expect.stringContaining('it was ended') },
    ]);
    await clock.advance(1_000);
    expect(await next).toMatchObject({ status: 'succeeded' });
    expect(runs).toHaveLength(2);
  });

  it('has its own time limit, not the deadline of the one who began it', async () => {
    const { clock, call, runs } = world();
    const report = call({ remainingMs: 3_000 });
    await clock.advance(1_000);
    await report;
    expect(runs[0]?.remainingMs).toBe(30_000);
  });

  it('is not begun for a call that has no time left', async () => {
    const { call, runs, clock } = world();
    const report = call({ remainingMs: 0 });
    await clock.advance(1_000);
    // It is the fix itself that says no.
    expect(await report).not.toHaveProperty('shared');
    expect(runs[0]?.remainingMs).toBe(0);
  });
});

describe('freshness', () => {
  it('just repeats a call whose attempt began before the last success ended', async () => {
    const { clock, call, runs } = world();
    const first = call();
    await clock.advance(1_000);
    await first;
    expect(await call({ failedAttemptStartedAt: 999 })).toEqual({
      fix: 'token_refresh',
      status: 'not_needed',
      code: 'ALREADY_FIXED',
      reason: 'token_refresh has run since the attempt began: the call is retried without it',
      shared: true,
      durationMs: 0,
    });
    expect(runs).toHaveLength(1);
  });

  it('does not count a run that failed', async () => {
    const { clock, call } = world({}, 'failed');
    const first = call();
    await clock.advance(1_000);
    await first;
    expect(await call({ failedAttemptStartedAt: 999 })).toMatchObject({ code: 'FIX_COOLING_DOWN' });
  });
});

describe('the cool-down', () => {
  it.each(['succeeded', 'failed', 'timed_out'] as const)(
    'begins when a run ends that %s, and says how long it lasts',
    async (status) => {
      const { clock, call, refuse, runs } = world({}, status);
      const first = call();
      expect(refuse()).toBeNull();
      await clock.advance(1_000);
      await first;
      await clock.advance(12_000);
      const refusal = {
        code: 'FIX_COOLING_DOWN',
        reason: `token_refresh ran (${status.replace('_', ' ')}) 12.0 s ago and is cooling down: 18.0 s left (\`cooldownMs: 30000\`)`,
      };
      expect(refuse()).toEqual(refusal);
      expect(await call()).toMatchObject({ status: 'refused', ...refusal });
      await clock.advance(18_000);
      expect(refuse()).toBeNull();
      const second = call();
      await clock.advance(1_000);
      expect(await second).toMatchObject({ status });
      expect(runs).toHaveLength(2);
    },
  );

  it.each(['not_needed', 'refused', 'cancelled'] as const)('does not begin where the run was %s', async (status) => {
    const { clock, call, refuse } = world({}, status);
    const first = call();
    await clock.advance(1_000);
    await first;
    expect(refuse()).toBeNull();
  });
});

describe('the budget', () => {
  it('caps the runs of a window, and says when it may run again', async () => {
    const { clock, call, refuse, runs } = world({ cooldownMs: 0, budget: { runs: 2, windowMs: 60_000 } });
    for (const _ of [1, 2]) {
      const report = call();
      await clock.advance(10_000);
      await report;
    }
    expect(refuse()).toEqual({
      code: 'FIX_BUDGET_SPENT',
      reason: 'token_refresh has run 2 times within 1 min, and may run again in 40.0 s (`budget`)',
    });
    await clock.advance(40_000);
    expect(refuse()).toBeNull();
    expect(runs).toHaveLength(2);
  });

  it('is not used up by runs that had nothing to do', async () => {
    const { clock, call, refuse } = world({ cooldownMs: 0, budget: { runs: 1, windowMs: 60_000 } }, 'not_needed');
    const report = call();
    await clock.advance(1_000);
    await report;
    expect(refuse()).toBeNull();
  });
});

describe('mode: dry-run', () => {
  it('says what would be done, and does nothing', async () => {
    const { call, refuse, runs } = world({ mode: 'dry-run' });
    expect(refuse()).toBeNull();
    expect(await call()).toEqual({
      fix: 'token_refresh',
      status: 'refused',
      code: 'DRY_RUN',
      reason: 'dry run, nothing was done: gets a new token',
      durationMs: 0,
    });
    expect(runs).toEqual([]);
  });
});

describe('mode: ask', () => {
  it('asks one question for all who wait, and runs the fix after a yes', async () => {
    const { clock, call, runs } = world({ mode: 'ask' });
    const questions: string[] = [];
    const approve: Approve = async ({ text }) => {
      questions.push(text);
      return true;
    };
    const reports = Promise.all([1, 2, 3].map(() => call({ approve })));
    await clock.advance(1_000);
    expect((await reports).map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(questions).toEqual([
      'The tool tool has failed: Unauthorized\nAllow healflow to run this fix? token_refresh gets a new token.',
    ]);
    expect(runs).toHaveLength(1);
  });

  it('takes anything but true for a no, and does not ask again at once', async () => {
    const { clock, call, refuse, runs } = world({ mode: 'ask' });
    const no: Approve = () => 'yes' as unknown as boolean;
    expect(await call({ approve: no })).toMatchObject({ status: 'refused', code: 'FIX_NOT_APPROVED' });
    expect(refuse()).toMatchObject({
      code: 'FIX_COOLING_DOWN',
      reason: expect.stringMatching(/^token_refresh was declined 0\.0 s ago/),
    });
    await clock.advance(30_000);
    expect(refuse()).toBeNull();
    expect(runs).toEqual([]);
  });

  it('takes a question that breaks for a no', async () => {
    const { call } = world({ mode: 'ask' });
    const approve = () => Promise.reject(new Error('no window'));
    expect(await call({ approve })).toMatchObject({
      code: 'FIX_NOT_APPROVED',
      reason: 'token_refresh could not be offered for approval: no window',
    });
  });

  it('takes no answer before the deadline for a no', async () => {
    const { call } = world({ mode: 'ask' });
    const deadline = new AbortController();
    const report = call({ signal: deadline.signal, approve: () => new Promise<boolean>(() => {}) });
    await settlePromises();
    deadline.abort(timeout);
    expect(await report).toMatchObject({
      code: 'FIX_NOT_APPROVED',
      reason: 'token_refresh was not approved before the deadline',
    });
  });

  it('is a no where there is nobody to ask, which says nothing to those who can ask', async () => {
    const { call, refuse } = world({ mode: 'ask' });
    expect(await call()).toMatchObject({
      code: 'FIX_NOT_APPROVED',
      reason: 'token_refresh has `mode: ask`, and there is nobody to ask',
    });
    expect(refuse()).toBeNull();
  });

  it('says of a lesson that nobody can be asked about what to do', async () => {
    const { sharing, clock } = world();
    const { fix } = slowFix(clock, { mode: 'ask' });
    const report = sharing.share({ ...fix, name: 'lesson:tunnel' }).run(fixRequest({ failedAttemptStartedAt: -10 }));
    expect(await report).toMatchObject({
      code: 'FIX_NOT_APPROVED',
      reason:
        'the lesson tunnel asks before it runs, and there is nobody to ask: use a client that can ask (elicitation), or move it up with `healflow learn auto tunnel`',
    });
  });
});

describe('a machine-wide folder', () => {
  const folder = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'healflow-share-')));

  const instance = (clock: FakeClock, stateDir: string, more: Partial<FixRules> = {}, seed = 0.5) => {
    const warnings: string[] = [];
    let state = seed;
    const random = () => {
      state = (state * 9_301 + 0.49297) % 1;
      return state;
    };
    const store = new MachineLockStore({ stateDir, clock });
    const sharing = new FixSharing({ clock, random, store, warn: (message) => warnings.push(message) });
    const { fix, runs } = slowFix(clock, { identity: 'a'.repeat(32), scope: 'machine', ...more });
    const shared = sharing.share(fix);
    const request = (failedAttemptStartedAt: number): FixRequest => fixRequest({ failedAttemptStartedAt });
    return { shared, runs, warnings, request };
  };

  /** Files answer in their own time: moves the clock on in small steps until the promise is settled. */
  const settled = async <T>(clock: FakeClock, promise: Promise<T>): Promise<T> => {
    let done = false;
    void promise.finally(() => {
      done = true;
    });
    while (!done) {
      await clock.advance(10);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return promise;
  };

  it('lets one run it, and the others share what came of it', async () => {
    const clock = new FakeClock();
    const where = folder();
    const [a, b] = [instance(clock, where, {}, 0.1), instance(clock, where, {}, 0.7)];
    const reports = await settled(clock, Promise.all([a, b].map(({ shared, request }) => shared.run(request(-10)))));
    expect(a.runs.length + b.runs.length).toBe(1);
    expect(reports.map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
    expect(reports.filter(({ shared }) => shared)).toMatchObject([{ reason: 'shared with another process: it ended' }]);
  });

  it('lets each run it in turn where a run fixes it for one process alone', async () => {
    const clock = new FakeClock();
    const where = folder();
    const rulesOf = { scope: 'process' } as const;
    const [a, b] = [instance(clock, where, rulesOf, 0.1), instance(clock, where, rulesOf, 0.7)];
    const began: number[] = [];
    const reports = await settled(
      clock,
      Promise.all(
        [a, b].map(async ({ shared, request }) => {
          const report = await shared.run(request(-10));
          began.push(clock.monotonic());
          return report;
        }),
      ),
    );
    expect(reports.map(({ status, shared }) => [status, shared])).toEqual([
      ['succeeded', undefined],
      ['succeeded', undefined],
    ]);
    expect([a.runs.length, b.runs.length]).toEqual([1, 1]);
    expect(Math.abs((began[1] ?? 0) - (began[0] ?? 0))).toBeGreaterThanOrEqual(1_000);
  });

  it('keeps cool-down and freshness for those who come later', async () => {
    const clock = new FakeClock();
    const where = folder();
    const a = instance(clock, where);
    await settled(clock, a.shared.run(a.request(-10)));
    const endedAt = clock.monotonic();
    await clock.advance(5_000);
    const b = instance(clock, where);
    expect(b.shared.refuse?.(clock.monotonic())).toMatchObject({ code: 'FIX_COOLING_DOWN' });
    expect(await settled(clock, b.shared.run(b.request(endedAt - 500)))).toMatchObject({
      status: 'not_needed',
      code: 'ALREADY_FIXED',
    });
    expect(b.runs).toEqual([]);
  });

  it('takes an end in the future for a clock that was wrong', async () => {
    const where = folder();
    const ahead = new FakeClock(Date.UTC(2030, 0, 1));
    const a = instance(ahead, where);
    await settled(ahead, a.shared.run(a.request(-10)));
    const clock = new FakeClock(Date.UTC(2026, 0, 1));
    const b = instance(clock, where, {}, 0.3);
    expect(b.shared.refuse?.(0)).toBeNull();
    expect(await settled(clock, b.shared.run(b.request(-10)))).toMatchObject({ status: 'succeeded' });
    expect(b.runs).toHaveLength(1);
  });

  it('that cannot be used leaves the fix to each process, and is reported once', async () => {
    const clock = new FakeClock();
    const { shared, runs, warnings, request } = instance(clock, '/dev/null/state', { cooldownMs: 0 });
    for (const _ of [1, 2]) {
      expect(await settled(clock, shared.run(request(clock.monotonic())))).toMatchObject({ status: 'succeeded' });
    }
    expect(runs).toHaveLength(2);
    expect(warnings).toEqual([expect.stringMatching(/^fixes are shared within this process only: .*\/dev\/null/)]);
  });
});
