import { describe, expect, it } from 'vitest';
import type { Delivery, OutcomeStatus, ToolKind } from '../../src/model/terms.ts';
import { toolKinds } from '../../src/model/terms.ts';
import { outcomeStatus } from '../../src/policy/outcome.ts';

describe('outcomeStatus', () => {
  it.each(toolKinds)('calls a %s call that succeeded at once succeeded, and at a retry healed', (kind) => {
    expect(outcomeStatus({ ok: true, attempts: 1, delivered: 'no', kind })).toBe('succeeded');
    expect(outcomeStatus({ ok: true, attempts: 2, delivered: 'no', kind })).toBe('healed');
    expect(outcomeStatus({ ok: true, attempts: 3, delivered: 'maybe', kind })).toBe('healed');
  });

  const table: [kind: ToolKind, delivered: Delivery, status: OutcomeStatus][] = [
    ['read-only', 'no', 'failed'],
    ['read-only', 'maybe', 'failed'],
    ['idempotent', 'no', 'failed'],
    ['idempotent', 'maybe', 'unknown'],
    ['destructive', 'no', 'failed'],
    ['destructive', 'maybe', 'unknown'],
    ['unannotated', 'no', 'failed'],
    ['unannotated', 'maybe', 'unknown'],
  ];

  it.each(table)('calls a %s call that failed, delivered: %s, %s', (kind, delivered, status) => {
    for (const attempts of [1, 2, 3]) expect(outcomeStatus({ ok: false, attempts, delivered, kind })).toBe(status);
  });
});
