import { describe, expect, it } from 'vitest';
import { outcomeStatus } from '../../src/policy/outcome.ts';

describe('outcomeStatus', () => {
  it.each([true, false])('calls a call that succeeded at once succeeded, and at a retry healed', (isHarmless) => {
    expect(outcomeStatus({ ok: true, attempts: 1, isHarmless })).toBe('succeeded');
    expect(outcomeStatus({ ok: true, attempts: 2, isHarmless })).toBe('healed');
    expect(outcomeStatus({ ok: true, attempts: 3, isHarmless })).toBe('healed');
  });

  it('calls a call failed only if every attempt certainly changed nothing', () => {
    for (const attempts of [1, 2, 3]) {
      expect(outcomeStatus({ ok: false, attempts, isHarmless: true })).toBe('failed');
      expect(outcomeStatus({ ok: false, attempts, isHarmless: false })).toBe('unknown');
    }
  });
});
