import type { Row } from '../../src/fleet/database.ts';
import { FleetDatabaseError } from '../../src/fleet/database-error.ts';
import { bodyDigest, bodyOf, type FleetLesson } from '../../src/fleet/fleet-lesson.ts';
import type { KnownLessons, LessonCache } from '../../src/fleet/lesson-cache.ts';
import { noLessons } from '../../src/fleet/lesson-cache.ts';
import { type LookState, type LookTurn, type LookTurns, neverLooked } from '../../src/fleet/lesson-look.ts';
import { isUp } from '../../src/learning/lesson.ts';
import type { LessonContent } from '../../src/learning/lesson-schema.ts';
import type { Outcome, Rung } from '../../src/learning/model.ts';
import type { Clock } from '../../src/model/clock.ts';

/** What a lesson matches and runs. */
export const aBody = (text = 'tunnel office is down'): Pick<LessonContent, 'pattern' | 'fix'> => ({
  pattern: {
    ...{ id: '00112233445566aa', class: 'network', text: [text], tools: ['*'], phase: 'unknown' },
    ...{ examples: [text], counterexamples: ['all is well'] },
  },
  fix: { use: 'own:tunnel' },
});

/** The lessons in the database of a fleet, in memory. */
export class FakeLessonDatabase {
  readonly #clock: Clock;
  readonly lessons = new Map<string, FleetLesson>();
  readonly outcomes = new Map<string, { trials: Outcome[]; gaps: Outcome[] }>();
  machines: string[] = [];
  readonly statements: string[] = [];
  /** What happens to the next statements. */
  condition: 'works' | 'lost' | 'silent' | 'unusable' = 'works';
  #revision = 0;
  readonly #waiting: ((error: Error) => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  publish(name: string, rung: Rung, body = bodyOf(aBody())): FleetLesson {
    const version = (this.lessons.get(name)?.version ?? 0) + 1;
    const lesson = { name, version, rung, digest: bodyDigest(name, body), body, approvedBy: 'alice', approvedMs: 0 };
    this.lessons.set(name, lesson);
    this.#revision += 1;
    return lesson;
  }

  async query<T extends object>(text: string, values: readonly unknown[]): Promise<Row<T>> {
    const name = /healflow\.(\w+)/.exec(text)?.[1] ?? '';
    this.statements.push(name);
    if (this.condition === 'lost') throw new FleetDatabaseError('lost', 'connection refused');
    if (this.condition === 'unusable') throw new FleetDatabaseError('unusable', 'run `healflow fleet migrate`');
    if (this.condition === 'silent') await new Promise<never>((_, reject) => this.#waiting.push(reject));
    return { row: this.#respond(name, values) as T, aheadMs: 0 };
  }

  /** Breaks the connections of all. */
  disconnect(): void {
    for (const reject of this.#waiting) reject(new FleetDatabaseError('lost', 'the connection broke'));
  }

  async close(): Promise<void> {}

  #respond(name: string, values: readonly unknown[]): object {
    const now_ms = this.#clock.now();
    if (name === 'hello') return { schema_version: 7, space: 'team' };
    if (name === 'read_lessons') {
      const isSame = values[0] === this.#revision;
      return { revision: String(this.#revision), lessons: isSame ? null : [...this.lessons.values()], now_ms };
    }
    if (name === 'lesson_outcomes') {
      const rows = (of: readonly Outcome[] = []) => of.map(({ at, windowMs, succeeded }) => [at, windowMs, succeeded]);
      const outcomes = (values[0] as string[]).map((lesson) => {
        const known = this.outcomes.get(lesson);
        const digest = this.lessons.get(lesson)?.digest;
        return [lesson, { digest, trials: rows(known?.trials), gaps: rows(known?.gaps) }];
      });
      return { outcomes: Object.fromEntries(outcomes), machines: this.machines, now_ms };
    }
    const [lesson, digest, rung] = values as [string, string, Rung];
    const known = this.lessons.get(lesson);
    if (name !== 'demote_lesson' || known === undefined) throw new Error(`the fake does not know ${name} ${lesson}`);
    const demoted = known.digest === digest && isUp(rung, known.rung);
    if (demoted) {
      this.lessons.set(lesson, { ...known, rung, version: known.version + 1 });
      this.#revision += 1;
    }
    return { demoted };
  }
}

/** What the processes of a machine know, in memory. */
export class MemoryLessonCache implements LessonCache {
  known: KnownLessons = noLessons;
  /** Whether it can be written. */
  isWritable = true;
  #changes = 0;

  read(): KnownLessons {
    return this.known;
  }

  stamp(): string {
    return String(this.#changes);
  }

  async write(known: KnownLessons): Promise<boolean> {
    if (!this.isWritable) return false;
    this.known = JSON.parse(JSON.stringify(known));
    this.#changes += 1;
    return true;
  }
}

/** Whose turn it is on a machine, in memory. */
export class MemoryLookTurns implements LookTurns {
  state: LookState = neverLooked;
  isTaken = false;

  read(): LookState {
    return this.state;
  }

  async write(state: LookState): Promise<void> {
    this.state = state;
  }

  async take(): Promise<LookTurn | null> {
    if (this.isTaken) return null;
    this.isTaken = true;
    return {
      end: async () => {
        this.isTaken = false;
      },
    };
  }
}
