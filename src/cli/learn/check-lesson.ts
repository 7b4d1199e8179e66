import type { Backtest } from '../../learning/backtest.ts';
import { lessonFixName } from '../../learning/lesson.ts';
import { testLesson as test } from '../../learning/lesson-evidence.ts';
import type { LessonContent } from '../../learning/lesson-schema.ts';
import { printable } from '../../text/sanitize.ts';
import { wrap } from './layout.ts';
import type { Workspace } from './workspace.ts';

/** Tries the pattern of a lesson on the log and on texts without a failure. */
export const testLesson = (
  name: string,
  pattern: LessonContent['pattern'],
  { memoryDir, loaded }: Pick<Workspace, 'memoryDir' | 'loaded'>,
): Promise<Backtest> => test({ name, content: { pattern } }, { memoryDir, userPatterns: loaded.config.patterns });

const kinds = {
  healthy: 'matches a text without a failure',
  counterexample: 'matches its counterexample',
  example: 'does not match its example',
  unfixable: 'matches a failure that no fix repairs',
} as const;

const maxShown = 10;

const falseCountText = (count: number): string =>
  count === 0 ? 'no false match' : `${count} false ${count === 1 ? 'match' : 'matches'}`;

/** The result of a test, for people. */
export const backtestLines = (
  { pattern, log, signatures, taken, healthy, falseMatches, falseCount }: Backtest,
  width: number,
): string[] => {
  // What it has recognised itself is its own.
  const others = Object.entries(taken).filter(([name]) => name !== lessonFixName(pattern));
  const takenText = others
    .slice(0, maxShown)
    .map(([name, count]) => `${count} (${printable(name)})`)
    .join(', ');
  return [
    ...wrap(`backtest of ${printable(pattern)}: ${falseCountText(falseCount)}`, width),
    ...wrap(
      `  log      matches ${log.matched} of ${log.of} failures, ${log.own} of them with the signature of an example`,
      width,
    ),
    ...signatures
      .slice(0, maxShown)
      .flatMap(({ id, line, seen }) => wrap(`  ${seen} x ${id} ${printable(line)}`, width)),
    ...(takenText === '' ? [] : wrap(`  replaces the diagnosis of ${takenText}`, width)),
    ...wrap(`  healthy  matches ${healthy.matched} of ${healthy.of} texts without a failure`, width),
    ...falseMatches
      .slice(0, maxShown)
      .flatMap(({ kind, text, source }) =>
        wrap(`  false    ${kinds[kind]} (${printable(source)}): ${printable(text)}`, width),
      ),
    ...(falseCount > maxShown ? [`  ... and ${falseCount - maxShown} more: --json shows them`] : []),
  ];
};
