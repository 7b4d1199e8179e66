import { readdirSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pattern } from '../diagnosis/index.ts';
import { eventSeries, repairSeries } from '../event-log/log-files.ts';
import { type Approvals, approvalsIn } from '../learning/approvals.ts';
import { cannotRun } from '../learning/cannot-run.ts';
import { actionText, type Knowledge, type KnownFailure, readKnowledge } from '../learning/knowledge.ts';
import { isUp, type Lesson, ladder, moveDenied } from '../learning/lesson.ts';
import { evidenceFor, lessonHistory, lessonTaint, testLesson } from '../learning/lesson-evidence.ts';
import {
  LessonError,
  type LessonFolder,
  moveLesson,
  previewMove,
  problemText,
  readLesson,
  readLessons,
} from '../learning/lesson-file.ts';
import { actionOf, lessonSummary, signaturesOf } from '../learning/lesson-summary.ts';
import type { LearningRecord, Odds, Rung } from '../learning/model.ts';
import type { OddsAt } from '../learning/odds-history.ts';
import { readRepairs } from '../learning/read-repairs.ts';
import { shadowOf } from '../learning/shadow.ts';
import { taintLimits } from '../learning/taint.ts';
import type { ProgramEntry } from '../learning/trust.ts';
import type { Clock } from '../model/clock.ts';
import { isPathNotFound } from '../platform/fs.ts';
import type { Redactor } from '../redact/index.ts';
import type { LearningSource, LearningState, MoveResult, SourceReview } from './learning-api.ts';
import type { LessonProblem, LessonRow, MoveRequest, OddsPoint, SignatureRow } from './learning-model.ts';

export interface LearningFolders {
  readonly memoryDir: string;
  /** The folder of the lessons. */
  readonly lessonsDir: string;
  /** The folder with the key that approvals are sealed with. */
  readonly stateDir: string;
  /** What lessons may run: `learn.programs`. */
  readonly programs: readonly ProgramEntry[];
  /** The folder that relative paths start from. */
  readonly baseDir: string;
  /** The environment variable PATH. */
  readonly path: string | undefined;
  /** The patterns of the configuration. */
  readonly userPatterns: readonly Pattern[];
  readonly redact: Redactor;
  readonly clock: Clock;
}

/** All that was read of the files. */
interface Known {
  readonly folder: LessonFolder;
  readonly knowledge: Knowledge;
  readonly histories: ReadonlyMap<string, readonly OddsAt[]>;
  readonly records: readonly LearningRecord[];
  readonly recordCount: number;
  readonly damaged: number;
}

const maxRecords = 200;
const maxTools = 20;
const maxActions = 20;
const yourName = '(your name)';

const unknownOdds: Odds = {
  odds: null,
  trials: { succeeded: 0, of: 0, interval: null },
  natural: { recovered: 0, of: 0, interval: null },
};

const instant = (timestamp: string | null | undefined): number | null => {
  const at = Date.parse(timestamp ?? '');
  return Number.isNaN(at) ? null : at;
};

const signatureRow = (failure: KnownFailure): SignatureRow => {
  const { tools, first, last, notes, actions, examples: _, ...facts } = failure;
  return {
    ...facts,
    tools: [...tools].slice(0, maxTools).map(([name, seen]) => ({ name, seen })),
    toolCount: tools.size,
    first: instant(first),
    last: instant(last),
    notes: notes.map(({ at, note }) => ({ at: instant(at) ?? 0, note })),
    actions: actions.slice(0, maxActions).map(({ text, odds, unchecked, isIncomplete, last: ranLast }) => ({
      text,
      odds,
      unchecked,
      isIncomplete,
      last: instant(ranLast),
    })),
  };
};

const pointOf = ({ at, odds: { odds, trials } }: OddsAt): OddsPoint => ({ at, odds, ...trials });

const oddsFor = (lesson: Lesson, knowledge: Knowledge): Odds => {
  const { failure, action } = evidenceFor(lesson, knowledge);
  return action?.odds ?? { ...unknownOdds, ...(failure && { natural: failure.natural }) };
};

