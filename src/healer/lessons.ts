import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { FixCall } from '../../fixes/catalogue.ts';
import { learnedFix } from '../../fixes/learned.ts';
import { lessonsDir } from '../config/paths.ts';
import type { Config } from '../config/schema.ts';
import type { ActiveLessons } from '../learning/active-lessons.ts';
import { type Lesson, lessonFixName } from '../learning/lesson.ts';
import type { LessonSource, SourcedLesson } from '../learning/lesson-source.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { Fix } from '../model/fix.ts';
import type { Refusal } from '../model/refusal.ts';
import type { FixName, LessonFixName } from '../model/terms.ts';
import { fileStamp } from '../platform/fs.ts';
import type { Redactor } from '../redact/index.ts';
import type { FixContext } from '../runner/context.ts';
import { refuse } from '../runner/refusal.ts';
import { messageOf } from '../text/error-text.ts';

/** A lesson that is at work: its rung is `shadow`, `ask` or `auto`. */
export interface ActiveLesson {
  readonly lesson: Lesson;
  readonly matches: (tool: string, line: string) => boolean;
  /** Of a lesson of the fleet: the digest of its pattern and fix. */
  readonly digest?: string;
}

export interface LessonsOptions {
  readonly config: Config;
  readonly baseDir: string;
  /** The folder with the key that approvals are sealed with. */
  readonly stateDir: string;
  /** Finds a configured fix. */
  readonly select: (name: FixName, call: FixCall) => Fix | Refusal;
  readonly context: FixContext & { readonly redact: Redactor };
  readonly warn: (message: string) => void;
  /** Where lessons come from besides the folder. */
  readonly source?: LessonSource | undefined;
}

/** Whether a failure may be one that a lesson is for: nothing repairs a wrong call, or a permission that is missing. */
const isLearnable = ({ failure, class: failureClass, subclass, fixes, pattern }: Diagnosis): boolean => {
  if (!failure || failureClass === 'usage' || failureClass === 'none') return false;
  if (subclass === 'forbidden' || pattern.startsWith('http.403')) return false;
  return failureClass !== 'auth' || fixes.length > 0;
};

/** Whether lessons are looked for at all. The user's own patterns come first. */
export const mayHaveLesson = (diagnosis: Diagnosis, ownPatterns: ReadonlySet<string>): boolean =>
  isLearnable(diagnosis) && !ownPatterns.has(diagnosis.pattern);

/** What a failure is once a lesson was found for it: it has its fix first, and its class if it had none. */
export const withLesson = (diagnosis: Diagnosis, { name, content }: Lesson): Diagnosis => {
  const fix = lessonFixName(name);
  return {
    ...diagnosis,
    class: diagnosis.class === 'unrecognised' ? content.pattern.class : diagnosis.class,
    pattern: fix,
    fixes: [fix, ...diagnosis.fixes],
  };
};

const maxTold = 1_000;

/** Minimum time between two looks at all files, in ms: failures may come by the thousand. */
const lookAgainMs = 100;

const activeRungs: readonly string[] = ['auto', 'ask', 'shadow'];

/** In the order in which they are tried: the one that may do most first. */
export const inOrder = (active: readonly ActiveLesson[]): readonly ActiveLesson[] =>
  [...active].sort((one, other) => activeRungs.indexOf(one.lesson.rung) - activeRungs.indexOf(other.lesson.rung));

/**
 * The lessons of a configuration. They are read with the first failure, and again with a later one if a file has changed; nothing
 * is loaded while there is no folder.
 */
export class Lessons {
  readonly dir: string;
  readonly #options: LessonsOptions;
  readonly #ownPatterns: ReadonlySet<string>;
  #stamps = new Map<string, string>();
  #dirStamp: string | undefined;
  #own: Pick<ActiveLessons, 'active' | 'rungs'> = { active: [], rungs: new Map() };
  #sourced: readonly SourcedLesson[] = [];
  /** What of the folder is in `#active`, together with what came from the source. */
  #merged: unknown = null;
  /** When all files were looked at last, on the monotonic clock. */
  #lookedAt = Number.NEGATIVE_INFINITY;
  #active: readonly ActiveLesson[] = [];
  #loading: Promise<void> | undefined;
  readonly #told = new Set<string>();

  constructor(options: LessonsOptions) {
    this.#options = options;
    this.dir = lessonsDir(options);
    this.#ownPatterns = new Set(options.config.patterns.map(({ id }) => id));
  }

