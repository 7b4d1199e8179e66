import { describe, expect, it } from 'vitest';
import { fixNames } from '../../src/model/terms.ts';
import { isDelayFix } from '../../src/policy/delay-fixes.ts';
import { isLostToRestart } from '../../src/policy/lost-to-restart.ts';

describe('isLostToRestart', () => {
  it.each([
    ['network.upstream_died', 'interrupted', true],
    ['network.upstream_died', 'not_sent', false],
    ['network.upstream_died', 'unavailable', false],
    ['network.upstream_hung', 'interrupted', false],
    ['network.reset', 'interrupted', false],
  ] as const)('of %s, %s is %s', (pattern, situation, expected) => {
    expect(isLostToRestart({ pattern, situation })).toBe(expected);
  });
});

describe('isDelayFix', () => {
  it('holds for the two fixes that only wait', () => {
    expect(fixNames.filter(isDelayFix)).toEqual(['retry_backoff', 'wait_retry']);
  });
});
