import { createHash } from 'node:crypto';
import type { Lesson } from '../learning/lesson.ts';
import { type LessonProblem, parseLesson } from '../learning/lesson-file.ts';
import type { LessonContent } from '../learning/lesson-schema.ts';
import { type Rung, rungs } from '../learning/model.ts';
import type { Redactor } from '../redact/index.ts';
import { isRecord } from '../text/is-record.ts';

/** A lesson as the database of a fleet has it. */
export interface FleetLesson {
  readonly name: string;
  /** Grows with each move. */
  readonly version: number;
  readonly rung: Rung;
  /** Of the name and the body. */
  readonly digest: string;
  /** Pattern and fix, as JSON; null for one that is retired. */
  readonly body: string | null;
  /** The role that published it, or moved it up. */
  readonly approvedBy: string;
  /** When, in ms since the epoch, by the clock of the database. */
  readonly approvedMs: number;
}

/** What is published of a lesson: not its evidence, nor who approved it here. */
export const bodyOf = ({ pattern, fix }: Pick<LessonContent, 'pattern' | 'fix'>): string =>
  JSON.stringify({ pattern, fix });

/** The digest of a lesson, as the database makes it. */
export const bodyDigest = (name: string, body: string): string =>
  createHash('sha256').update(`${name.length}:${name}${body}`).digest('hex');

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** The lessons in a value that came from elsewhere; what is damaged is left out. */
export const fleetLessonsIn = (value: unknown): FleetLesson[] =>
  (Array.isArray(value) ? value : []).filter(
    (lesson): lesson is FleetLesson =>
      isRecord(lesson) &&
      typeof lesson.name === 'string' &&
      isCount(lesson.version) &&
      rungs.some((rung) => rung === lesson.rung) &&
      typeof lesson.digest === 'string' &&
      (lesson.body === null ||
        (typeof lesson.body === 'string' && bodyDigest(lesson.name, lesson.body) === lesson.digest)) &&
      typeof lesson.approvedBy === 'string' &&
      typeof lesson.approvedMs === 'number',
  );

/**
 * Reads what a lesson of a fleet matches and runs, as if it were a file of this machine.
 *
 * @param rung Its rung on this machine.
 */
export const toLesson = (lesson: FleetLesson, rung: Rung, redact: Redactor): Lesson | LessonProblem => {
  const { name, body, digest, approvedBy, approvedMs } = lesson;
  let content: unknown;
  try {
    content = JSON.parse(body ?? '');
  } catch {
    return { name, findings: [], reason: 'it is no JSON' };
  }
  const { pattern, fix } = isRecord(content) ? content : {};
  const read = parseLesson(name, JSON.stringify({ pattern, fix, rung: 'proposed' }), redact);
  if (!('content' in read)) return read;
  const approved = { by: approvedBy, at: new Date(approvedMs).toISOString(), digest: digest.slice(0, 32), seals: [] };
  return { ...read, content: { ...read.content, rung, approved }, rung, version: digest };
};
