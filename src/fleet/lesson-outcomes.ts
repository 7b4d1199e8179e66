import type { Outcome } from '../learning/model.ts';
import { isRecord } from '../text/is-record.ts';
import type { Queryable } from './database.ts';

/** What the machines of a fleet have seen of a lesson. */
export interface LessonOutcomes {
  /** Its runs. */
  readonly trials: readonly Outcome[];
  /** What happened with nothing run. */
  readonly gaps: readonly Outcome[];
}

interface OutcomesRow {
  readonly outcomes: unknown;
  readonly machines: unknown;
  readonly now_ms: number;
}

const outcomesIn = (value: unknown): Outcome[] =>
  (Array.isArray(value) ? value : []).flatMap((row: unknown) => {
    const [at, windowMs, succeeded] = Array.isArray(row) ? row : [];
    return typeof at === 'number' && typeof windowMs === 'number' && typeof succeeded === 'boolean'
      ? [{ at, windowMs, succeeded }]
      : [];
  });

/**
 * Reads what is known of lessons, by `name digest`, and the machines that were seen within a day.
 *
 * @throws FleetDatabaseError
 */
export const readLessonOutcomes = async (
  database: Queryable,
  names: readonly string[],
): Promise<{
  readonly outcomes: ReadonlyMap<string, LessonOutcomes>;
  readonly machines: readonly string[];
  /** The time of the database, in ms since the epoch. */
  readonly now: number;
}> => {
  const { row } = await database.query<OutcomesRow>('select * from healflow.lesson_outcomes($1)', [names]);
  const outcomes = new Map<string, LessonOutcomes>();
  for (const [name, known] of Object.entries(isRecord(row.outcomes) ? row.outcomes : {})) {
    if (!isRecord(known)) continue;
    outcomes.set(`${name} ${known.digest}`, { trials: outcomesIn(known.trials), gaps: outcomesIn(known.gaps) });
  }
  const machines = (Array.isArray(row.machines) ? row.machines : []).filter((id) => typeof id === 'string');
  return { outcomes, machines, now: row.now_ms };
};