  /** Finds the lesson for a failure; null if there is none. */
  match(tool: string, diagnosis: Diagnosis): ActiveLesson | null | Promise<ActiveLesson | null> {
    if (!mayHaveLesson(diagnosis, this.#ownPatterns)) return null;
    const { source } = this.#options;
    try {
      const found = this.#find(tool, diagnosis);
      const isCurrent = source === undefined && !this.#isChanged(found);
      if (isCurrent) return found;
      const loaded = source === undefined ? this.#load() : this.#loadAll(source, found);
      return loaded.then(() => this.#find(tool, diagnosis)).catch((error: unknown) => this.#withoutLessons(error));
    } catch (error) {
      return this.#withoutLessons(error);
    }
  }

  /** A call is healed as if there were no lessons. */
  #withoutLessons(error: unknown): null {
    this.#tell(`the lessons in ${this.dir} are not used: ${messageOf(error)}`);
    return null;
  }

  #tell(problem: string): void {
    if (this.#told.has(problem)) return;
    if (this.#told.size >= maxTold) this.#told.clear();
    this.#told.add(problem);
    this.#options.warn(problem);
  }

  /** Makes the fix of a lesson for a failed call, or says why there is none. Its cool-down and its run are those of the fix that it names. */
  select(name: LessonFixName, call: FixCall): Fix | Refusal {
    const { config, baseDir, select, context } = this.#options;
    const found = this.#active.find(({ lesson }) => lessonFixName(lesson.name) === name)?.lesson;
    if (found === undefined || (found.rung !== 'ask' && found.rung !== 'auto')) {
      return refuse('FIX_NOT_CONFIGURED', `${name} is not at work`);
    }
    const options = { programs: config.learn.programs, path: context.env.PATH, cwd: baseDir };
    const made = learnedFix(name, found.content.fix, { call, context, trust: options, select });
    if ('code' in made) return made;
    return found.rung === 'ask' ? made.asking : made.fix;
  }

  #find(tool: string, { summary }: Diagnosis): ActiveLesson | null {
    return this.#active.find(({ matches }) => matches(tool, summary)) ?? null;
  }

  /** Whether the files have to be read again. The one of a lesson that may run is looked at each time. */
  #isChanged(found: ActiveLesson | null): boolean {
    // Failures that come together all wait for the same files.
    if (this.#loading !== undefined) return true;
    const now = this.#options.context.clock.monotonic();
    if (now - this.#lookedAt < lookAgainMs) {
      const file = found === null ? undefined : `${found.lesson.name}.yaml`;
      return file !== undefined && fileStamp(join(this.dir, file)) !== (this.#stamps.get(file) ?? '');
    }
    this.#lookedAt = now;
    const stamp = fileStamp(this.dir, statSync);
    if (stamp !== this.#dirStamp) return this.#dirStamp !== undefined || stamp !== '';
    for (const [name, known] of this.#stamps) if (fileStamp(join(this.dir, name)) !== known) return true;
    return false;
  }

  async #loadAll(source: LessonSource, found: ActiveLesson | null): Promise<void> {
    const [{ withSourced }] = await Promise.all([
      import('../learning/active-lessons.ts'),
      this.#isChanged(found) ? this.#load() : undefined,
    ]);
    const sourced = source.current();
    const isSame = sourced.length === this.#sourced.length && sourced.every((one, at) => one === this.#sourced[at]);
    if (isSame && this.#merged === this.#own) return;
    this.#sourced = sourced;
    this.#merged = this.#own;
    this.#active = inOrder(withSourced(this.#own, sourced));
  }

  #load(): Promise<void> {
    this.#loading ??= this.#read().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #read(): Promise<void> {
    const { context, stateDir } = this.#options;
    // Taken before the files are read: what changes meanwhile is read with the next failure.
    const dirStamp = fileStamp(this.dir, statSync);
    try {
      const { activeLessons } = await import('../learning/active-lessons.ts');
      const { active, rungs, files, problems } = await activeLessons(this.dir, context.redact, stateDir, (path) =>
        fileStamp(path),
      );
      this.#own = { active, rungs };
      if (this.#options.source === undefined) this.#active = inOrder(active);
      this.#stamps = new Map(files);
      for (const problem of problems) this.#tell(problem);
    } catch (error) {
      this.#own = { active: [], rungs: new Map() };
      if (this.#options.source === undefined) this.#active = [];
      this.#stamps = new Map();
      this.#tell(`the lessons in ${this.dir} cannot be read: ${messageOf(error)}`);
    }
    this.#dirStamp = dirStamp;
  }
}
