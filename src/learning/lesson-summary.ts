import { type LessonSummary, signatureId } from './knowledge.ts';
import { type Lesson, triedDigest } from './lesson.ts';
import type { RepairAction } from './model.ts';
import { signatureOf } from './signature.ts';

/** What a lesson runs. */
export const actionOf = ({ content: { fix } }: Pick<Lesson, 'content'>): RepairAction =>
  'use' in fix ? { use: fix.use } : { run: fix.run };

/** The command of its probe; undefined if it has none. */
export const probeCommandOf = ({ content: { fix } }: Pick<Lesson, 'content'>): readonly string[] | undefined =>
  'run' in fix && fix.probe !== undefined && 'command' in fix.probe ? fix.probe.command : undefined;

/** The signatures of the failures that a lesson is for: the one that it was made of, and those of its examples. */
export const signaturesOf = ({ content: { pattern } }: Pick<Lesson, 'content'>): readonly string[] => [
  ...new Set([
    ...(signatureId.test(pattern.id) ? [pattern.id] : []),
    ...pattern.examples.map((example) => signatureOf(example).id),
  ]),
];

/** A lesson as far as it concerns what is known of a failure. */
export const lessonSummary = (lesson: Lesson): LessonSummary => ({
  name: lesson.name,
  rung: lesson.rung,
  action: actionOf(lesson),
  tools: lesson.content.pattern.tools,
  digests: [triedDigest(lesson.content)],
  signatures: signaturesOf(lesson),
});