/** The rungs that a person can ask for: the next one up, and each one below. */
const movesFrom = (rung: Rung): readonly Rung[] => {
  const at = ladder.indexOf(rung);
  return ladder.filter((_, index) => index < at || index === at + 1);
};

const lessonRow = (lesson: Lesson, { knowledge, histories }: Known): LessonRow => {
  const { name, version, rung, isEdited, isElsewhere, content } = lesson;
  const { pattern, approved, history } = content;
  const action = actionOf(lesson);
  return {
    name,
    version,
    rung,
    writtenRung: content.rung,
    class: pattern.class,
    text: pattern.text,
    tools: pattern.tools ?? [],
    action,
    actionText: actionText(action),
    odds: oddsFor(lesson, knowledge),
    shadow: shadowOf(name, knowledge),
    history: (histories.get(name) ?? []).map(pointOf),
    approved: approved === undefined ? null : { by: approved.by, at: instant(approved.at) ?? 0 },
    isEdited,
    isElsewhere,
    moved: history.map(({ at, by, from, to, reason = null }) => ({ at: instant(at) ?? 0, by, from, to, reason })),
    signatures: signaturesOf(lesson),
    moves: movesFrom(rung),
  };
};

const problemOf = (problem: LessonFolder['problems'][number]): LessonProblem => ({
  file: `${problem.name}.yaml`,
  problem: problemText(problem),
});

const isYaml = (file: string): boolean => file.endsWith('.yaml') && !file.startsWith('.');

/** Names, sizes and times of the files of a folder; nothing if there is no folder. */
const stampOf = async (folder: string, isWanted: (file: string) => boolean): Promise<string[]> => {
  try {
    const files = (await readdir(folder)).filter(isWanted).sort();
    return await Promise.all(
      files.map(async (file) => {
        const { size, mtimeMs, ino } = await stat(join(folder, file));
        return `${file} ${size} ${mtimeMs} ${ino}`;
      }),
    );
  } catch (error) {
    if (isPathNotFound(error)) return [];
    throw error;
  }
};

const hasFile = (folder: string, isWanted: (file: string) => boolean): boolean => {
  try {
    return readdirSync(folder).some(isWanted);
  } catch {
    return false;
  }
};

/** What was learned, from the log, the records of repairs, and the files of the lessons. */
export class FileLearningSource implements LearningSource {
  readonly redact: Redactor;
  readonly #folders: LearningFolders;
  readonly #approvals: Approvals;
  /** What was read last, and of which files. */
  #last: { readonly stamp: string; readonly known: Promise<Known> } | undefined;

  constructor(folders: LearningFolders) {
    this.#folders = folders;
    this.redact = folders.redact;
    this.#approvals = approvalsIn(folders.stateDir);
  }

  hasAny(): boolean {
    const { memoryDir, lessonsDir } = this.#folders;
    const { folder, name } = repairSeries(memoryDir);
    return hasFile(lessonsDir, isYaml) || hasFile(folder, (file) => file.startsWith(`${name}.`));
  }

  async stamp(): Promise<string> {
    const { memoryDir, lessonsDir } = this.#folders;
    const series = [eventSeries(memoryDir), repairSeries(memoryDir)];
    const isLog = (file: string): boolean => series.some(({ name }) => file.startsWith(`${name}.`));
    const [log, lessons] = await Promise.all([
      stampOf(repairSeries(memoryDir).folder, isLog),
      stampOf(lessonsDir, isYaml),
    ]);
    return [...log, '', ...lessons].join('\n');
  }

  async read(): Promise<LearningState> {
    const known = await this.#known();
    const { folder, knowledge, records, recordCount, damaged } = known;
    return {
      signatures: knowledge.failures.map(signatureRow),
      lessons: folder.lessons.map((lesson) => lessonRow(lesson, known)),
      lessonProblems: folder.problems.map(problemOf),
      records,
      recordCount,
      damaged,
    };
  }

