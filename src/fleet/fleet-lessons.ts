import { isDeepStrictEqual } from 'node:util';
import type { Rung } from '../learning/model.ts';
import { oddsOf } from '../learning/odds.ts';
import { isFirst, isProven, lowerRung } from '../learning/rollout.ts';
import type { Clock } from '../model/clock.ts';
import type { Redact } from '../model/diagnosis.ts';
import type { CancelSource } from '../platform/cancellation.ts';
import { shortLine } from '../text/one-line.ts';
import type { FleetDatabase } from './database.ts';
import { databaseError, type FleetDatabaseError } from './database-error.ts';
import { type FleetLesson, fleetLessonsIn } from './fleet-lesson.ts';
import { inTime } from './in-time.ts';
import type { KnownLessons, LessonCache, Lowered } from './lesson-cache.ts';
import { readLessonOutcomes } from './lesson-outcomes.ts';
import type { LossNote } from './loss-note.ts';
import { LossWatch } from './loss-watch.ts';

export interface FleetLessonsParts {
  readonly database: Pick<FleetDatabase, 'query' | 'answeredAt'>;
  readonly clock: Clock;
  /** The id of this machine in the fleet. */
  readonly machine: string;
  /** What the processes of this machine tell each other of the lessons. */
  readonly cache: LessonCache;
  /** The same of a lost database. */
  readonly losses?: LossNote | undefined;
  readonly redact: Redact;
  readonly warn: (message: string) => void;
}

/** A lesson of the fleet, as far as it goes on this machine. */
export interface LessonHere {
  readonly lesson: FleetLesson;
  /** Its rung here: never higher than in the fleet. */
  readonly rung: Rung;
}

/** The time that a failing call has for the lessons. */
export interface LessonWait {
  /** In ms. @default not limited */
  readonly remainingMs?: number | undefined;
  readonly cancels?: CancelSource | undefined;
}

/** How often the database is looked at, in ms, and only if calls fail. */
const lookMs = 60_000;
/** The same after it could not be asked. */
const lostMs = 15_000;
const maxReason = 1_000;

const union = (some: readonly Lowered[], more: readonly Lowered[]): readonly Lowered[] => [
  ...some.filter(({ name, digest }) => !more.some((one) => one.name === name && one.digest === digest)),
  ...more,
];

/** A row of `healflow.read_lessons`. */
interface LessonsRow {
  readonly revision: string | number;
  readonly lessons: unknown;
}

/**
 * The lessons of a fleet on one machine. Its database is looked at after a failure, at most once a minute; no call waits for it
 * longer than a lost database is waited for. Without it, the last ones that were seen stay, at the rungs that they had.
 */
export class FleetLessons {
  readonly #parts: FleetLessonsParts;
  readonly #loss: LossWatch;
  #known: KnownLessons | undefined;
  #lookAt = Number.NEGATIVE_INFINITY;
  #look: Promise<void> | undefined;
  /** What other processes of this machine have moved down, as far as the database may not know it. */
  #others: readonly Lowered[] = [];
  /** What this process has moved down and could not write. */
  #unwritten: readonly Lowered[] = [];
  #warned = '';

  constructor(parts: FleetLessonsParts) {
    this.#parts = parts;
    this.#loss = new LossWatch(parts.clock, () => parts.database.answeredAt, parts.losses);
  }

  /** The lessons after a failure, the retired ones, too. Never rejects, unless the call is cancelled. */
  async current({ remainingMs, cancels }: LessonWait = {}): Promise<readonly LessonHere[]> {
    await this.#refresh({ remainingMs, cancels });
    const { lessons, proven, first, lowered } = this.#read();
    return lessons.map((lesson) => {
      const { name, digest } = lesson;
      const reached = lesson.rung !== 'auto' || proven.includes(digest) || first.includes(name) ? lesson.rung : 'ask';
      const own = [...lowered, ...this.#others].filter((one) => one.name === name && one.digest === digest);
      return { lesson, rung: own.reduce((rung, one) => lowerRung(rung, one.rung), reached) };
    });
  }

  /**
   * Moves a lesson down: on this machine at once, and in the fleet as soon as its database can be asked.
   *
   * @param digest Of the lesson that was tried: one that was published since stays as it is.
   */
  async demote(name: string, digest: string, rung: 'proposed' | 'shadow' | 'ask', reason: string): Promise<void> {
    const known = this.#read();
    const text = shortLine(this.#parts.redact(reason), maxReason);
    const lowered = { name, digest, rung, reason: text };
    const isWritten = await this.#write({ ...known, lowered: union(this.#untold(), [lowered]) });
    if (!isWritten) this.#unwritten = union(this.#unwritten, [lowered]);
    this.#lookAt = Number.NEGATIVE_INFINITY;
    await this.#refresh({});
  }

  #read(): KnownLessons {
    this.#known ??= this.#parts.cache.read();
    return this.#known;
  }

  #write(known: KnownLessons): Promise<boolean> {
    this.#known = known;
    return this.#parts.cache.write(known);
  }

