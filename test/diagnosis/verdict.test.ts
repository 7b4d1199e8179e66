import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/diagnosis/classify.ts';
import { type Pattern, patternSchema } from '../../src/diagnosis/pattern.ts';
import { healthy, toVerdict, unrecognised } from '../../src/diagnosis/verdict.ts';
import type { Remainder } from '../../src/model/diagnosis.ts';
import { situations } from '../../src/model/terms.ts';

interface Look {
  readonly exact?: boolean;
  readonly structural?: boolean;
  readonly waits?: boolean;
  readonly kube?: boolean;
  readonly doubt?: boolean;
  readonly proof?: boolean;
  readonly remainder?: Remainder | null;
}

const verdictOf = (pattern: Partial<Pattern>, look: Look = {}) => {
  const { exact = true, structural = true, waits = false, kube = false, doubt = false } = look;
  const { proof = false, remainder = null } = look;
  const entry = {
    pattern: patternSchema.parse({ id: 'id', class: 'server', codes: ['X'], ...pattern }),
    find: null,
    forTool: () => true,
  };
  const finding: Finding = { entry, rule: 'http.503', matched: '503', source: 'status', structural };
  return toVerdict(finding, { exact, waits, kube, doubt, proof, remainder });
};
const situationOf = (...args: Parameters<typeof verdictOf>) => verdictOf(...args).situation;

describe('the situation of a failure of the call itself', () => {
  it.each([
    ['auth', ['token_refresh'], 'unknown', 'unauthenticated'],
    ['auth', [], 'unknown', 'rejected'],
    ['network', ['retry_backoff'], 'before_effect', 'not_sent'],
    ['network', ['retry_backoff'], 'unknown', 'interrupted'],
    ['network', [], 'before_effect', 'rejected'],
    ['rate', ['wait_retry'], 'unknown', 'rate_limited'],
    ['rate', [], 'unknown', 'rejected'],
    ['server', [], 'unknown', 'internal_error'],
    ['resource', ['cache_clear'], 'unknown', 'rejected'],
    ['usage', [], 'unknown', 'rejected'],
  ] as const)('of class %s with fixes %j and phase %s is %s', (kind, fix, phase, situation) => {
    expect(situationOf({ class: kind, fix: [...fix], phase })).toBe(situation);
  });

  it('is the one that the pattern names', () => {
    expect(situationOf({ class: 'server', situation: 'conflict' })).toBe('conflict');
  });

  it('of a 503 that says when to come back is that the service was not available', () => {
    const cut = { situation: 'interrupted', statuses: [502, 503] } as const;
    const pattern = { ...cut, statuses: [...cut.statuses] };
    expect(situationOf(pattern, { waits: true })).toBe('unavailable');
    expect(situationOf(pattern, { waits: false })).toBe('interrupted');
    expect(situationOf({ ...pattern, statuses: [502] }, { waits: true })).toBe('interrupted');
    expect(situationOf({ ...pattern, situation: 'conflict' }, { waits: true })).toBe('conflict');
  });
});

describe.each([
  ['inside a result', { exact: false }],
  ['by its wording alone', { structural: false }],
])('the situation of a failure that is known %s', (_, look) => {
  it.each([
    ['rate', ['wait_retry'], undefined, 'rate_limited'],
    ['rate', [], undefined, 'rejected'],
    ['resource', ['cache_clear'], undefined, 'rejected'],
    ['resource', ['token_refresh'], 'unauthenticated', 'backend_error'],
    ['auth', ['token_refresh'], 'unauthenticated', 'backend_error'],
    ['auth', [], 'unauthenticated', 'rejected'],
    ['usage', ['cache_clear'], undefined, 'rejected'],
    ['server', ['retry_backoff'], 'internal_error', 'backend_error'],
    ['server', [], 'internal_error', 'rejected'],
  ] as const)('of class %s with fixes %j and situation %s is %s', (kind, fix, situation, expected) => {
    expect(situationOf({ class: kind, fix: [...fix], situation }, look)).toBe(expected);
  });
});

