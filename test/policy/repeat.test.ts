import { describe, expect, it } from 'vitest';
import type { Delivery, EvidenceGrade, FixName, Situation, ToolKind } from '../../src/model/terms.ts';
import { situations, toolKinds } from '../../src/model/terms.ts';
import {
  decideRepeat,
  evidenceText,
  isProvenHarmless,
  proofTable,
  type Replay,
  type Reports,
} from '../../src/policy/repeat.ts';

// The documented table, written out again by hand: Y repeat · F after a fix · O on request · N never.
const documented: Record<Situation, string> = {
  not_sent: 'FFFFF',
  unauthenticated: 'FFFFF',
  rate_limited: 'YYYYY',
  interrupted: 'YYONO',
  unavailable: 'YYOOO',
  internal_error: 'YYNNN',
  conflict: 'OONNN',
  rejected: 'NNNNN',
  backend_error: 'FFOOO',
};
const letters = { repeat: 'Y', after_fix: 'F', on_request: 'O', never: 'N' } as const;

const ask = (
  situation: Situation,
  kind: ToolKind,
  more: { replay?: Replay; fixed?: FixName | null; resource?: boolean; usage?: boolean } = {},
) =>
  decideRepeat({
    diagnosis: {
      situation,
      class: more.resource ? 'resource' : more.usage ? 'usage' : 'network',
      grade: 'proof',
      delivered: 'maybe',
      remainder: null,
    },
    reports: null,
    kind,
    replay: more.replay ?? 'safe',
    fixed: more.fixed === undefined ? 'retry_backoff' : more.fixed,
  });

