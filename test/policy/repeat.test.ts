import { describe, expect, it } from 'vitest';
import type { FixName, Situation, ToolKind } from '../../src/model/terms.ts';
import { situations, toolKinds } from '../../src/model/terms.ts';
import { decideRepeat, type Replay, repeatTable } from '../../src/policy/repeat.ts';

// The documented table, written out again by hand: Y repeat · F after a fix · O on request · N never.
const documented: Record<Situation, string> = {
  not_sent: 'FFFF',
  unauthenticated: 'FFFF',
  rate_limited: 'YYYY',
  interrupted: 'YYNO',
  unavailable: 'YYOO',
  internal_error: 'YYNN',
  conflict: 'OONN',
  rejected: 'NNNN',
  backend_error: 'FFOO',
};
const letters = { repeat: 'Y', after_fix: 'F', on_request: 'O', never: 'N' } as const;

const ask = (
  situation: Situation,
  kind: ToolKind,
  more: { phase?: 'before_effect' | 'unknown'; replay?: Replay; fixed?: FixName | null; resource?: boolean } = {},
) =>
  decideRepeat({
    diagnosis: { situation, phase: more.phase ?? 'unknown', class: more.resource ? 'resource' : 'network' },
    kind,
    replay: more.replay ?? 'safe',
    fixed: more.fixed === undefined ? 'retry_backoff' : more.fixed,
  });

describe('decideRepeat', () => {
  it.each(situations.map((situation) => [situation]))('holds the documented row of %s', (situation) => {
    expect(toolKinds.map((kind) => letters[repeatTable[situation][kind]]).join('')).toBe(documented[situation]);
  });

  it('repeats after a fix exactly where the table says Y or F', () => {
    for (const situation of situations) {
      for (const kind of toolKinds) {
        const letter = letters[repeatTable[situation][kind]];
        expect(ask(situation, kind).allowed, `${situation} ${kind}`).toBe(letter === 'Y' || letter === 'F');
        expect(ask(situation, kind, { fixed: null }).allowed, `${situation} ${kind} unfixed`).toBe(letter === 'Y');
      }
    }
  });

  it('repeats on request of the user where the table says O, and never where it says N', () => {
    for (const situation of situations) {
      for (const kind of toolKinds) {
        const letter = letters[repeatTable[situation][kind]];
        expect(ask(situation, kind, { replay: 'always' }).allowed, `${situation} ${kind}`).toBe(letter !== 'N');
      }
    }
  });

  it('repeats nothing where the config says never', () => {
    for (const situation of situations)
      for (const kind of toolKinds) expect(ask(situation, kind, { replay: 'never' }).allowed).toBe(false);
  });

  it('repeats a backend error of a tool that may change things only if it came before any effect', () => {
    for (const kind of ['destructive', 'unannotated'] as const) {
      expect(ask('backend_error', kind, { phase: 'before_effect' })).toMatchObject({ allowed: true });
      expect(ask('backend_error', kind, { phase: 'before_effect', fixed: null })).toMatchObject({
        allowed: false,
        code: 'REPEAT_NEEDS_FIX',
      });
      expect(ask('backend_error', kind, { phase: 'unknown' })).toMatchObject({ allowed: false, code: 'REPEAT_UNSAFE' });
    }
  });

  it('does not let a phase of before_effect excuse a call that was cut off', () => {
    expect(ask('interrupted', 'unannotated', { phase: 'before_effect' }).allowed).toBe(false);
  });

  it('repeats a missing resource after cache_clear for harmless tools only', () => {
    const repeated = (kind: ToolKind, fixed: FixName) => ask('rejected', kind, { resource: true, fixed }).allowed;
    expect(toolKinds.map((kind) => repeated(kind, 'cache_clear'))).toEqual([true, true, false, false]);
    expect(toolKinds.map((kind) => repeated(kind, 'retry_backoff'))).toEqual([false, false, false, false]);
  });

  it('may repeat a missing resource only once the cache is cleared', () => {
    const missing = (kind: ToolKind, fixed: FixName | null) => ask('rejected', kind, { resource: true, fixed });
    expect(missing('read-only', 'cache_clear')).toMatchObject({ code: 'REPEAT_ALLOWED', rule: 'after_fix' });
    expect(missing('read-only', 'cache_clear').reason).toMatch(/stale.*cache_clear/);
    expect(missing('read-only', null)).toMatchObject({ code: 'REPEAT_USELESS', rule: 'never' });
    expect(ask('not_sent', 'read-only', { resource: true, fixed: 'cache_clear' }).reason).not.toMatch(/stale/);
    expect(ask('rejected', 'read-only', { fixed: 'cache_clear' }).allowed).toBe(false);
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
    expect(ask(situation, kind, { replay, fixed })).toMatchObject({ code, rule: repeatTable[situation][kind] });
  });

  it('gives every situation a reason of its own, in words', () => {
    const ways = [{}, { fixed: null }, { phase: 'before_effect' }, { phase: 'before_effect', fixed: null }] as const;
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
    expect(ask('interrupted', 'destructive').reason).toContain('destructive');
    expect(ask('backend_error', 'destructive', { phase: 'before_effect', fixed: 'vpn_connect' }).reason).toMatch(
      / after vpn_connect$/,
    );
  });
});
