import { describe, expect, it } from 'vitest';
import { anyGlobTest, globTest } from '../../src/policy/glob.ts';
import { kindOf, stricterKind } from '../../src/policy/kind.ts';

describe('kindOf', () => {
  it.each([
    [undefined, 'unannotated'],
    [{}, 'unannotated'],
    [{ readOnlyHint: true }, 'read-only'],
    [{ readOnlyHint: true, destructiveHint: true }, 'read-only'],
    [{ idempotentHint: true }, 'idempotent'],
    [{ readOnlyHint: false, idempotentHint: true, destructiveHint: true }, 'idempotent'],
    [{ readOnlyHint: false }, 'destructive'],
    [{ destructiveHint: true }, 'destructive'],
    [{ destructiveHint: false }, 'additive'],
    [{ idempotentHint: false }, 'destructive'],
    [{ readOnlyHint: false, destructiveHint: false, idempotentHint: false }, 'additive'],
    [{ readOnlyHint: true, destructiveHint: false }, 'read-only'],
  ])('reads %j as %s', (annotations, kind) => {
    expect(kindOf(annotations)).toBe(kind);
  });
});

describe('globTest', () => {
  it.each([
    ['*', 'anything', true],
    ['k8s_*', 'k8s_get_pods', true],
    ['k8s_*', 'my_k8s_get_pods', false],
    ['get_pod?', 'get_pods', true],
    ['a.b', 'axb', false],
    ['a+(b)*', 'a+(b)c', true],
    ['exact', 'exactly', false],
    ['**', 'x', true],
    ['*', '', true],
    ['*', 'two\nlines', true],
    ['exact', 'exact', true],
    ['get_pod?', 'get_pod', false],
    ['get_pod?', 'my_get_pods', false],
    ['get_pod?', 'get_pods_all', false],
    ['?_?', 'a_b', true],
    ['?_?', 'ab_b', false],
    ['*_a*', 'the_aim', true],
    ['*_a*', 'the_bim', false],
    ['a.?', 'axb', false],
    ['a**b', 'a*', false],
    ['a*', 'a\nb', true],
    ['[ab]?', '[ab]c', true],
    ['[ab]?', 'ac', false],
  ])('%s against %s gives %s', (glob, name, matches) => {
    expect(globTest(glob)(name)).toBe(matches);
  });

  it('lets any of several globs match, and none of none', () => {
    expect(anyGlobTest(['a*', 'b*'])('bee')).toBe(true);
    expect(anyGlobTest([])('bee')).toBe(false);
  });
});

describe('the stricter of two kinds', () => {
  it.each([
    ['read-only', 'idempotent', 'idempotent'],
    ['read-only', 'additive', 'additive'],
    ['idempotent', 'unannotated', 'unannotated'],
    ['additive', 'destructive', 'destructive'],
    ['unannotated', 'destructive', 'destructive'],
  ] as const)('of %s and %s is %s, in either order', (one, other, stricter) => {
    expect(stricterKind(one, other)).toBe(stricter);
    expect(stricterKind(other, one)).toBe(stricter);
  });

  it('is the later one if they are equally strict', () => {
    expect(stricterKind('additive', 'unannotated')).toBe('unannotated');
    expect(stricterKind('unannotated', 'additive')).toBe('additive');
  });
});