describe('whether a call may have taken effect', () => {
  const delivered = (...args: Parameters<typeof verdictOf>) => verdictOf(...args).delivered;

  it('is what the pattern says', () => {
    expect(delivered({ situation: 'not_sent', delivered: 'maybe' })).toBe('maybe');
    expect(delivered({ situation: 'internal_error', delivered: 'no' })).toBe('no');
  });

  it('follows from the situation, or from the phase', () => {
    const certain = situations.filter((situation) => delivered({ situation }) === 'no');
    expect(certain).toEqual(['not_sent', 'unauthenticated', 'rate_limited']);
    expect(delivered({ situation: 'internal_error', phase: 'before_effect' })).toBe('no');
  });

  it('has a reason of its own for each situation', () => {
    const reasons = situations.flatMap((situation) =>
      (['no', 'maybe'] as const).map((is) => verdictOf({ situation, delivered: is }).deliveredBecause),
    );
    expect(new Set(reasons).size).toBe(2 * situations.length);
    for (const reason of reasons) expect(reason).toMatch(/^(the|no) /);
  });

  it('is uncertain if the output speaks against it', () => {
    expect(verdictOf({ situation: 'not_sent', phase: 'before_effect' }, { doubt: true })).toMatchObject({
      situation: 'interrupted',
      phase: 'unknown',
      delivered: 'maybe',
    });
    expect(verdictOf({ situation: 'rate_limited' }, { doubt: true }).situation).toBe('interrupted');
    expect(verdictOf({ situation: 'unauthenticated' }, { doubt: true })).toMatchObject({
      situation: 'unauthenticated',
      delivered: 'maybe',
    });
    expect(verdictOf({ situation: 'not_sent', delivered: 'maybe' }, { doubt: true }).situation).toBe('not_sent');
    expect(verdictOf({ situation: 'interrupted', phase: 'unknown' }, { doubt: true }).situation).toBe('interrupted');
    expect(verdictOf({ situation: 'not_sent', phase: 'before_effect' }, { doubt: false })).toMatchObject({
      situation: 'not_sent',
      phase: 'before_effect',
      delivered: 'no',
    });
  });
});

describe('the grade of the evidence', () => {
  const refused = { class: 'network', situation: 'not_sent', phase: 'before_effect', fix: ['vpn_connect'] } as const;
  const pattern: Partial<Pattern> = { ...refused, fix: [...refused.fix] };
  const remainder = { text: 'created order 12', place: 'before' } as const;

  it('is proof if healflow itself saw the failure, whatever the words are', () => {
    expect(verdictOf(pattern, { proof: true, remainder })).toMatchObject({
      grade: 'proof',
      remainder: null,
      delivered: 'no',
    });
  });

  it('is a report otherwise, which says that nothing happened only if it is the whole story', () => {
    expect(verdictOf(pattern)).toMatchObject({ grade: 'report', remainder: null, delivered: 'no' });
    expect(verdictOf(pattern, { remainder })).toMatchObject({
      grade: 'report',
      remainder,
      delivered: 'maybe',
      deliveredBecause: 'the failure is not the whole story: `created order 12` comes before it',
    });
  });
});

describe('a verdict', () => {
  it('names the rule and what the pattern says', () => {
    expect(verdictOf({ class: 'auth', subclass: 'expired', fix: ['token_refresh'] })).toMatchObject({
      class: 'auth',
      subclass: 'expired',
      pattern: 'http.503',
      fixes: ['token_refresh'],
    });
  });

  it('proposes a login before a new token for tools of Kubernetes', () => {
    const fixes = (fix: Pattern['fix'], kube: boolean) => verdictOf({ class: 'auth', fix }, { kube }).fixes;
    expect(fixes(['token_refresh'], true)).toEqual(['kube_login', 'token_refresh']);
    expect(fixes(['token_refresh'], false)).toEqual(['token_refresh']);
    expect(fixes(['kube_login'], true)).toEqual(['kube_login']);
    expect(fixes(['token_refresh', 'vpn_connect'], true)).toEqual(['token_refresh', 'vpn_connect']);
    expect(fixes([], true)).toEqual([]);
  });

  it('on what no pattern knows tries nothing and takes nothing for certain', () => {
    expect(unrecognised).toEqual({
      class: 'unrecognised',
      subclass: null,
      pattern: 'unrecognised',
      fixes: [],
      situation: 'backend_error',
      phase: 'unknown',
      grade: 'report',
      remainder: null,
      delivered: 'maybe',
      deliveredBecause: expect.stringMatching(/pattern/),
    });
  });

  it('on a healthy call is no failure', () => {
    expect(healthy).toEqual({
      failure: false,
      class: 'none',
      subclass: null,
      pattern: 'healthy',
      fixes: [],
      evidence: '',
      summary: '',
      situation: 'rejected',
      phase: 'unknown',
      grade: 'report',
      remainder: null,
      delivered: 'maybe',
      deliveredBecause: expect.stringMatching(/succeeded/),
      retryAfterMs: null,
    });
    expect(Object.isFrozen(healthy)).toBe(true);
  });
});
