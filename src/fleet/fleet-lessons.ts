import { isDeepStrictEqual } from 'node:util';
import type { Rung } from '../learning/model.ts';
import { oddsOf } from '../learning/odds.ts';
import { isFirst, isProven, rungHere } from '../learning/rollout.ts';
import type { Clock, Random } from '../model/clock.ts';
import type { Redact } from '../model/diagnosis.ts';
import { unrefClock } from '../platform/unref-clock.ts';
import { within } from '../platform/wait.ts';
import { shortLine } from '../text/one-line.ts';
import type { FleetDatabase } from './database.ts';
import { databaseError } from './database-error.ts';
import { type FleetLesson, fleetLessonsIn } from './fleet-lesson.ts';
import { inTime } from './in-time.ts';
import { type KnownLessons, type LessonCache, type Lowered, noLessons } from './lesson-cache.ts';
import type { LookState, LookTurns } from './lesson-look.ts';
import { readLessonOutcomes } from './lesson-outcomes.ts';
import type { FleetMachine } from './machine.ts';

export interface FleetLessonsParts {
  /** Must keep no process from ending while a statement is under way. */
  readonly database: Pick<FleetDatabase, 'query' | 'close'>;
  /** Breaks its connections at once. */
  readonly disconnect: () => void;
  readonly clock: Clock;
  readonly random: Random;
  /** This machine, as the fleet sees it. */
  readonly machine: FleetMachine;
  /** What the processes of this machine tell each other of the lessons. */
  readonly cache: LessonCache;
  /** Which of them asks the database, and when. */
  readonly turns: LookTurns;
  readonly redact: Redact;
  readonly warn: (message: string) => void;
  /**
   * Whether this process has warned of a lost database already.
   *
   * @default no
   */
  readonly isLossTold?: () => boolean;
}

/** A lesson of the fleet, as far as it goes on this machine. */
export interface LessonHere {
  readonly lesson: FleetLesson;
  /** Its rung here: never higher than in the fleet. */
  readonly rung: Rung;
}

/** How often a machine asks the database, in ms, plus or minus a quarter, and only if calls fail; also if it was lost. */
const lookMs = 60_000;
/** How long a process that asks may take, in ms, before another one may; jittered, too. */
const claimMs = 15_000;
/** How long one waits for the database, in ms; no call waits with it. */
const lookLimitMs = 8_000;
/** How often the files are looked at, in ms: failures may come by the thousand. */
const readAgainMs = 100;
/** When a process that has moved a lesson down tries again to tell the database, in ms, while another process asks. */
const tellAgainMs = 1_000;
/** How long a close waits for a look that is under way, in ms. */
const closeMs = 200;
const maxReason = 1_000;

const isSame = (one: Lowered, other: Lowered): boolean =>
  one.name === other.name && one.digest === other.digest && one.rung === other.rung;

const union = (some: readonly Lowered[], more: readonly Lowered[]): readonly Lowered[] => [
  ...some.filter((one) => !more.some((other) => isSame(one, other))),
  ...more,
];

/** A row of `healflow.read_lessons`. */
interface LessonsRow {
  readonly revision: string | number;
  readonly lessons: unknown;
}

/**
 * The lessons of a fleet on one machine. No call waits for its database: a call gets what the machine knows, and the database
 * is asked beside it, by one process of the machine at most once a minute. Without the database, the last lessons that were
 * seen stay, at the rungs that they had.
 */
export class FleetLessons {
  readonly #parts: FleetLessonsParts;
  readonly #quiet: Clock;
  #known: KnownLessons = noLessons;
  #stamp = '';
  /** When the files are looked at again, on the monotonic clock. */
  #readAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;
  /** What this process has moved down and the database may not know, and when that was written to the cache. */
  #own: readonly { readonly lowered: Lowered; readonly at: number }[] = [];
  #timer: unknown;
  #isWarned = false;
  #isClosed = false;
  #isCut = false;

  constructor(parts: FleetLessonsParts) {
    this.#parts = parts;
    this.#quiet = unrefClock(parts.clock);
  }

