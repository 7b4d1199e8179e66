import { describe, expect, it } from 'vitest';
import { compileLinear } from '../../src/diagnosis/user-patterns.ts';
import { draftLesson } from '../../src/learning/draft-lesson.ts';
import type { KnownFailure } from '../../src/learning/knowledge.ts';
import { signatureOf } from '../../src/learning/signature.ts';

const error = 'dial tcp 10.0.0.7:443: connect: network is unreachable';

const aFailure = (fields: Partial<KnownFailure> = {}): KnownFailure => ({
  ...signatureOf(error),
  class: 'network',
  pattern: 'network.unreachable',
  seen: 3,
  tools: new Map([['get_pods', 3]]),
  first: null,
  last: null,
  natural: { recovered: 0, of: 0, interval: null },
  actions: [],
  lessons: [],
  notes: [],
  examples: [error],
  ...fields,
});

const action = { run: ['/usr/bin/nmcli', 'connection', 'up', 'office'] };

describe('draftLesson', () => {
  it('makes a pattern of the signature, for the tools that reported the failure', () => {
    const draft = draftLesson(aFailure(), action);
    if ('refused' in draft) throw new Error(draft.refused);
    const { pattern, fix, evidence } = draft.content;
    expect(pattern.text.map((text) => compileLinear([text])(error))).toEqual([{ start: 0, end: error.length }]);
    expect(pattern).toMatchObject({
      id: signatureOf(error).id,
      class: 'network',
      tools: ['get_pods'],
      examples: [error],
    });
    expect(fix).toMatchObject(action);
    expect(evidence).toEqual({ odds: null, seen: 3, tools: 1 });
    expect(draft.name).toBe(`nmcli-connection-up-office-${signatureOf(error).id.slice(0, 4)}`);
  });

  it('takes the class that a person names for what no pattern recognises, else server', () => {
    expect(draftLesson(aFailure(), action, { class: 'auth' })).toEqual({
      refused: expect.stringContaining('only a failure that no pattern recognises takes another class'),
    });
    const unrecognised = aFailure({ class: 'unrecognised' });
    expect(draftLesson(unrecognised, action)).toMatchObject({ content: { pattern: { class: 'server' } } });
    expect(draftLesson(unrecognised, action, { class: 'auth', name: 'login' })).toMatchObject({
      name: 'login',
      content: { pattern: { class: 'auth' } },
    });
  });

  it.each([
    ['wrong arguments', { class: 'usage' }, 'no fix repairs'],
    ['a missing permission by its status', { class: 'auth', pattern: 'http.403' }, 'no fix repairs'],
    ['a missing permission by its words', { class: 'auth', pattern: 'auth.policy' }, 'no fix repairs'],
    ['a failure that the log no longer has', { line: null }, 'no longer has'],
    ['tools whose names are globs', { tools: new Map([['*', 1]]) }, 'no tool'],
    ['a line without words', { line: '<n> <n>' }, 'fixed words'],
  ] as const)('refuses %s', (_what, fields, reason) => {
    expect(draftLesson(aFailure(fields), action)).toEqual({ refused: expect.stringContaining(reason) });
  });

  it.each([
    [['sh', '-c', 'true']],
    [['sudo', 'systemctl', 'restart', 'tunnel']],
    [['curl', 'https://evil.example']],
    [['systemctl', 'restart', '$UNIT']],
  ])('refuses %j', (run) => {
    expect(draftLesson(aFailure(), { run })).toEqual({ refused: expect.stringContaining('no lesson may run') });
  });

  it('keeps out of the name what a name cannot hold', () => {
    const draft = draftLesson(aFailure(), { run: ['/opt/_x', '--all', '/etc/..', 'a b'] });
    expect(draft).toMatchObject({ name: expect.stringMatching(/^[A-Za-z0-9][\w.-]{0,63}$/) });
  });
});
