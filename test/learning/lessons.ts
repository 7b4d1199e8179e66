import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Approvals, approvalsIn } from '../../src/learning/approvals.ts';
import { moveLesson, type ProposedLesson, writeLesson } from '../../src/learning/lesson-file.ts';
import { lessonSchema } from '../../src/learning/lesson-schema.ts';
import type { Rung } from '../../src/learning/model.ts';
import { createRedactor } from '../../src/redact/index.ts';

export const redact = createRedactor();

export const lessonFolder = (): string =>
  join(realpathSync(mkdtempSync(join(tmpdir(), 'healflow-lessons-'))), 'lessons');

/** The approvals of a machine whose state folder is beside the lessons. */
export const approvalsBeside = (dir: string): Approvals => approvalsIn(join(dirname(dir), 'state'));

/** A lesson for a stuck tunnel. */
export const proposed = (
  more: Partial<Pick<ProposedLesson, 'fix'>> & { readonly tools?: string[] } = {},
): ProposedLesson => {
  const { pattern, fix } = lessonSchema.parse({
    pattern: {
      id: '0123456789abcdef',
      class: 'network',
      text: 'tunnel [^ ]+ is stuck',
      tools: more.tools ?? ['db_*'],
      examples: ['error: tunnel alpha is stuck'],
    },
    fix: more.fix ?? { run: ['restart-tunnel', 'alpha'] },
    rung: 'proposed',
  });
  return { pattern, fix };
};

const steps: readonly Rung[] = ['shadow', 'ask', 'auto'];

/** Writes a lesson and has a person move it up to a rung, on the machine whose state folder is beside the lessons. */
export const lessonAt = async (dir: string, name: string, rung: Rung, lesson = proposed(), at = 0): Promise<void> => {
  await writeLesson(dir, name, lesson, { redact });
  if (rung === 'proposed') return;
  for (const to of steps.slice(0, steps.indexOf(rung) + 1)) {
    await moveLesson(dir, name, { to, by: 'Ada', at, odds: 200 }, { redact, approvals: approvalsBeside(dir) });
  }
};
