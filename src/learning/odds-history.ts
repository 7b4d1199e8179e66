import { isDeepStrictEqual } from 'node:util';
import { parseTimestamp } from '../event-log/timestamp.ts';
import type { LessonSummary } from './knowledge.ts';
import type { LearningRecord, Odds, Outcome } from './model.ts';
import { oddsOf } from './odds.ts';
import { isEvidence } from './signature-tally.ts';

/** What was known of a lesson after one of its repairs or trials. */
export interface OddsAt {
  /** In ms since the epoch. */
  readonly at: number;
  readonly odds: Odds;
}

const maxTrials = 200;
const maxGaps = 300;

const addTo = (list: Outcome[], outcome: Outcome, max: number): void => {
  list.push(outcome);
  if (list.length > max) list.shift();
};

/** Follows how the odds of one lesson change with the records of repairs, in their order; the last 200 repairs and trials count. */
export class OddsHistory {
  readonly #lesson: LessonSummary;
  readonly #signatures: ReadonlySet<string>;
  readonly #trials: Outcome[] = [];
  readonly #gaps: Outcome[] = [];

  constructor(lesson: LessonSummary) {
    this.#lesson = lesson;
    this.#signatures = new Set(lesson.signatures);
  }

  add(record: LearningRecord): void {
    if (record.kind === 'noted') return;
    const { name, action } = this.#lesson;
    const isOwn = record.kind === 'trial' && record.lesson === name;
    if (!isOwn && !this.#signatures.has(record.sig)) return;
    const at = parseTimestamp(record.timestamp);
    if (Number.isNaN(at)) return;
    const outcome = (succeeded: boolean): Outcome => ({ succeeded, windowMs: record.window_ms, at });
    if (record.kind === 'recovered' || record.kind === 'still_failing') {
      if (record.between.length === 0) addTo(this.#gaps, outcome(record.kind === 'recovered'), maxGaps);
    } else if (record.kind === 'repaired') {
      if (record.incomplete !== true && isEvidence(record) && isDeepStrictEqual(record.action, action))
        addTo(this.#trials, outcome(record.after === 'succeeded'), maxTrials);
    } else if (record.after !== 'unknown') {
      if (record.mode === 'control') addTo(this.#gaps, outcome(record.after === 'succeeded'), maxGaps);
      if (record.mode === 'run' && isOwn) addTo(this.#trials, outcome(record.after === 'succeeded'), maxTrials);
    }
  }

  /** The odds after each repair and trial, judged by what was known then; the oldest first. */
  get points(): readonly OddsAt[] {
    return this.#trials.map(({ at }, index) => ({
      at,
      odds: oddsOf(
        this.#trials.slice(0, index + 1),
        this.#gaps.filter((gap) => gap.at <= at),
        at,
      ),
    }));
  }
}
