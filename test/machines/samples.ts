import type { AttemptResult, FixDecision, FixResult } from '../../machines/index.ts';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import type { Fix, FixStatus } from '../../src/model/fix.ts';
import type { RefusalCode } from '../../src/model/refusal.ts';
import type { FixName } from '../../src/model/terms.ts';

export const diagnosis = (pattern: string, more: Partial<Diagnosis> = {}): Diagnosis => ({
  failure: true,
  class: 'auth',
  subclass: null,
  pattern,
  fixes: ['token_refresh'],
  evidence: pattern,
  summary: pattern,
  situation: 'unauthenticated',
  phase: 'before_effect',
  grade: 'proof',
  remainder: null,
  delivered: 'no',
  deliveredBecause: 'the request was turned away',
  retryAfterMs: null,
  ...more,
});

export const fix = (name: FixName): Fix => ({
  name,
  key: `host:${name}`,
  description: name,
  run: () => Promise.reject(new Error('the machine runs no fix itself')),
});

export const went = (value: unknown): AttemptResult => ({
  settled: { ok: true, value },
  diagnosis: null,
  isHarmless: true,
  timeLeft: true,
});

export const threw = (error: unknown, found: Diagnosis | null, timeLeft = true): AttemptResult => ({
  settled: { ok: false, thrown: true, error },
  diagnosis: found,
  isHarmless: found?.delivered === 'no',
  timeLeft,
});

export const gave = (value: unknown, found: Diagnosis | null, timeLeft = true): AttemptResult => ({
  settled: { ok: false, thrown: false, value },
  diagnosis: found,
  isHarmless: found?.delivered === 'no',
  timeLeft,
});

export const plans = (found: Diagnosis, name: FixName): FixDecision => ({
  diagnosis: found,
  plan: { action: 'fix', fix: fix(name) },
});

export const refuses = (found: Diagnosis, code: RefusalCode): FixDecision => ({
  diagnosis: found,
  plan: { action: 'none', refusal: { code, reason: `because of ${code}` } },
});

const allowed = { allowed: true, code: 'REPEAT_ALLOWED', reason: 'it may be repeated' } as const;
export const unsafe = { allowed: false, code: 'REPEAT_UNSAFE', reason: 'it may have taken effect' } as const;

export const ended = (name: FixName, status: FixStatus, mayRepeat: FixResult['mayRepeat'] = allowed): FixResult => ({
  report: { fix: name, status, reason: `${name} ${status}`, durationMs: 5 },
  mayRepeat,
});

/** A retry that went on with the wait of the fix before it. */
export const waited = (result: AttemptResult, name: FixName, status: FixStatus = 'succeeded'): AttemptResult => ({
  ...result,
  wait: { fix: name, status, reason: `waited for ${name}`, durationMs: 3_200 },
  kind: 'read-only',
});
