import { isDeepStrictEqual } from 'node:util';
import type { Pattern } from '../diagnosis/index.ts';
import { type Backtest, backtest } from './backtest.ts';
import type { Knowledge, KnownAction, KnownFailure } from './knowledge.ts';
import type { Lesson } from './lesson.ts';
import { actionOf, signaturesOf } from './lesson-summary.ts';
import { readTaint, type Taint } from './taint.ts';

/** What is known of a lesson now. */
export interface LessonEvidence {
  /** The failure that it was made of; undefined if the log no longer has it. */
  readonly failure: KnownFailure | undefined;
  readonly action: KnownAction | undefined;
}

/** Finds what is known of the failure and of the action of a lesson. */
export const evidenceFor = (lesson: Lesson, { failures }: Pick<Knowledge, 'failures'>): LessonEvidence => {
  const failure = signaturesOf(lesson)
    .map((sig) => failures.find(({ id }) => id === sig))
    .find((found) => found !== undefined);
  const action = actionOf(lesson);
  return { failure, action: failure?.actions.find((known) => isDeepStrictEqual(known.action, action)) };
};

/** Finds the arguments of a lesson's command that stood in the output of a tool before the command was first run. */
export const lessonTaint = (
  lesson: Lesson,
  { failure, action }: LessonEvidence,
  memoryDir: string,
): Promise<readonly Taint[]> => {
  const until = action === undefined ? Number.NaN : Date.parse(action.first);
  return readTaint({
    memoryDir,
    action: actionOf(lesson),
    signatures: signaturesOf(lesson),
    tools: [...(failure?.tools.keys() ?? [])],
    ...(Number.isNaN(until) ? {} : { until }),
  });
};

export interface LessonTestOptions {
  readonly memoryDir: string;
  /** The patterns of the configuration. */
  readonly userPatterns: readonly Pattern[];
}

/** Tries the pattern of a lesson on the log, and on texts without a failure. */
export const testLesson = async (
  { name, content: { pattern } }: Pick<Lesson, 'name'> & { readonly content: Pick<Lesson['content'], 'pattern'> },
  options: LessonTestOptions,
): Promise<Backtest> => {
  const [result] = await backtest({ ...options, patterns: [{ ...pattern, id: name }] });
  if (result === undefined) throw new Error('a lesson was not tested');
  return result;
};
