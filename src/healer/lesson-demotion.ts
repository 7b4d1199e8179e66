import { demotionOf } from '../learning/demotion.ts';
import { healflow, isFleetDigest, type Lesson } from '../learning/lesson.ts';
import type { LessonSource } from '../learning/lesson-source.ts';
import type { LearningRecord, Trial } from '../learning/model.ts';
import type { Redactor } from '../redact/index.ts';
import { messageOf } from '../text/error-text.ts';

export interface LessonDemotionOptions {
  /** The folder of the lessons. */
  readonly dir: string;
  /** The state folder, with the key that approvals are sealed with. */
  readonly stateDir: string;
  readonly redact: Redactor;
  /** Reads what was added to the log of repairs since the last time, by any process; the oldest first. */
  readonly readOn: () => AsyncIterable<readonly LearningRecord[]>;
  readonly warn: (message: string) => void;
  /** Where lessons come from besides the folder. */
  readonly source?: LessonSource | undefined;
}

/** Maximum number of runs of a lesson that are judged, its last ones, and of lessons that are known. */
const maxRuns = 500;
const maxLessons = 1_000;

/** Whether a trial is of this lesson as it was approved last. The clock at the approval may have been wrong, so the approval itself is compared. */
const isOf = ({ approved_at: approvedAt, digest, timestamp }: Trial, lesson: Lesson, tried: string): boolean => {
  if (digest !== undefined && digest !== tried) return false;
  const current = lesson.content.approved?.at;
  if (approvedAt !== undefined || current === undefined) return approvedAt === current;
  return !(Date.parse(timestamp) < Date.parse(current));
};

/** Moves a lesson that has stopped working from `auto` to `ask`, by its runs in all processes of this machine. */
export class LessonDemotion {
  readonly #options: LessonDemotionOptions;
  readonly #runs = new Map<string, Trial[]>();

  constructor(options: LessonDemotionOptions) {
    this.#options = options;
  }

  /** Takes a trial that is not in the log. */
  add(trial: Trial): void {
    if (trial.mode !== 'run' || trial.after === 'unknown') return;
    const runs = this.#runs.get(trial.lesson) ?? [];
    runs.push(trial);
    if (runs.length > 2 * maxRuns) runs.splice(0, maxRuns);
    if (this.#runs.size >= maxLessons && !this.#runs.has(trial.lesson)) this.#runs.clear();
    this.#runs.set(trial.lesson, runs);
  }

  /**
   * Judges a lesson after a run of it has failed.
   *
   * @param tried The digest of its pattern and fix.
   * @param at When, in ms since the epoch.
   */
  async judge(lesson: Lesson, tried: string, at: number): Promise<void> {
    if (lesson.rung !== 'auto') return;
    await this.#readOn();
    const demotion = demotionOf(lesson.content.evidence);
    const runs = (this.#runs.get(lesson.name) ?? []).filter((trial) => isOf(trial, lesson, tried)).slice(-maxRuns);
    let hasStopped = false;
    for (const { after } of runs) hasStopped = demotion.add({ succeeded: after === 'succeeded' });
    if (!hasStopped) return;
    const failed = runs.filter(({ after }) => after === 'failed').length;
    const times = Math.floor(demotion.odds).toLocaleString('en-US');
    const reason = `${failed} of ${runs.length} runs failed; the last ones are ${times} times more likely if it has stopped working`;
    await this.#demote(lesson.name, tried, at, reason);
  }

  async #readOn(): Promise<void> {
    const { readOn, warn } = this.#options;
    try {
      for await (const records of readOn()) for (const record of records) if (record.kind === 'trial') this.add(record);
    } catch (error) {
      warn(`the runs of lessons in other processes are not known: ${messageOf(error)}`);
    }
  }

  async #demote(name: string, tried: string, at: number, reason: string): Promise<void> {
    const { dir, stateDir, redact, warn, source } = this.#options;
    if (isFleetDigest(tried) && source !== undefined) {
      await source.demote(name, tried, reason);
      warn(`the lesson ${name} of the fleet was moved from \`auto\` to \`ask\`: ${reason}`);
      return;
    }
    const [{ LessonError, moveLesson, readLesson }, { approvalsIn }] = await Promise.all([
      import('../learning/lesson-file.ts'),
      import('../learning/approvals.ts'),
    ]);
    const approvals = approvalsIn(stateDir);
    for (let turn = 0; turn < 3 && readLesson(dir, name, redact, approvals).rung === 'auto'; turn += 1) {
      try {
        await moveLesson(dir, name, { to: 'ask', by: healflow, at, reason }, { redact, approvals });
        warn(
          `the lesson ${name} was moved from \`auto\` to \`ask\`: ${reason}. \`healflow learn show ${name}\` shows it`,
        );
        return;
      } catch (error) {
        if (!(error instanceof LessonError && error.code === 'conflict')) throw error;
      }
    }
  }
}