describe('decideRepeat on proof', () => {
  it.each(situations.map((situation) => [situation]))('holds the documented row of %s', (situation) => {
    expect(toolKinds.map((kind) => letters[proofTable[situation][kind]]).join('')).toBe(documented[situation]);
  });

  it('repeats after a fix exactly where the table says Y or F', () => {
    for (const situation of situations) {
      for (const kind of toolKinds) {
        const letter = letters[proofTable[situation][kind]];
        expect(ask(situation, kind).allowed, `${situation} ${kind}`).toBe(letter === 'Y' || letter === 'F');
        expect(ask(situation, kind, { fixed: null }).allowed, `${situation} ${kind} unfixed`).toBe(letter === 'Y');
      }
    }
  });

  it('repeats on request of the user where the table says O, and never where it says N', () => {
    for (const situation of situations) {
      for (const kind of toolKinds) {
        const letter = letters[proofTable[situation][kind]];
        expect(ask(situation, kind, { replay: 'always' }).allowed, `${situation} ${kind}`).toBe(letter !== 'N');
      }
    }
  });

  it('repeats nothing where the config says never', () => {
    for (const situation of situations)
      for (const kind of toolKinds) expect(ask(situation, kind, { replay: 'never' }).allowed).toBe(false);
  });

  it('repeats a missing resource after cache_clear for harmless tools only', () => {
    const repeated = (kind: ToolKind, fixed: FixName) => ask('rejected', kind, { resource: true, fixed }).allowed;
    expect(toolKinds.map((kind) => repeated(kind, 'cache_clear'))).toEqual([true, true, false, false, false]);
    expect(toolKinds.map((kind) => repeated(kind, 'retry_backoff'))).toEqual([false, false, false, false, false]);
  });

  it('may repeat a missing resource only once the cache is cleared', () => {
    const missing = (kind: ToolKind, fixed: FixName | null) => ask('rejected', kind, { resource: true, fixed });
    expect(missing('read-only', 'cache_clear')).toMatchObject({ code: 'REPEAT_ALLOWED', rule: 'after_fix' });
    expect(missing('read-only', 'cache_clear').reason).toMatch(/stale.*cache_clear/);
    expect(missing('read-only', null)).toMatchObject({ code: 'REPEAT_USELESS', rule: 'never' });
    expect(ask('not_sent', 'read-only', { resource: true, fixed: 'cache_clear' }).reason).not.toMatch(/stale/);
    expect(ask('rejected', 'read-only', { fixed: 'cache_clear' }).allowed).toBe(false);
  });

  it('repeats what was rejected after the fix of a lesson for harmless tools only, and never a wrong call', () => {
    const repeated = (kind: ToolKind, evidence: object) =>
      ask('rejected', kind, { fixed: 'lesson:tunnel', ...evidence }).allowed;
    expect(toolKinds.map((kind) => repeated(kind, { resource: true }))).toEqual([true, true, false, false, false]);
    expect(toolKinds.map((kind) => repeated(kind, { usage: true }))).toEqual([false, false, false, false, false]);
  });

  it.each([
    ['rate_limited', 'destructive', 'safe', null, 'REPEAT_ALLOWED'],
    ['not_sent', 'destructive', 'safe', null, 'REPEAT_NEEDS_FIX'],
    ['not_sent', 'destructive', 'safe', 'token_refresh', 'REPEAT_ALLOWED'],
    ['unavailable', 'destructive', 'safe', 'token_refresh', 'REPEAT_UNSAFE'],
    ['unavailable', 'destructive', 'always', null, 'REPEAT_ALLOWED'],
    ['unavailable', 'destructive', 'never', 'token_refresh', 'REPEAT_SWITCHED_OFF'],
    ['internal_error', 'destructive', 'safe', 'token_refresh', 'REPEAT_UNSAFE'],
    ['rejected', 'destructive', 'safe', 'token_refresh', 'REPEAT_USELESS'],
  ] as const)('of %s, a %s tool, replay %s and fix %s gives the code %s', (situation, kind, replay, fixed, code) => {
    expect(ask(situation, kind, { replay, fixed })).toMatchObject({ code, rule: proofTable[situation][kind] });
  });

  it('gives every situation a reason of its own, in words', () => {
    const ways = [{}, { fixed: null }] as const;
    for (const way of ways) {
      for (const kind of toolKinds) {
        const reasons = situations.map((situation) => ask(situation, kind, way).reason);
        for (const reason of reasons) expect(reason).toMatch(/^[a-z]/);
        expect(new Set(reasons).size).toBe(situations.length);
      }
    }
  });

  it('says what the config or the fix has to do with it', () => {
    expect(ask('not_sent', 'read-only', { replay: 'never' }).reason).toContain('`replay: never`');
    expect(ask('interrupted', 'unannotated', { replay: 'always' }).reason).toContain('`replay: always`');
    expect(ask('not_sent', 'read-only', { fixed: 'vpn_connect' }).reason).toMatch(/ after vpn_connect$/);
    expect(ask('rate_limited', 'destructive').reason).toContain('destructive');
    expect(ask('interrupted', 'unannotated').reason).toContain('may change things');
    expect(ask('interrupted', 'destructive').reason).toMatch(/; a destructive tool is never retried$/);
    expect(ask('interrupted', 'destructive').reason).toContain('destructive');
  });
});

const report = (
  kind: ToolKind,
  more: {
    whole?: boolean;
    delivered?: Delivery;
    situation?: Situation;
    reports?: Reports | null;
    replay?: Replay;
    fixed?: FixName | null;
  } = {},
) => {
  const { whole = true, situation = 'backend_error', reports = null, replay = 'safe', fixed = 'token_refresh' } = more;
  const remainder = whole ? null : { text: 'created order 12', place: 'before' as const };
  const delivered = more.delivered ?? (whole ? 'no' : 'maybe');
  const diagnosis = { situation, class: 'auth', grade: 'report', delivered, remainder } as const;
  return decideRepeat({ diagnosis, kind, replay, reports, fixed });
};
const changing = ['additive', 'destructive', 'unannotated'] as const;

