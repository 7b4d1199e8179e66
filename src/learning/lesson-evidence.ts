import type { Pattern } from '../diagnosis/index.ts';
import { anyGlobTest } from '../policy/glob.ts';
import { type Backtest, backtest } from './backtest.ts';
import type { ActionQuestion, Knowledge, KnownAction, KnownFailure } from './knowledge.ts';
import type { Lesson } from './lesson.ts';
import { actionOf, probeCommandOf, signaturesOf } from './lesson-summary.ts';
import type { OddsAt } from './odds-history.ts';
import { readTaint, type Taint } from './taint.ts';

/** What is known of a lesson now. */
export interface LessonEvidence {
  /** The failure that it was made of; undefined if the log no longer has it. */
  readonly failure: KnownFailure | undefined;
  readonly action: KnownAction | undefined;
}

/** What a lesson does, for the failures and the tools that it is for. */
const questionOf = (lesson: Lesson): ActionQuestion => {
  const { tools } = lesson.content.pattern;
  const isFor = tools === undefined ? () => true : anyGlobTest(tools);
  return { action: actionOf(lesson), signatures: signaturesOf(lesson), isFor };
};

/** Finds what is known of the failures that a lesson is for, and of its action against all of them, for the lesson's own tools. */
export const evidenceFor = (
  lesson: Lesson,
  { failures, actionFor }: Pick<Knowledge, 'failures' | 'actionFor'>,
): LessonEvidence => {
  const question = questionOf(lesson);
  const { signatures } = question;
  const failure = signatures.map((sig) => failures.find(({ id }) => id === sig)).find((found) => found !== undefined);
  return { failure, action: actionFor(question) };
};

/** How the odds of a lesson changed with its repairs and trials. */
export const lessonHistory = (lesson: Lesson, { historyFor }: Pick<Knowledge, 'historyFor'>): readonly OddsAt[] =>
  historyFor(questionOf(lesson));

/** Finds the arguments of a lesson's command that appeared in the output of a tool before the command was first run. */
export const lessonTaint = (
  lesson: Lesson,
  { failure, action }: LessonEvidence,
  memoryDir: string,
): Promise<readonly Taint[]> => {
  const ranAt = action === undefined ? Number.NaN : Date.parse(action.first);
  // A clock that was behind must not put the command before all that the tool said.
  const until = ranAt < Date.parse(failure?.first ?? '') ? Number.NaN : ranAt;
  const { fix } = lesson.content;
  const probe =
    'run' in fix && fix.probe !== undefined && 'tcp' in fix.probe ? [fix.probe.tcp] : probeCommandOf(lesson);
  return readTaint({
    memoryDir,
    action: actionOf(lesson),
    probe,
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
