import { describe, expect, it } from 'vitest';
import { type DenialInput, denialOf } from '../../src/sharing/decide.ts';
import { type FinishedRun, type FixHistory, noHistory } from '../../src/sharing/history.ts';

const now = 1_000_000;

const runOf = (more: Partial<FinishedRun> = {}): FinishedRun => ({
  id: 'run',
  by: 'another',
  endedAt: now - 3_000,
  status: 'succeeded',
  reason: 'it ended',
  ...more,
});

const historyOf = (more: Partial<FixHistory>): FixHistory => ({ ...noHistory, ...more });

const ask = ({ history = noHistory, ...more }: Partial<DenialInput> & { history?: FixHistory } = {}) =>
  denialOf({
    fix: 'kube_login',
    rules: { cooldownMs: 30_000, budget: { runs: 2, windowMs: 60_000 }, scope: 'machine' },
    own: history,
    common: history,
    now,
    failedAt: now - 100,
    by: 'this',
    fixedHere: false,
    ...more,
  });

const refusalOf = (...args: Parameters<typeof ask>) => {
  const found = ask(...args);
  return found?.kind === 'refused' ? found.refusal : null;
};

describe('a fix', () => {
  it('may run if nothing is known of it', () => {
    expect(ask()).toBeNull();
  });

  describe('that has succeeded since the attempt began', () => {
    const success = (endedAt: number, by = 'another') => historyOf({ lastSuccess: { by, endedAt } });

    it('need not run again', () => {
      expect(ask({ history: success(now - 50) })).toEqual({
        kind: 'already_fixed',
        reason: expect.stringContaining('kube_login has run since'),
      });
      expect(ask({ fixedHere: true })).toMatchObject({ kind: 'already_fixed' });
    });

    it('counts if it ended within the millisecond in which the attempt began, and not before', () => {
      expect(ask({ history: success(now - 100) })).toMatchObject({ kind: 'already_fixed' });
      expect(ask({ history: success(now - 101) })).toBeNull();
    });

    it('counts until now, and not if its clock was ahead', () => {
      expect(ask({ history: success(now) })).toMatchObject({ kind: 'already_fixed' });
      expect(ask({ history: success(now + 1) })).toBeNull();
    });

    it('is known without the wall clock if this process ran it', () => {
      expect(ask({ history: success(now - 50, 'this') })).toBeNull();
    });

    it('counts for other processes only if it reaches the whole machine', () => {
      const rules = { cooldownMs: 0, budget: { runs: 2, windowMs: 60_000 } };
      const common = success(now - 50);
      expect(ask({ common, own: noHistory, rules: { ...rules, scope: 'machine' } })).toMatchObject({
        kind: 'already_fixed',
      });
      expect(ask({ common, own: noHistory, rules: { ...rules, scope: 'process' } })).toBeNull();
    });
  });

  describe('whose effect has ended by itself', () => {
    const hasLapsed = true;
    const ranHere = runOf({ by: 'this' });

    it('may run again at once', () => {
      const lastSuccess = { by: 'this', endedAt: now - 3_000 };
      expect(ask({ hasLapsed, fixedHere: true, history: historyOf({ last: ranHere, lastSuccess }) })).toBeNull();
    });

    it('rests for its cool-down after a run that failed since', () => {
      const failed = runOf({ by: 'this', status: 'failed' });
      expect(refusalOf({ hasLapsed, history: historyOf({ last: failed }) })?.code).toBe('FIX_COOLING_DOWN');
    });
  });

  describe('that ran a short while ago', () => {
    it('rests for its cooldown, and no longer', () => {
      const at = (endedAt: number) => refusalOf({ history: historyOf({ last: runOf({ endedAt }) }) })?.code;
      expect(at(now)).toBe('FIX_COOLING_DOWN');
      expect(at(now - 29_999)).toBe('FIX_COOLING_DOWN');
      expect(at(now - 30_000)).toBeUndefined();
      expect(at(now + 1)).toBeUndefined();
    });

    it('says how it ended, how long ago, and how long it still rests', () => {
      const reason = (run: Partial<FinishedRun>) => refusalOf({ history: historyOf({ last: runOf(run) }) })?.reason;
      expect(reason({ status: 'timed_out' })).toMatch(/^kube_login .*timed out.* 3\.0 s .* 27\.0 s .*30000/);
      const declined = reason({ status: 'refused', code: 'FIX_NOT_APPROVED' });
      expect(declined).toMatch(/^kube_login was declined 3\.0 s/);
      expect(declined).not.toContain('refused');
      expect(reason({ status: 'refused', code: 'FIX_BUSY' })).toContain('refused');
    });

    it('rests for this process alone if it reaches no other', () => {
      const common = historyOf({ last: runOf() });
      const rules = { cooldownMs: 30_000, budget: { runs: 2, windowMs: 60_000 } };
      expect(refusalOf({ common, own: noHistory, rules: { ...rules, scope: 'process' } })).toBeNull();
      expect(refusalOf({ common, own: noHistory, rules: { ...rules, scope: 'machine' } })).not.toBeNull();
    });
  });

  describe('whose budget is spent', () => {
    const starts = (...ago: number[]) => historyOf({ starts: ago.map((ms) => now - ms) });

    it('waits until the oldest run that fills it leaves the window', () => {
      expect(refusalOf({ history: starts(50_000, 20_000) })).toEqual({
        code: 'FIX_BUDGET_SPENT',
        reason: expect.stringMatching(/^kube_login .* 2 times within 1 min.* in 10\.0 s/),
      });
      // A budget that was lowered: the run that matters is the second from the end.
      expect(refusalOf({ history: starts(50_000, 40_000, 20_000) })?.reason).toMatch(/ 3 times .* in 20\.0 s/);
    });

    it('is spent by runs within the window only', () => {
      expect(refusalOf({ history: starts(20_000) })).toBeNull();
      expect(refusalOf({ history: starts(60_000, 20_000) })).toBeNull();
      expect(refusalOf({ history: starts(59_999, 20_000) })).not.toBeNull();
      expect(refusalOf({ history: starts(20_000, 0) })).not.toBeNull();
      expect(refusalOf({ history: starts(20_000, -1) })).toBeNull();
    });

    it('shares it with the whole machine, whatever it reaches', () => {
      const rules = { cooldownMs: 0, budget: { runs: 2, windowMs: 60_000 }, scope: 'process' } as const;
      expect(refusalOf({ common: starts(2, 1), own: noHistory, rules })?.code).toBe('FIX_BUDGET_SPENT');
      expect(refusalOf({ common: noHistory, own: starts(2, 1), rules })).toBeNull();
    });

    it('names long waits in minutes, rounded up', () => {
      const rules = { cooldownMs: 0, budget: { runs: 1, windowMs: 3_600_000 }, scope: 'machine' } as const;
      expect(refusalOf({ history: starts(10_000), rules })?.reason).toMatch(/ 60 min.* in 60 min/);
      expect(refusalOf({ history: starts(3_540_000), rules })?.reason).toMatch(/ in 1 min/);
      expect(refusalOf({ history: starts(3_540_001), rules })?.reason).toMatch(/ in 60\.0 s/);
    });
  });

  it('is refused for its rest before its budget, and for neither if it was fixed meanwhile', () => {
    const both = historyOf({ last: runOf(), starts: [now - 2, now - 1] });
    expect(refusalOf({ history: both })?.code).toBe('FIX_COOLING_DOWN');
    expect(ask({ history: { ...both, lastSuccess: { by: 'another', endedAt: now } } })?.kind).toBe('already_fixed');
  });
});