  /** Looks at the database if it is time to; waits for it as long as the call may. */
  async #refresh({ remainingMs, cancels }: LessonWait): Promise<void> {
    const { clock } = this.#parts;
    if (this.#look === undefined && clock.monotonic() < this.#lookAt) return;
    try {
      const limitMs = this.#loss.ask(remainingMs);
      this.#look ??= this.#ask().finally(() => {
        this.#look = undefined;
      });
      await inTime(clock, this.#look, limitMs, cancels);
      this.#loss.answered();
      this.#warned = '';
    } catch (error) {
      if (cancels?.aborted === true) throw error;
      this.#lookAt = clock.monotonic() + lostMs;
      await this.#lost(databaseError(error), remainingMs);
    }
  }

  async #lost(failure: FleetDatabaseError, remainingMs: number | undefined): Promise<void> {
    await this.#loss.isLost(failure, remainingMs);
    // Another process may have seen what this one could not.
    const cached = this.#parts.cache.read();
    this.#others = cached.lowered;
    if (cached.revision > this.#read().revision) this.#known = { ...cached, lowered: this.#read().lowered };
    const { message } = failure;
    if (this.#warned === message) return;
    this.#warned = message;
    this.#parts.warn(`the lessons of the fleet cannot be read: ${message}; those that are known stay as they are`);
  }

  async #ask(): Promise<void> {
    const { database, clock } = this.#parts;
    const told = this.#untold();
    for (const lowered of told) await this.#tell(lowered);
    const known = this.#read();
    const { row } = await database.query<LessonsRow>('select * from healflow.read_lessons($1)', [known.revision]);
    const lessons = row.lessons === null ? known.lessons : fleetLessonsIn(row.lessons);
    const rollout = await this.#rollout(lessons, known);
    const lowered = this.#untold().filter((one) => !told.some((other) => isDeepStrictEqual(one, other)));
    this.#others = [];
    this.#unwritten = this.#unwritten.filter((one) => lowered.includes(one));
    const next = { revision: Number(row.revision), lessons, ...rollout, lowered };
    this.#lookAt = clock.monotonic() + lookMs;
    if (!isDeepStrictEqual(next, this.#parts.cache.read())) await this.#write(next);
    else this.#known = next;
  }

  /** What the database has not been told, by any process of this machine. */
  #untold(): readonly Lowered[] {
    return union(this.#parts.cache.read().lowered, this.#unwritten);
  }

  async #tell({ name, digest, rung, reason }: KnownLessons['lowered'][number]): Promise<void> {
    const { database, machine } = this.#parts;
    const values = [name, digest, rung, machine, reason];
    await database.query('select * from healflow.demote_lesson($1, $2, $3, $4, $5)', values);
  }

  /** Which of those that may run by themselves do so here. Once one has reached all machines, that is not asked again. */
  async #rollout(
    lessons: readonly FleetLesson[],
    known: KnownLessons,
  ): Promise<Pick<KnownLessons, 'proven' | 'first'>> {
    const auto = lessons.filter(({ rung }) => rung === 'auto');
    const proven = known.proven.filter((digest) => auto.some((lesson) => lesson.digest === digest));
    const open = auto.filter(({ digest }) => !proven.includes(digest));
    if (open.length === 0) return { proven, first: [] };
    const { database, machine } = this.#parts;
    const { outcomes, machines, now } = await readLessonOutcomes(
      database,
      open.map(({ name }) => name),
    );
    const first: string[] = [];
    for (const { name, digest } of open) {
      const { trials = [], gaps = [] } = outcomes.get(`${name} ${digest}`) ?? {};
      if (isProven(oddsOf(trials, gaps, now))) proven.push(digest);
      else if (isFirst({ lesson: name, machine, machines })) first.push(name);
    }
    return { proven, first };
  }
}
