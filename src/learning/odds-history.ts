import { isDeepStrictEqual } from 'node:util';
import { parseTimestamp } from '../event-log/timestamp.ts';
import { anyGlobTest } from '../policy/glob.ts';
import { GapTally } from './gap-tally.ts';
import type { LessonSummary } from './knowledge.ts';
import type { LearningRecord, Odds, Outcome } from './model.ts';
import { oddsOf } from './odds.ts';
import { recordOutcome } from './record-outcome.ts';

/** What was known of a lesson after one of its repairs or trials. */
export interface OddsAt {
  /** In ms since the epoch. */
  readonly at: number;
  readonly odds: Odds;
}

/** Maximum number of points of one lesson: its newest repairs and trials. */
const maxPoints = 200;

/**
 * Follows how the odds of one lesson change with the records of repairs, in their order. They are those of `readKnowledge`, without
 * what only the log of events tells.
 */
export class OddsHistory {
  readonly #lesson: LessonSummary;
  readonly #signatures: ReadonlySet<string>;
  readonly #trials: Outcome[] = [];
  readonly #gaps = new GapTally({ left: Number.POSITIVE_INFINITY });

  constructor(lesson: LessonSummary) {
    this.#lesson = lesson;
    this.#signatures = new Set(lesson.signatures);
  }

  add(record: LearningRecord): void {
    const { name, action, digests, tools } = this.#lesson;
    if (record.kind === 'noted' || !this.#signatures.has(record.sig)) return;
    if (tools !== undefined && !anyGlobTest(tools)(record.tool)) return;
    if (record.kind === 'recovered' || record.kind === 'still_failing') {
      this.#gaps.addRecord(record);
      return;
    }
    const outcome = recordOutcome(record);
    const hasRun = record.kind === 'repaired' ? record.before !== 'succeeded' : record.mode === 'run';
    if (hasRun) this.#gaps.ran(parseTimestamp(record.timestamp), record.window_ms);
    if (outcome === null) return;
    if (record.kind === 'trial' && !hasRun) {
      if (record.mode === 'control' || record.needless === true)
        this.#gaps.add('trial', { ...outcome, tool: record.tool });
      return;
    }
    const isOwn =
      record.kind === 'repaired'
        ? record.incomplete !== true && isDeepStrictEqual(record.action, action)
        : record.lesson === name && record.digest !== undefined && digests.includes(record.digest);
    if (!isOwn) return;
    this.#trials.push(outcome);
    if (this.#trials.length > maxPoints) this.#trials.shift();
  }

  /** The odds after each repair and trial, judged by what was known then; the oldest first. */
  get points(): readonly OddsAt[] {
    const gaps = this.#gaps.all;
    return this.#trials.map(({ at }, index) => ({
      at,
      odds: oddsOf(
        this.#trials.slice(0, index + 1),
        gaps.filter((gap) => gap.at <= at),
        at,
      ),
    }));
  }
}
