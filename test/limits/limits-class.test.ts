import { describe, expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { type LimitedRun, Limits } from '../../src/limits/limits.ts';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import type { Refusal, RunReport } from '../../src/model/run.ts';
import { diagnosisOf } from '../support/healer.ts';

const limitsOf = (config: object): Limits => new Limits(configSchema.parse(config));
const breakerOf = (limits: Limits, at: number) => limits.snapshot(at).breakers[0];

const down = diagnosisOf({ class: 'network', fixes: ['retry_backoff'], situation: 'rate_limited' });
const replaced = diagnosisOf({ class: 'network', pattern: 'network.upstream_died', situation: 'interrupted' });
const exhausted: Refusal = { code: 'ATTEMPTS_EXHAUSTED', reason: 'all 3 attempts were made' };

const runOf = (tool = 'tool', more: Partial<LimitedRun> = {}): LimitedRun => ({
  tool,
  upstream: 'default',
  isTrial: false,
  remainingMs: 0,
  retryAt: -1,
  ...more,
});

const reportOf = (lastDiagnosis: Diagnosis, refusal: Refusal | null, status: RunReport['status']): RunReport => ({
  runId: 'run',
  tool: 'tool',
  kind: 'read-only',
  status,
  attempts: 2,
  diagnosis: lastDiagnosis,
  lastDiagnosis,
  fixes: [],
  refusal,
  advice: null,
  startedAt: 0,
  durationMs: 0,
});
const failedWith = (diagnosis: Diagnosis, refusal = exhausted): RunReport => reportOf(diagnosis, refusal, 'failed');
const healed = reportOf(down, null, 'healed');

describe('the breaker of an upstream counts', () => {
  const breaker = { failures: 2, openMs: 1_000 };

  it('runs that end with a network or server failure', () => {
    const limits = limitsOf({ breaker });
    limits.recordRun(runOf(), failedWith(down), 0);
    expect(breakerOf(limits, 0)?.state).toBe('Closed');
    limits.recordRun(runOf(), failedWith(diagnosisOf({ class: 'server' })), 10);
    expect(breakerOf(limits, 10)?.state).toBe('Open');
    expect(limits.refuseHealing(runOf(), down, 11)).toEqual({
      code: 'BREAKER_OPEN',
      reason: expect.stringContaining('2 consecutive failures'),
    });
  });

  it.each(['CANCELLED', 'BREAKER_OPEN'] as const)('no run that was refused as %s', (code) => {
    const limits = limitsOf({ breaker });
    for (const at of [0, 1, 2]) limits.recordRun(runOf(), failedWith(down, { code, reason: '' }), at);
    expect(breakerOf(limits, 3)?.state).toBe('Closed');
    limits.recordRun(runOf(), failedWith(down), 4);
    expect(breakerOf(limits, 4)?.state).toBe('Closed');
  });

  it.each([
    ['of another class', diagnosisOf()],
    ['of a server that is being restarted', replaced],
  ])('no failure %s', (_, diagnosis) => {
    const limits = limitsOf({ breaker });
    for (const at of [0, 1, 2]) limits.recordRun(runOf(), failedWith(diagnosis), at);
    expect(breakerOf(limits, 3)?.state).toBe('Closed');
  });

  it('consecutive failures only: a healed run in between resets it', () => {
    const limits = limitsOf({ breaker });
    limits.recordRun(runOf(), failedWith(down), 0);
    limits.recordRun(runOf(), healed, 1);
    limits.recordRun(runOf(), failedWith(down), 2);
    expect(breakerOf(limits, 2)?.state).toBe('Closed');
  });

  it('each upstream by itself', () => {
    const limits = limitsOf({ breaker });
    for (const at of [0, 1]) limits.recordRun(runOf(), failedWith(down), at);
    expect(limits.refuseHealing({ ...runOf(), upstream: 'other' }, down, 2)).toBeNull();
  });
});

describe('an open breaker', () => {
  const opened = (): Limits => {
    const limits = limitsOf({ breaker: { failures: 1, openMs: 1_000 } });
    limits.recordRun(runOf(), failedWith(down), 100);
    return limits;
  };

  it('reports how long it stays open, and null in its other states', () => {
    const limits = opened();
    expect([100, 600, 1_100, 5_000].map((at) => breakerOf(limits, at)?.forMs)).toEqual([1_000, 500, 0, 0]);
    limits.refuseHealing(runOf(), down, 1_100);
    expect(breakerOf(limits, 1_100)).toMatchObject({ state: 'HalfOpen', forMs: null });
    limits.recordCall('tool', 'default', false, 1_101);
    expect(breakerOf(limits, 1_101)).toMatchObject({ state: 'Closed', forMs: null });
  });

  it('still heals failures that say nothing of the upstream', () => {
    expect(opened().refuseHealing(runOf(), diagnosisOf(), 101)).toBeNull();
  });

  it('lets its trial run heal a second failure too, and nobody else', () => {
    const limits = opened();
    const trial = runOf();
    expect(limits.refuseHealing(trial, down, 1_100)).toBeNull();
    expect(trial.isTrial).toBe(true);
    const other = runOf();
    expect(limits.refuseHealing(other, down, 1_200)?.code).toBe('BREAKER_OPEN');
    expect(other.isTrial).toBe(false);
    expect(limits.refuseHealing(trial, down, 1_300)).toBeNull();
  });

  it('gives the trial to the next run if the first was abandoned', () => {
    const limits = opened();
    const first = runOf();
    limits.refuseHealing(first, down, 1_100);
    limits.recordRun(first, failedWith(down, { code: 'CANCELLED', reason: '' }), 1_200);
    expect(breakerOf(limits, 1_200)?.state).toBe('Open');
    expect(limits.refuseHealing(runOf(), down, 1_201)).toBeNull();
  });

  it('keeps waiting for its trial run while another run ends as refused', () => {
    const limits = opened();
    limits.refuseHealing(runOf(), down, 1_100);
    limits.recordRun(runOf(), failedWith(down, { code: 'BREAKER_OPEN', reason: '' }), 1_200);
    expect(breakerOf(limits, 1_200)?.state).toBe('HalfOpen');
  });

  it('opens for the whole time again if its trial run fails', () => {
    const limits = opened();
    const trial = runOf();
    limits.refuseHealing(trial, down, 1_100);
    limits.recordRun(trial, failedWith(down), 1_500);
    expect(breakerOf(limits, 1_500)).toMatchObject({ state: 'Open', forMs: 1_000 });
  });
});

describe('successful calls', () => {
  it('need to be recorded only while a breaker has counted a failure', () => {
    const limits = limitsOf({ breaker: { failures: 2 } });
    expect(limits.needsSuccesses).toBe(false);
    limits.recordRun(runOf(), failedWith(down), 0);
    expect(limits.needsSuccesses).toBe(true);
    limits.recordRun(runOf(), healed, 1);
    expect(limits.needsSuccesses).toBe(false);
  });

  it('need to be recorded always if the blast radius is limited', () => {
    const limits = limitsOf({ blastRadius: { maxShare: 0.5 } });
    expect(limits.needsSuccesses).toBe(true);
    limits.recordRun(runOf(), healed, 0);
    expect(limits.needsSuccesses).toBe(true);
  });
});

describe('the blast radius', () => {
  const inUse = (failing: readonly string[], config: object = {}): Limits => {
    const limits = limitsOf({ blastRadius: { maxShare: 0.5, minTools: 4, windowMs: 1_000, ...config } });
    for (const tool of ['a', 'b', 'c', 'd']) limits.recordCall(tool, 'default', failing.includes(tool), 0);
    return limits;
  };
  const refusal = (limits: Limits, at = 1) => limits.refuseFix(runOf('a'), down, 'token_refresh', at);

  it('allows a fix at exactly the share, and refuses it above', () => {
    expect(refusal(inUse(['a', 'b']))).toBeNull();
    expect(refusal(inUse(['a', 'b', 'c']))).toEqual({
      code: 'BLAST_RADIUS',
      reason: expect.stringContaining('3 of 4 active tools'),
    });
  });

  it('says nothing with one tool fewer than the minimum', () => {
    expect(refusal(inUse(['a', 'b', 'c', 'd'], { minTools: 5 }))).toBeNull();
    expect(refusal(inUse(['a', 'b', 'c', 'd'], { minTools: 4 }))?.code).toBe('BLAST_RADIUS');
  });

  it('counts a failure for exactly as long as the window', () => {
    expect(refusal(inUse(['a', 'b', 'c']), 1_000)?.code).toBe('BLAST_RADIUS');
    expect(refusal(inUse(['a', 'b', 'c']), 1_001)).toBeNull();
  });

  it('no longer counts a tool whose run was healed', () => {
    const limits = inUse(['a', 'b', 'c']);
    limits.recordRun(runOf('a'), healed, 1);
    expect(refusal(limits, 2)).toBeNull();
  });

  it('still counts a tool whose run was not healed', () => {
    const limits = inUse(['a', 'b', 'c']);
    limits.recordRun(runOf('a'), failedWith(down), 1);
    expect(refusal(limits, 2)?.code).toBe('BLAST_RADIUS');
  });

  it('never refuses a fix that only waits', () => {
    expect(inUse(['a', 'b', 'c']).refuseFix(runOf('a'), down, 'retry_backoff', 1)).toBeNull();
  });
});

describe('the retry budget of an upstream', () => {
  it('is spent by fixes that only wait, except for a server that is being restarted', () => {
    const limits = limitsOf({ retryBudget: { retries: 1, windowMs: 1_000 } });
    expect(limits.refuseFix(runOf(), replaced, 'retry_backoff', 0)).toBeNull();
    expect(limits.refuseFix(runOf(), down, 'token_refresh', 0)).toBeNull();
    expect(limits.refuseFix(runOf(), down, 'wait_retry', 0)).toBeNull();
    expect(limits.refuseFix(runOf(), down, 'retry_backoff', 0)?.code).toBe('RETRY_BUDGET_SPENT');
    expect(limits.refuseFix(runOf(), replaced, 'retry_backoff', 0)).toBeNull();
    expect(limits.snapshot(500).budgets).toEqual([{ key: 'retries of default', used: 1, of: 1, windowMs: 1_000 }]);
  });

  it('makes a retry wait for its turn, if that comes before the deadline', () => {
    const limits = limitsOf({ retryBudget: { retries: 2, windowMs: 1_000 } });
    const runs = [1, 2, 3, 4].map(() => runOf('tool', { remainingMs: 500 }));
    const refusals = runs.map((run) => limits.refuseFix(run, down, 'retry_backoff', 100));
    expect(refusals).toEqual([
      null,
      null,
      null,
      {
        code: 'RETRY_BUDGET_SPENT',
        reason: 'no retry of upstream default is left before the deadline: 2 per 1.0 s (retryBudget)',
      },
    ]);
    expect(runs.map(({ retryAt }) => retryAt)).toEqual([100, 100, 600, -1]);
    expect(limits.snapshot(100).budgets[0]).toMatchObject({ used: 2, of: 2 });
    expect(limits.refuseFix(runOf('tool', { remainingMs: 500 }), down, 'retry_backoff', 600)).toBeNull();
  });

  it('never opens the breaker', () => {
    const limits = limitsOf({ breaker: { failures: 1 } });
    limits.recordRun(runOf(), failedWith(down, { code: 'RETRY_BUDGET_SPENT', reason: '' }), 0);
    expect(breakerOf(limits, 0)?.state).toBe('Closed');
  });

  it('does not make a retry wait for a server that is being restarted', () => {
    const run = runOf();
    limitsOf({}).refuseFix(run, replaced, 'retry_backoff', 5);
    expect(run.retryAt).toBe(-1);
  });
});

describe('a run that has waited in vain', () => {
  const waited: Refusal = { code: 'PATIENCE_EXHAUSTED', reason: '' };

  it('opens the breaker by itself', () => {
    const limits = limitsOf({ outagePatienceMs: 3_000, breaker: { failures: 5, openMs: 1_000 } });
    limits.recordRun(runOf(), failedWith(down, waited), 100);
    expect(breakerOf(limits, 100)).toMatchObject({ state: 'Open', forMs: 1_000 });
    expect(limits.needsSuccesses).toBe(true);
    expect(limits.refuseHealing(runOf(), down, 101)).toEqual({
      code: 'BREAKER_OPEN',
      reason: 'circuit open: upstream default could not be reached for 3.0 s',
    });
  });

  it('opens it again for the whole time if it was the trial run', () => {
    const limits = limitsOf({ breaker: { openMs: 1_000 } });
    limits.recordRun(runOf(), failedWith(down, waited), 0);
    const trial = runOf();
    limits.refuseHealing(trial, down, 1_000);
    limits.recordRun(trial, failedWith(down, waited), 1_500);
    expect(breakerOf(limits, 1_500)).toMatchObject({ state: 'Open', forMs: 1_000 });
  });

  it('is not the reason any more once the breaker has closed and opened for another', () => {
    const limits = limitsOf({ breaker: { failures: 1 } });
    limits.recordRun(runOf(), failedWith(down, waited), 0);
    limits.recordRun(runOf(), healed, 1);
    limits.recordRun(runOf(), failedWith(down), 2);
    expect(limits.refuseHealing(runOf(), down, 3)?.reason).toBe(
      'circuit open: 1 consecutive failures of upstream default',
    );
  });

  it('stays the reason while the breaker is open', () => {
    const limits = limitsOf({ breaker: { failures: 1, openMs: 1_000 } });
    limits.recordRun(runOf(), failedWith(down, waited), 0);
    limits.recordRun(runOf(), failedWith(down), 1);
    expect(limits.refuseHealing(runOf(), down, 2)?.reason).toContain('could not be reached for 10.0 s');
  });
});

describe('the patience of a run', () => {
  it('is outagePatienceMs; a trial run tries once, and with 0 no run waits', () => {
    const limits = limitsOf({ outagePatienceMs: 3_000 });
    expect(limits.patienceMs(runOf())).toBe(3_000);
    expect(limits.patienceMs(runOf('tool', { isTrial: true }))).toBe(0);
    expect(limitsOf({ outagePatienceMs: 0 }).patienceMs(runOf())).toBeNull();
    expect(limitsOf({ outagePatienceMs: 0 }).patienceMs(runOf('tool', { isTrial: true }))).toBeNull();
  });
});
