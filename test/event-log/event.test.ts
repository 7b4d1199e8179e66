import { describe, expect, it } from 'vitest';
import { eventOf } from '../../src/event-log/index.ts';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import type { FixReport } from '../../src/model/fix.ts';
import type { RunReport } from '../../src/model/run.ts';

const diagnosis: Diagnosis = {
  failure: true,
  class: 'auth',
  subclass: null,
  pattern: 'http.401',
  fixes: ['kube_login'],
  evidence: '401',
  summary: '401 Unauthorized',
  situation: 'unauthenticated',
  phase: 'before_effect',
  grade: 'proof',
  remainder: null,
  delivered: 'no',
  deliveredBecause: 'it was refused',
  retryAfterMs: null,
};

const fix = (name: FixReport['fix'], status: FixReport['status']): FixReport => ({
  fix: name,
  status,
  reason: `it ${status}`,
  durationMs: 12.6,
});

const report = (fields: Partial<RunReport> = {}): RunReport => ({
  runId: 'run-1',
  tool: 'k8s_get_pods',
  kind: 'read-only',
  status: 'healed',
  attempts: 2,
  diagnosis,
  lastDiagnosis: diagnosis,
  fixes: [fix('kube_login', 'succeeded')],
  refusal: null,
  advice: null,
  startedAt: Date.parse('2026-02-04T10:30:00.000Z'),
  durationMs: 1_500.4,
  ...fields,
});

describe('eventOf', () => {
  it('tells a healed run in the documented fields first, then in more', () => {
    expect(Object.entries(eventOf(report()))).toEqual([
      ['timestamp', '2026-02-04T10:30:01.500Z'],
      ['tool', 'k8s_get_pods'],
      ['error', '401 Unauthorized'],
      ['fix_applied', 'kube_login'],
      ['result', 'success'],
      ['retry_count', 1],
      ['run_id', 'run-1'],
      ['class', 'auth'],
      ['pattern', 'http.401'],
      ['outcome', 'healed'],
      ['attempts', 2],
      ['duration_ms', 1500],
      ['fixes', [{ fix: 'kube_login', status: 'succeeded', ms: 13 }]],
      ['pid', process.pid],
      ['kind', 'read-only'],
    ]);
  });

  it('has the signature of the failure behind its pattern, if it is known', () => {
    const names = Object.keys(eventOf(report(), '0123456789abcdef'));
    expect(names.slice(8, 11)).toEqual(['pattern', 'sig', 'outcome']);
    expect(eventOf(report(), '0123456789abcdef').sig).toBe('0123456789abcdef');
    expect('sig' in eventOf(report())).toBe(false);
  });

  it.each([
    ['succeeded', 'success'],
    ['healed', 'success'],
    ['failed', 'failure'],
    ['unknown', 'unknown'],
  ] as const)('gives the outcome %s the result %s', (status, result) => {
    expect(eventOf(report({ status }))).toMatchObject({ outcome: status, result });
  });

  it.each([
    [[], null],
    [[fix('vpn_connect', 'refused')], null],
    [[fix('vpn_connect', 'not_needed')], null],
    [[fix('vpn_connect', 'failed')], 'vpn_connect'],
    [[fix('vpn_connect', 'succeeded'), fix('kube_login', 'succeeded')], 'kube_login'],
    [[fix('vpn_connect', 'succeeded'), fix('kube_login', 'timed_out')], 'vpn_connect'],
    [[fix('vpn_connect', 'timed_out'), fix('kube_login', 'refused')], 'vpn_connect'],
  ])('names as applied the last fix that succeeded, else the last that ran: %#', (fixes, applied) => {
    expect(eventOf(report({ fixes })).fix_applied).toBe(applied);
  });

  it('says why a fix did not succeed, and why healing ended', () => {
    const event = eventOf(
      report({
        status: 'failed',
        attempts: 1,
        fixes: [fix('kube_login', 'failed')],
        refusal: { code: 'FIX_FAILED', reason: 'the login failed' },
      }),
    );
    expect(event).toMatchObject({
      retry_count: 0,
      fixes: [{ fix: 'kube_login', status: 'failed', ms: 13, reason: 'it failed' }],
      refusal: 'FIX_FAILED',
      refusal_reason: 'the login failed',
    });
  });

  it('has null for what a healthy run does not have', () => {
    expect(eventOf(report({ status: 'succeeded', attempts: 1, diagnosis: null, fixes: [] }))).toMatchObject({
      error: null,
      fix_applied: null,
      retry_count: 0,
      class: null,
      pattern: null,
    });
  });

  it('does not throw at a time that no calendar holds', () => {
    expect(eventOf(report({ startedAt: Number.NaN })).timestamp).toBe('1970-01-01T00:00:00.000Z');
  });
});
