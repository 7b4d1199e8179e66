import { describe, expect, it } from 'vitest';
import type { OutcomeStatus, ToolKind } from '../../src/model/words.ts';
import { toolKinds } from '../../src/model/words.ts';
import { outcomeStatus } from '../../src/policy/outcome.ts';

const no = { delivered: 'no' } as const;
const maybe = { delivered: 'maybe' } as const;

describe('outcomeStatus', () => {
  it.each(toolKinds)('calls a %s call that went well at once succeeded, and at a retry healed', (kind) => {
    expect(outcomeStatus({ ok: true, attempts: 1, lastDiagnosis: null, kind })).toBe('succeeded');
    expect(outcomeStatus({ ok: true, attempts: 2, lastDiagnosis: no, kind })).toBe('healed');
    expect(outcomeStatus({ ok: true, attempts: 3, lastDiagnosis: maybe, kind })).toBe('healed');
  });

  const table: [kind: ToolKind, delivered: 'no' | 'maybe' | 'nobody knows', status: OutcomeStatus][] = [
    ['read-only', 'no', 'failed'],
    ['read-only', 'maybe', 'failed'],
    ['read-only', 'nobody knows', 'failed'],
    ['idempotent', 'no', 'failed'],
    ['idempotent', 'maybe', 'unknown'],
    ['idempotent', 'nobody knows', 'unknown'],
    ['destructive', 'no', 'failed'],
    ['destructive', 'maybe', 'unknown'],
    ['destructive', 'nobody knows', 'unknown'],
    ['unannotated', 'no', 'failed'],
    ['unannotated', 'maybe', 'unknown'],
    ['unannotated', 'nobody knows', 'unknown'],
  ];

  it.each(table)('calls a %s call that failed, delivered: %s, %s', (kind, delivered, status) => {
    const lastDiagnosis = delivered === 'nobody knows' ? null : { delivered };
    for (const attempts of [1, 2, 3]) expect(outcomeStatus({ ok: false, attempts, lastDiagnosis, kind })).toBe(status);
  });
});
