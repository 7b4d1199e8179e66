import { existsSync } from 'node:fs';
import type { LoadedConfig } from '../../config/load.ts';
import { lessonsDir } from '../../config/paths.ts';
import { redactorFor } from '../../config/redactor.ts';
import { type Approvals, approvalsIn } from '../../learning/approvals.ts';
import type { LessonSummary } from '../../learning/knowledge.ts';
import type { LessonFolder } from '../../learning/lesson-file.ts';
import type { Redactor } from '../../redact/index.ts';
import { resolveStateDir } from '../../sharing/state-dir.ts';
import { printable } from '../../text/sanitize.ts';
import type { Io } from '../io.ts';

export const redactorOf = ({ config }: LoadedConfig, { env }: Pick<Io, 'env'>): Redactor =>
  redactorFor(config, env as NodeJS.ProcessEnv);

/** The approvals of this user on this machine. */
export const approvalsOf = ({ config, baseDir }: LoadedConfig, { env }: Pick<Io, 'env'>): Approvals =>
  approvalsIn(resolveStateDir({ configured: config.stateDir, env: env as NodeJS.ProcessEnv, cwd: baseDir }));

/** Reads the lessons of a configuration. */
export const readLessonFolder = async (
  loaded: LoadedConfig,
  redact: Redactor,
  io: Pick<Io, 'env'>,
): Promise<LessonFolder> => {
  const dir = lessonsDir(loaded);
  // Without lessons, nothing is loaded that reads them.
  if (!existsSync(dir)) return { lessons: [], problems: [] };
  const { readLessons } = await import('../../learning/lesson-file.ts');
  return readLessons(dir, redact, approvalsOf(loaded, io));
};

export const lessonSummaries = async ({ lessons }: LessonFolder): Promise<readonly LessonSummary[]> => {
  if (lessons.length === 0) return [];
  const { lessonSummary } = await import('../../learning/lesson-summary.ts');
  return lessons.map(lessonSummary);
};

/** Says on standard error which lessons cannot be read. */
export const reportProblems = ({ problems }: Pick<LessonFolder, 'problems'>, { stderr }: Io): void => {
  for (const { name, findings, reason } of problems) {
    const [first] = findings;
    const what = first === undefined ? (reason ?? 'it cannot be read') : `${first.shownPlace}: ${first.problem}`;
    stderr.write(`healflow: the lesson ${printable(name)} cannot be used: ${printable(what)}\n`);
  }
};