describe('decideRepeat on a report', () => {
  it.each(situations.map((situation) => [situation]))('of %s treats harmless tools as the table does', (situation) => {
    for (const kind of ['read-only', 'idempotent'] as const) {
      for (const whole of [true, false]) {
        expect(report(kind, { situation, whole }).rule).toBe(proofTable[situation][kind]);
      }
    }
  });

  it.each(['additive', 'unannotated'] as const)('lets an %s tool be repeated after a fix if it is all', (kind) => {
    expect(report(kind)).toMatchObject({ allowed: true, rule: 'after_fix' });
    expect(report(kind, { fixed: null })).toMatchObject({ allowed: false, code: 'REPEAT_NEEDS_FIX' });
  });

  it.each(changing)('never repeats a %s tool on more than one failure', (kind) => {
    for (const situation of situations.filter((one) => one !== 'rejected')) {
      for (const fixed of ['token_refresh', 'wait_retry', null] as const) {
        expect(report(kind, { whole: false, situation, fixed })).toMatchObject({
          allowed: false,
          code: 'REPEAT_UNSAFE',
        });
      }
    }
  });

  it.each(changing)('never repeats a %s tool on a failure that may come after the effect', (kind) => {
    expect(report(kind, { delivered: 'maybe' })).toMatchObject({ allowed: false, code: 'REPEAT_UNSAFE' });
  });

  it('never repeats a destructive tool on the whole story', () => {
    expect(report('destructive')).toMatchObject({ allowed: false, code: 'REPEAT_UNSAFE' });
  });

  it('follows `reports` of the config instead of the kind', () => {
    expect(report('destructive', { reports: 'trust' }).allowed).toBe(true);
    expect(report('destructive', { reports: 'trust', whole: false }).allowed).toBe(false);
    expect(report('unannotated', { reports: 'strict' }).allowed).toBe(false);
    expect(report('additive', { reports: 'strict' }).allowed).toBe(false);
    expect(report('read-only', { reports: 'strict' }).allowed).toBe(true);
  });

  it('follows `replay` of the config', () => {
    for (const kind of changing) {
      expect(report(kind, { whole: false, replay: 'always' }).allowed).toBe(true);
      expect(report(kind, { replay: 'never' })).toMatchObject({ allowed: false, code: 'REPEAT_SWITCHED_OFF' });
    }
  });

  it('is no use if the call would be rejected again', () => {
    for (const kind of toolKinds) expect(report(kind, { situation: 'rejected' }).code).toBe('REPEAT_USELESS');
  });

  it('says what it is, and what else the output says', () => {
    expect(report('unannotated', { whole: false }).reason).toBe(
      'report, not the whole story: `created order 12` comes before it; a tool that may change things is not retried',
    );
    expect(report('unannotated').reason).toBe('report, the whole story; the call may be retried after token_refresh');
    expect(report('destructive').reason).toBe(
      'report, the whole story; a report is no proof, and a destructive tool is not retried',
    );
    expect(report('unannotated', { delivered: 'maybe' }).reason).toBe(
      'report of a failure that may come after the effect of the call; a tool that may change things is not retried',
    );
  });
});

describe('evidenceText', () => {
  it('names what healflow saw, in words of its own for each situation', () => {
    const texts = situations.map((situation) =>
      evidenceText({ situation, class: 'network', grade: 'proof', delivered: 'no', remainder: null }),
    );
    for (const text of texts) expect(text).toMatch(/^proof: .*\w{3}/);
    expect(new Set(texts).size).toBe(situations.length);
  });
});

describe('isProvenHarmless', () => {
  const all = (grade: EvidenceGrade, delivered: Delivery, reports: Reports | null = null) =>
    toolKinds.filter((kind) => isProvenHarmless({ grade, delivered }, kind, reports));

  it('holds of every tool on proof, and of read-only tools always', () => {
    expect(all('proof', 'no')).toEqual(toolKinds);
    expect(all('proof', 'maybe')).toEqual(['read-only']);
    expect(all('report', 'maybe')).toEqual(['read-only']);
  });

  it('holds on a report only if reports of the tool are trusted', () => {
    expect(all('report', 'no')).toEqual(['read-only', 'idempotent', 'additive', 'unannotated']);
    expect(all('report', 'no', 'trust')).toEqual(toolKinds);
    expect(all('report', 'no', 'strict')).toEqual(['read-only', 'idempotent']);
  });
});
