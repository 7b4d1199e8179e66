import { describe, expect, it } from 'vitest';
import { hasFacts } from '../../../src/mcp/healing/result-meta.ts';
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
  startedAt: 0,
  durationMs: 1,
  ...more,
});

describe('isTelling', () => {
  it('holds where a fix is known and the call may have taken effect', () => {
    expect(hasFacts(report({}))).toBe(true);
  });

  it('holds for a call that was repeated', () => {
    expect(hasFacts(report({ status: 'failed', attempts: 2 }))).toBe(true);
  });

  it('does not hold where no fix is known: the answer leaves as the server gave it', () => {
    expect(
      hasFacts(report({ refusal: { code: 'NO_FIX_KNOWN', reason: 'no fix is known for this failure (usage)' } })),
    ).toBe(false);
  });
});
