import { existsSync } from 'node:fs';
import { systemClock } from '../../clock.ts';
import { type LoadedConfig, loadConfig } from '../../config/load.ts';
import { lessonsDir } from '../../config/paths.ts';
import { closest } from '../../config/suggest.ts';
import { resolveMemoryDir } from '../../event-log/index.ts';
import type { Approvals } from '../../learning/approvals.ts';
import { type Knowledge, type KnownFailure, readKnowledge } from '../../learning/knowledge.ts';
import type { LessonFolder } from '../../learning/lesson-file.ts';
import type { Redactor } from '../../redact/index.ts';
import { printable } from '../../text/sanitize.ts';
import type { Io } from '../io.ts';
import type { MemoryReadingOptions } from '../log-reading.ts';
import { approvalsOf, lessonSummaries, readLessonFolder, redactorOf, reportProblems } from './lessons.ts';

/** The lessons, and where they and the log are. */
export interface Lessons {
  readonly loaded: LoadedConfig;
  readonly redact: Redactor;
  readonly memoryDir: string;
  readonly lessonsDir: string;
  readonly folder: LessonFolder;
  readonly approvals: Approvals;
}

/** What a command of `healflow learn` works with. */
export interface Workspace extends Lessons {
  readonly knowledge: Knowledge;
  /** In ms since the epoch. */
  readonly now: number;
}

/** Why a command does nothing, for people. */
export class LearnRefusal extends Error {
  /** The exit code. */
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * Reads the lessons, and reports which of them cannot be used.
 *
 * @param target The lesson that the command is about: what is wrong with it is not reported here, but by the command.
 * @throws HealError if the configuration is invalid, and LearnRefusal if there is no such memory folder.
 */
export const openLessons = async (
  { memory, config: configFile }: MemoryReadingOptions,
  io: Io,
  target?: string | undefined,
): Promise<Lessons> => {
  const { cwd } = io;
  const loaded = await loadConfig({ configFile, cwd });
  const redact = redactorOf(loaded, io);
  const memoryDir = resolveMemoryDir({ memory, config: loaded, cwd });
  if (memory !== undefined && !existsSync(memoryDir)) throw new LearnRefusal(`there is no folder ${memoryDir}`, 2);
  const folder = await readLessonFolder(loaded, redact, io);
  reportProblems({ problems: folder.problems.filter(({ name }) => name !== target) }, io);
  return { loaded, redact, memoryDir, lessonsDir: lessonsDir(loaded), folder, approvals: approvalsOf(loaded, io) };
};

/** The same, and what the log knows. */
export const openWorkspace = async (
  options: MemoryReadingOptions,
  io: Io,
  now: number = systemClock.now(),
  target?: string | undefined,
): Promise<Workspace> => {
  const opened = await openLessons(options, io, target);
  const knowledge = await readKnowledge(opened.memoryDir, { now, lessons: await lessonSummaries(opened.folder) });
  return { ...opened, knowledge, now };
};

/** Runs a command, and reports why it does nothing if that is so; resolves with the exit code. */
export const refusing = async (io: Io, command: () => Promise<number>): Promise<number> => {
  const { LessonError } = await import('../../learning/lesson-file.ts');
  try {
    return await command();
  } catch (error) {
    if (!(error instanceof LearnRefusal) && !(error instanceof LessonError)) throw error;
    io.stderr.write(`healflow: ${printable(error.message)}\n`);
    return error instanceof LearnRefusal ? error.exitCode : 1;
  }
};

const minPrefix = 4;

/** Finds the failure with a signature, or with the only one that begins so. @param lessons Those that may have been meant. */
export const failureBy = (
  { failures }: Knowledge,
  sig: string,
  lessons: readonly { readonly name: string }[] = [],
): KnownFailure => {
  const found =
    /^[0-9a-f]+$/.test(sig) && sig.length >= minPrefix ? failures.filter(({ id }) => id.startsWith(sig)) : [];
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const meant = closest(
    sig,
    lessons.map(({ name }) => name),
  );
  if (meant !== undefined) throw new LearnRefusal(`there is no lesson ${sig}: did you mean ${meant}?`);
  const what =
    found.length > 1 ? `${found.length} signatures begin with ${sig}` : `there is no failure or lesson ${sig}`;
  throw new LearnRefusal(`${what}: healflow learn shows the signatures`);
};