  /** The lessons after a failure, the retired ones, too, as far as this machine knows them. Never throws. */
  current(): readonly LessonHere[] {
    const now = this.#parts.clock.monotonic();
    if (now >= this.#readAt) {
      this.#readAt = now + readAgainMs;
      this.#read();
      const state = this.#parts.turns.read();
      this.#forget(state);
      if (this.#waitMs(state) <= 0) this.#look();
    }
    const { lessons, proven, first, lowered } = this.#known;
    const all = [...lowered, ...this.#own.map((own) => own.lowered)];
    return lessons.map((lesson) => {
      const { name, digest } = lesson;
      const own = all.filter((one) => one.name === name && one.digest === digest).map(({ rung }) => rung);
      return { lesson, rung: rungHere(lesson.rung, own, proven.includes(digest) || first.includes(name)) };
    });
  }

  /**
   * Moves a lesson down: on this machine at once, and in the fleet beside it, as soon as its database can be asked.
   *
   * @param digest Of the lesson that was tried: one that was published since stays as it is.
   */
  async demote(name: string, digest: string, rung: 'proposed' | 'shadow' | 'ask', reason: string): Promise<void> {
    const { cache, clock, redact } = this.#parts;
    const lowered: Lowered = { name, digest, rung, reason: shortLine(redact(reason), maxReason) };
    this.#keep(lowered, Number.POSITIVE_INFINITY);
    this.#read();
    const isWritten = await cache.write({ ...this.#known, lowered: union(cache.read().lowered, [lowered]) });
    if (isWritten && this.#own.some((own) => own.lowered === lowered)) this.#keep(lowered, clock.now());
    this.#look();
  }

  /** Closes within a second. The next process that asks sends the database what this one could not. */
  async close(): Promise<void> {
    const { clock, database, disconnect } = this.#parts;
    this.#isClosed = true;
    clock.clearTimeout(this.#timer);
    const looking = this.#looking;
    if (looking !== undefined && !(await within(clock, closeMs, [looking]))) {
      this.#isCut = true;
      disconnect();
      await within(clock, closeMs, [looking]);
    }
    await within(clock, closeMs, [database.close()]);
  }

  #keep(lowered: Lowered, at: number): void {
    this.#own = [...this.#own.filter((own) => !isSame(own.lowered, lowered)), { lowered, at }];
  }

  /** Forgets what this process has moved down if another one has told the database. */
  #forget({ toldAt }: LookState): void {
    if (this.#own.length > 0) this.#own = this.#own.filter(({ at }) => at >= toldAt);
  }

  /** Reads the cache if it has changed. What is known stays if it is gone. */
  #read(): void {
    const { cache } = this.#parts;
    const stamp = cache.stamp();
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    const known = cache.read();
    if (known !== noLessons) this.#known = known;
  }

  /** The time until the database may be asked, in ms. A wall clock that was set back does not prolong it. */
  #waitMs({ nextAt }: LookState): number {
    const waitMs = nextAt - this.#parts.clock.now();
    return waitMs > 2 * lookMs ? 0 : waitMs;
  }

  /** Asks the database beside the calls, if it is the turn of this process. */
  #look(): void {
    if (this.#looking !== undefined || this.#isClosed) return;
    this.#looking = this.#takeTurn()
      .catch((error: unknown) => this.#warn(error))
      .finally(() => {
        this.#looking = undefined;
        this.#tellLater();
      });
  }

  /** What this process has moved down must reach the database, whether other calls fail or not. */
  #tellLater(): void {
    const { clock, turns } = this.#parts;
    clock.clearTimeout(this.#timer);
    if (this.#isClosed || this.#own.length === 0) return;
    const state = turns.read();
    const waitMs = Math.max(this.#jittered(tellAgainMs), state.isLost ? this.#waitMs(state) : 0);
    this.#timer = this.#quiet.setTimeout(() => this.#look(), waitMs);
  }

  async #takeTurn(): Promise<void> {
    const { turns, clock } = this.#parts;
    const turn = await turns.take();
    if (turn === null) return;
    try {
      const state = turns.read();
      this.#forget(state);
      const isWanted = this.#own.length > 0 && !state.isLost;
      if (this.#waitMs(state) > 0 && !isWanted) return;
      // Other processes see that somebody asks, and one that is killed meanwhile is replaced.
      await turns.write({ ...state, nextAt: clock.now() + this.#jittered(claimMs) });
      await this.#ask(state);
    } finally {
      await turn.end();
    }
  }

  async #ask(state: LookState): Promise<void> {
    const { turns, clock } = this.#parts;
    const toldAt = clock.now();
    try {
      await inTime(this.#quiet, this.#fetch(), lookLimitMs, undefined);
      await turns.write({ nextAt: clock.now() + this.#jittered(lookMs), isLost: false, toldAt });
      this.#isWarned = false;
    } catch (error) {
      if (this.#isCut) return;
      await turns.write({ ...state, nextAt: clock.now() + this.#jittered(lookMs), isLost: true });
      this.#warn(error);
    }
  }

  #warn(error: unknown): void {
    const { warn, isLossTold } = this.#parts;
    if (this.#isWarned || this.#isCut) return;
    this.#isWarned = true;
    if (isLossTold?.() === true) return;
    const { message } = databaseError(error);
    warn(`the lessons of the fleet cannot be read: ${message}; those that are known stay as they are`);
  }

  async #fetch(): Promise<void> {
    const { database, cache } = this.#parts;
    this.#read();
    const known = this.#known;
    const told = union(
      cache.read().lowered,
      this.#own.map(({ lowered }) => lowered),
    );
    for (const lowered of told) await this.#tell(lowered);
    const { row } = await database.query<LessonsRow>('select * from healflow.read_lessons($1)', [known.revision]);
    const lessons = row.lessons === null ? known.lessons : fleetLessonsIn(row.lessons);
    const rollout = await this.#rollout(lessons, known);
    const isTold = (one: Lowered): boolean => told.some((other) => isSame(one, other));
    this.#own = this.#own.filter(({ lowered }) => !isTold(lowered));
    const cached = cache.read();
    const lowered = cached.lowered.filter((one) => !isTold(one));
    const next = { revision: Number(row.revision), lessons, ...rollout, lowered };
    this.#known = next;
    if (!isDeepStrictEqual(next, cached)) await cache.write(next);
  }

  #jittered(ms: number): number {
    return ms * (0.75 + this.#parts.random() / 2);
  }

  async #tell({ name, digest, rung, reason }: KnownLessons['lowered'][number]): Promise<void> {
    const { database, machine } = this.#parts;
    const values = [name, digest, rung, machine.id, reason];
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
    const { database } = this.#parts;
    const { id: machine, host, version } = this.#parts.machine;
    // Whether this machine is among the first, the others can tell only if they know of it.
    await database.query('select * from healflow.hello($1, $2, $3)', [machine, host, version]);
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
