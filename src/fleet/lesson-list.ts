import type { Odds, Rung } from '../learning/model.ts';
import { oddsOf } from '../learning/odds.ts';
import type { Queryable } from './database.ts';
import { readLessonOutcomes } from './lesson-outcomes.ts';
import { asReader } from './overview.ts';

/** A lesson of a fleet, as its readers see it. Times are in ISO 8601, in UTC. */
export interface ListedLesson {
  readonly name: string;
  readonly version: number;
  readonly rung: Rung;
  /** Pattern and fix, as JSON. */
  readonly body: string;
  readonly digest: string;
  readonly approvedRung: Rung;
  readonly approvedBy: string;
  readonly approvedAt: string;
  /** Of the trials of all machines. */
  readonly odds: Odds;
}

const listSql = `select coalesce(json_agg(l order by l.name), '[]') as lessons from (
  select name, version, rung, body, digest, approved_rung as "approvedRung", approved_by as "approvedBy",
      to_char(approved_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "approvedAt"
    from healflow.lessons) l`;

/**
 * Lists the lessons of a fleet with their odds; only a reader or an approver may.
 *
 * @throws FleetDatabaseError
 */
export const listLessons = async (database: Queryable): Promise<readonly ListedLesson[]> => {
  const { lessons } = (await asReader(database.query<{ lessons: Omit<ListedLesson, 'odds'>[] }>(listSql, []))).row;
  const names = lessons.map(({ name }) => name);
  const { outcomes, now } = await asReader(readLessonOutcomes(database, names));
  return lessons.map((lesson) => {
    const { trials = [], gaps = [] } = outcomes.get(`${lesson.name} ${lesson.digest}`) ?? {};
    return { ...lesson, odds: oddsOf(trials, gaps, now) };
  });
};

/** What became of a publication. */
export interface Publication {
  /** False if somebody else has changed the lesson meanwhile: the rest is what it is now. */
  readonly published: boolean;
  readonly version: number;
  readonly rung: Rung | null;
}

/**
 * Publishes a lesson or moves it; only an approver may.
 *
 * @throws FleetDatabaseError
 */
export const publishLesson = async (
  database: Queryable,
  move: {
    readonly name: string;
    /** Null leaves it as it is. */
    readonly body: string | null;
    readonly rung: Rung;
    /** The version that the person has seen; 0 if there was none. */
    readonly version: number;
    readonly reason: string | null;
  },
): Promise<Publication> => {
  const { name, body, rung, version, reason } = move;
  const sql = 'select published, version, rung from healflow.publish_lesson($1, $2, $3, $4, $5)';
  return (await database.query<Publication>(sql, [name, body, rung, version, reason])).row;
};