  async review(name: string, to: Rung): Promise<SourceReview | null> {
    const { lessonsDir, memoryDir, userPatterns, clock } = this.#folders;
    const lesson = this.#lesson(name);
    if (lesson === null) return null;
    const { rung: from, version } = lesson;
    const { knowledge } = await this.#known();
    const move = { to, by: yourName, at: clock.now(), odds: oddsFor(lesson, knowledge).odds };
    const up = isUp(from, to);
    const test = up ? await testLesson(lesson, { memoryDir, userPatterns }) : null;
    const falseCount = test?.falseCount ?? 0;
    return {
      name,
      from,
      to,
      version,
      ...previewMove(lessonsDir, lesson, move, this.#approvals),
      refusal:
        moveDenied(from, { ...move, reason: '(your reason)' }) ??
        (falseCount > 0 ? 'its pattern has false matches: narrow it in the file' : null) ??
        (up ? this.#refusalAt(to, lesson) : null),
      cannotRun: up ? this.#cannotRun(lesson) : null,
      test,
      taints: up ? await lessonTaint(lesson, evidenceFor(lesson, knowledge), memoryDir) : [],
      taintLimits,
    };
  }

  async move(
    name: string,
    { to, version, by, reason }: Pick<MoveRequest, 'to' | 'version' | 'by' | 'reason'>,
  ): Promise<MoveResult> {
    const { lessonsDir, redact, clock } = this.#folders;
    const lesson = this.#lesson(name);
    if (lesson === null || lesson.version !== version) return { status: 'changed' };
    const refused = isUp(lesson.rung, to) ? this.#refusalAt(to, lesson) : null;
    if (refused !== null) return { status: 'refused', reason: refused };
    const { odds } = oddsFor(lesson, (await this.#known()).knowledge);
    const move = { to, by, at: clock.now(), odds, ...(reason !== null && { reason }) };
    try {
      await moveLesson(lessonsDir, name, move, { redact, approvals: this.#approvals, version });
      return { status: 'moved' };
    } catch (error) {
      if (!(error instanceof LessonError)) throw error;
      return error.code === 'conflict' || error.code === 'missing'
        ? { status: 'changed' }
        : { status: 'refused', reason: error.message };
    }
  }

  #lesson(name: string): Lesson | null {
    const { lessonsDir, redact } = this.#folders;
    try {
      return readLesson(lessonsDir, name, redact, this.#approvals);
    } catch (error) {
      if (error instanceof LessonError && error.code === 'missing') return null;
      throw error;
    }
  }

  #cannotRun({ content: { fix } }: Lesson): string | null {
    const { programs, path, baseDir: cwd } = this.#folders;
    return cannotRun(fix, { programs, path, cwd })[0] ?? null;
  }

  /** A lesson that could not run is not moved to where it would. */
  #refusalAt(to: Rung, lesson: Lesson): string | null {
    const refused = to === 'ask' || to === 'auto' ? this.#cannotRun(lesson) : null;
    return refused === null ? null : `it could not run at ${to}: ${refused}`;
  }

  /** Reads everything if any file has changed; one read at a time. */
  async #known(): Promise<Known> {
    await this.#last?.known.catch(() => {});
    const stamp = await this.stamp();
    if (this.#last?.stamp !== stamp) {
      const known = this.#readAll();
      this.#last = { stamp, known };
      known.catch(() => {
        this.#last = undefined;
      });
    }
    return this.#last.known;
  }

  async #readAll(): Promise<Known> {
    const { memoryDir, lessonsDir, redact, clock } = this.#folders;
    let damaged = 0;
    const onDamage = (): void => {
      damaged += 1;
    };
    const folder = await readLessons(lessonsDir, redact, this.#approvals);
    const lessons = folder.lessons.map(lessonSummary);
    const knowledge = await readKnowledge(memoryDir, { now: clock.now(), lessons, onDamage });
    const newest: LearningRecord[] = [];
    let recordCount = 0;
    for await (const record of readRepairs(memoryDir)) {
      recordCount += 1;
      newest.push(record);
      if (newest.length > 2 * maxRecords) newest.splice(0, maxRecords);
    }
    return {
      folder,
      knowledge,
      histories: new Map(folder.lessons.map((lesson) => [lesson.name, lessonHistory(lesson, knowledge)])),
      records: newest.slice(-maxRecords).reverse(),
      recordCount,
      damaged,
    };
  }
}
