import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import { isOutage } from '../../src/policy/outage.ts';

const failure = (more: Partial<Diagnosis>) => ({
  situation: 'backend_error' as const,
  phase: 'unknown' as const,
  subclass: null,
  pattern: 'test',
  fixes: ['retry_backoff'] as const,
  ...more,
});

describe('a service is away for a while', () => {
  it.each([
    ['if nothing was sent', { situation: 'not_sent' }],
    ['if the tool reports a failure before any effect', { phase: 'before_effect' }],
    ['if it is still starting', { subclass: 'failover' }],
    ['if another fix is tried first', { situation: 'not_sent', fixes: ['vpn_connect', 'retry_backoff'] }],
  ] as const)('%s', (_, more) => {
    expect(isOutage(failure(more))).toBe(true);
  });

  it.each([
    ['if the tool does not say how far it came', {}],
    ['if the call was cut off', { situation: 'interrupted', phase: 'before_effect' }],
    ['if the service asks for a wait', { situation: 'rate_limited', phase: 'before_effect' }],
    ['if no wait would help', { situation: 'not_sent', fixes: ['token_refresh'] }],
    ['if the proxy itself starts the server', { situation: 'not_sent', pattern: 'network.upstream_died_unsent' }],
  ] as const)('not %s', (_, more) => {
    expect(isOutage(failure(more))).toBe(false);
  });
});
