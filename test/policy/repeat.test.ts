import { describe, expect, it } from 'vitest';
import type { FixName, Situation, ToolKind } from '../../src/model/words.ts';
import { situations, toolKinds } from '../../src/model/words.ts';
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
});
