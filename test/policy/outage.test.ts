import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import { toolKinds } from '../../src/model/terms.ts';
import { countsEachTry, isOutage, isWaitedFor, spreadPauseMs } from '../../src/policy/outage.ts';

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

const hidden = { ...failure({ subclass: 'reset' }), class: 'network', grade: 'report' } as const;

describe('a failure that may hide an outage', () => {
  it('is waited for only if the tool is read-only', () => {
    expect(toolKinds.filter((kind) => isWaitedFor(hidden, kind))).toEqual(['read-only']);
    expect(isOutage(hidden)).toBe(false);
  });

  it.each([
    ['the call itself broke off', { ...hidden, grade: 'proof' }],
    ['it is no failure of the network', { ...hidden, class: 'server' }],
    ['no wait would help', { ...hidden, fixes: [] }],
  ] as const)('is not waited for if %s', (_, evidence) => {
    expect(isWaitedFor(evidence, 'read-only')).toBe(false);
  });
});

describe('a try to reach it', () => {
  const notSent = { ...hidden, situation: 'not_sent' } as const;

  it('counts as an attempt if only the word of a tool that may change things says that nothing was sent', () => {
    const counted = toolKinds.filter((kind) => countsEachTry(notSent, kind));
    expect(counted.sort()).toEqual(['additive', 'destructive', 'idempotent', 'unannotated']);
    expect(toolKinds.filter((kind) => countsEachTry({ ...notSent, grade: 'proof' }, kind))).toEqual([]);
  });

  it('counts as an attempt if the service may have been reached', () => {
    expect(toolKinds.filter((kind) => countsEachTry(hidden, kind))).toEqual(toolKinds);
  });

  /** When the tries are made that count, with a patience of 10 s. */
  const times = (tries: number, random: number): number[] => {
    const made = [spreadPauseMs(10_000, tries, true, random)];
    for (let left = tries - 1; left > 0; left -= 1) {
      const at = made.at(-1) ?? 0;
      made.push(at + spreadPauseMs(10_000 - at, left, false, random));
    }
    return made.map(Math.round);
  };

  it('comes early enough for a short outage and late enough for a long one', () => {
    expect(times(2, 0)).toEqual([1_200, 7_096]);
    expect(times(2, 1)).toEqual([1_500, 7_450]);
    expect(times(4, 0)).toEqual([1_200, 3_954, 6_735, 8_923]);
  });
});
