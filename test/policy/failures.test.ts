import { describe, expect, it } from 'vitest';
import { fixNames } from '../../src/model/words.ts';
import { isReplaced } from '../../src/policy/replaced.ts';
import { isWait } from '../../src/policy/waits.ts';

describe('isReplaced', () => {
  it.each([
    ['network.upstream_died', 'interrupted', true],
    ['network.upstream_died', 'not_sent', false],
    ['network.upstream_died', 'unavailable', false],
    ['network.upstream_hung', 'interrupted', false],
    ['network.reset', 'interrupted', false],
  ] as const)('of %s, %s is %s', (pattern, situation, expected) => {
    expect(isReplaced({ pattern, situation })).toBe(expected);
  });
});

describe('isWait', () => {
  it('holds for the two fixes that only wait', () => {
    expect(fixNames.filter(isWait)).toEqual(['retry_backoff', 'wait_retry']);
  });
});
