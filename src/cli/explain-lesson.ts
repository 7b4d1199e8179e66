import type { LoadedConfig } from '../config/load.ts';
import { lessonsDir } from '../config/paths.ts';
import { redactorFor } from '../config/redactor.ts';
import { type ActiveLesson, inOrder, mayHaveLesson } from '../healer/lessons.ts';
import { cannotRun } from '../learning/cannot-run.ts';
import type { Rung } from '../learning/model.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { resolveStateDir } from '../sharing/state-dir.ts';
import type { Io } from './io.ts';

/** What a lesson would do about a failure. */
export interface ExplainedLesson {
  readonly name: string;
  readonly rung: Rung;
  /** Why its command would not run; null if it would. */
  readonly cannotRun: string | null;
}

/** The lessons of this machine that are at work; what is wrong with the others is passed to `warn`. */
export const activeLessonsOf = async (
  loaded: LoadedConfig,
  { env }: Pick<Io, 'env'>,
  warn: (problem: string) => void = () => {},
): Promise<readonly ActiveLesson[]> => {
  const { activeLessons } = await import('../learning/active-lessons.ts');
  const { config, baseDir } = loaded;
  const stateDir = resolveStateDir({ configured: config.stateDir, env: env as NodeJS.ProcessEnv, cwd: baseDir });
  const redact = redactorFor(config, env as NodeJS.ProcessEnv);
  const { active, problems } = await activeLessons(lessonsDir(loaded), redact, stateDir, () => '');
  for (const problem of problems) warn(problem);
  return inOrder(active);
};

/** The lesson that would be tried for a failure; undefined if there is none. */
export const lessonFor = (
  tool: string,
  diagnosis: Diagnosis,
  active: readonly ActiveLesson[],
  { config: { patterns } }: LoadedConfig,
): ActiveLesson | undefined =>
  mayHaveLesson(diagnosis, new Set(patterns.map(({ id }) => id)))
    ? active.find(({ matches }) => matches(tool, diagnosis.summary))
    : undefined;

export const explainedLesson = (
  { lesson: { name, rung, content } }: ActiveLesson,
  { config, baseDir }: LoadedConfig,
  { env }: Pick<Io, 'env'>,
): ExplainedLesson => {
  const options = { programs: config.learn.programs, path: env.PATH, cwd: baseDir };
  return { name, rung, cannotRun: cannotRun(content.fix, options)[0] ?? null };
};

/** What the lesson would do, for people. */
export const lessonText = ({ name, rung, cannotRun: refused }: ExplainedLesson): string => {
  if (rung === 'shadow')
    return `${name}, at shadow: it runs nothing, and only records whether the failure ends by itself`;
  if (refused !== null) return `${name}, at ${rung}, but its command may not run: ${refused}`;
  return rung === 'ask' ? `${name}, at ask: a person is asked before its fix runs` : `${name}, at auto: its fix runs`;
};
