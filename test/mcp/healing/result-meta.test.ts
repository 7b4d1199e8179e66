import { describe, expect, it } from 'vitest';
import { hasFacts, healingMeta } from '../../../src/mcp/healing/result-meta.ts';
import type { RunReport } from '../../../src/model/run.ts';

const report = (more: Partial<RunReport>): RunReport => ({
  runId: 'r',
  tool: 'write_file',
  kind: 'unannotated',
  status: 'unknown',
  attempts: 1,
  diagnosis: null,
  lastDiagnosis: null,
  fixes: [],
  refusal: { code: 'REPEAT_UNSAFE', reason: 'the call may have taken effect' },
  advice: null,
  startedAt: 0,
  durationMs: 1,
  ...more,
});

describe('hasFacts', () => {
  it('is true if a fix is known and the call may have taken effect', () => {
    expect(hasFacts(report({}))).toBe(true);
  });

  it('is true for a call that was repeated', () => {
    expect(hasFacts(report({ status: 'failed', attempts: 2 }))).toBe(true);
  });

  it('is false if no fix is known: the response passes unchanged', () => {
    expect(
      hasFacts(report({ refusal: { code: 'NO_FIX_KNOWN', reason: 'no fix is known for this failure (usage)' } })),
    ).toBe(false);
  });
});

describe('hasFacts of a call that would be rejected again', () => {
  it('is false, unless something was done', () => {
    const refusal = { code: 'REPEAT_USELESS', reason: 'the same call would be rejected again' } as const;
    expect(hasFacts(report({ refusal }))).toBe(false);
    expect(hasFacts(report({ refusal, attempts: 2 }))).toBe(true);
  });
});

describe('healingMeta', () => {
  it('says what to do about a call that may have taken effect, and only then', () => {
    expect(healingMeta(report({ advice: 'check first' }))).toMatchObject({ outcome: 'unknown', advice: 'check first' });
    expect(healingMeta(report({ status: 'failed', advice: null }))).not.toHaveProperty('advice');
  });

  it('says that an approval is pending, and only then', () => {
    const refusal = { code: 'APPROVAL_PENDING', reason: 'vpn_connect needs an approval' } as const;
    expect(healingMeta(report({ status: 'failed', refusal }))).toMatchObject({ approval: 'pending' });
    expect(healingMeta(report({}))).not.toHaveProperty('approval');
  });
});
