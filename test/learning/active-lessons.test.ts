import { describe, expect, it } from 'vitest';
import { withSourced } from '../../src/learning/active-lessons.ts';
import { type Lesson, triedDigest } from '../../src/learning/lesson.ts';
import { lessonSchema } from '../../src/learning/lesson-schema.ts';
import type { Rung } from '../../src/learning/model.ts';
import { proposed } from './lessons.ts';

const lessonOf = (rung: Rung, fix: { readonly use: string }): Lesson => ({
  name: 'tunnel',
  content: lessonSchema.parse({ ...proposed({ fix }), rung }),
  rung,
  isEdited: false,
  isElsewhere: false,
  version: '',
});

const rungWith = (local: Lesson): readonly Rung[] =>
  withSourced({ active: [], rungs: new Map([[local.name, { rung: local.rung, tried: triedDigest(local.content) }]]) }, [
    { lesson: lessonOf('auto', { use: 'own:restart' }), digest: 'a'.repeat(64) },
  ]).map(({ lesson }) => lesson.rung);

describe('a lesson of a fleet', () => {
  it('is only lowered by a file on the machine that has the same pattern and fix', () => {
    expect(rungWith(lessonOf('proposed', { use: 'own:restart' }))).toEqual([]);
    expect(rungWith(lessonOf('ask', { use: 'own:restart' }))).toEqual(['ask']);
    expect(rungWith(lessonOf('proposed', { use: 'own:other' }))).toEqual(['auto']);
  });
});
