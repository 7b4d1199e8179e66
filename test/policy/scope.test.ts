import { describe, expect, it } from 'vitest';
import { scopeOf } from '../../src/policy/scope.ts';

describe('a failure concerns', () => {
  it('what all tools are reached through, if healflow itself saw it', () => {
    expect(scopeOf({ tool: 'a', upstream: 'default' }, 'proof')).toEqual({ key: 'default', text: 'upstream default' });
  });

  it('the tool alone, if it reports it of its own service', () => {
    expect(scopeOf({ tool: 'a', upstream: 'default' }, 'report').text).toBe('the service of a');
    expect(scopeOf({ tool: 'a', upstream: 'default' }, 'report').key).not.toBe(
      scopeOf({ tool: 'b', upstream: 'default' }, 'report').key,
    );
  });

  it('all tools of an upstream that the config names, either way', () => {
    for (const grade of ['proof', 'report'] as const)
      expect(scopeOf({ tool: 'a', upstream: 'wiki' }, grade)).toEqual({ key: 'wiki', text: 'upstream wiki' });
  });
});
