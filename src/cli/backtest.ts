import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { type Backtest, backtest as runBacktest, type TestedPattern } from '../learning/backtest.ts';
import { readLesson } from '../learning/lesson-file.ts';
import { readSamples } from '../learning/read-samples.ts';
import { errorCode } from '../platform/fs.ts';
import { messageOf } from '../text/error-text.ts';
import { printableJson } from '../text/sanitize.ts';
import { type Io, outputTo, processIo } from './io.ts';
import { backtestLines } from './learn/check-lesson.ts';
import { widthOf } from './learn/layout.ts';
import { LearnRefusal, type Lessons, openLessons, refusing } from './learn/workspace.ts';
import type { MemoryReadingOptions } from './log-reading.ts';

export interface BacktestOptions extends MemoryReadingOptions {
  /** A file of texts without a failure. */
  readonly healthy?: string | undefined;
  readonly json?: boolean | undefined;
}

const extension = '.yaml';

/** The lesson of that name, the one in that file, or all of the folder. */
const targets = (
  target: string | undefined,
  { lessonsDir, folder, redact, approvals }: Lessons,
  { cwd }: Io,
): TestedPattern[] => {
  const lessons =
    target === undefined
      ? folder.lessons
      : target.endsWith(extension)
        ? [readLesson(dirname(resolve(cwd, target)), basename(target, extension), redact, approvals)]
        : [readLesson(lessonsDir, target, redact, approvals)];
  return lessons.map(({ name, content }) => ({ ...content.pattern, id: name }));
};

const samplesOf = (file: string | undefined, { cwd }: Io) => {
  if (file === undefined) return undefined;
  const path = resolve(cwd, file);
  if (!existsSync(path)) throw new LearnRefusal(`there is no file ${path}`, 2);
  return readSamples(path);
};

const text = (results: readonly Backtest[], width: number): string =>
  results.length === 0
    ? 'there are no lessons\n'
    : `${results.map((result) => backtestLines(result, width).join('\n')).join('\n\n')}\n`;

/**
 * Tries lessons on the log, on texts without a failure, and on their own examples. Resolves with the exit code: 1 if one has a
 * false match.
 *
 * @throws HealError if the configuration is invalid.
 */
export const backtest = (target: string | undefined, options: BacktestOptions, io: Io = processIo()): Promise<number> =>
  refusing(io, async () => {
    const lessons = await openLessons(options, io, target);
    const { memoryDir, loaded, folder } = lessons;
    const patterns = targets(target, lessons, io);
    const healthy = samplesOf(options.healthy, io);
    const results = await runBacktest({ memoryDir, patterns, userPatterns: loaded.config.patterns, healthy }).catch(
      (error: unknown) => {
        if (errorCode(error) === undefined) throw error;
        throw new LearnRefusal(`a file cannot be read: ${messageOf(error)}`, 2);
      },
    );
    const output = outputTo(io.stdout);
    await output.write(
      options.json === true ? `${printableJson(JSON.stringify(results))}\n` : text(results, widthOf(io)),
    );
    await output.end();
    const isUnreadable = target === undefined && folder.problems.length > 0;
    return isUnreadable || results.some(({ falseCount }) => falseCount > 0) ? 1 : 0;
  });
