import type { PlanFixInput } from '../../machines/services.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { Fix } from '../model/fix.ts';
import { messageOf } from '../text/error-text.ts';
import type { LessonTrials } from './lesson-trials.ts';
import { type ActiveLesson, type Lessons, withLesson } from './lessons.ts';
import type { HealingRun } from './run.ts';

/** What a failure is recognised as, and the wait that comes before the fix of the lesson. */
export interface Recognised {
  readonly diagnosis: Diagnosis;
  readonly control?: Fix | undefined;
}

type AnyRun = HealingRun<unknown>;
type Attempt = Pick<PlanFixInput, 'attempt' | 'maxAttempts'>;

/** The lessons in the runs of a healer. */
export class LessonsAtWork {
  readonly lessons: Lessons;
  readonly trials: LessonTrials;
  readonly #tell: (message: string) => void;
  #hasTold = false;

  constructor(lessons: Lessons, trials: LessonTrials, warn: (message: string) => void) {
    this.lessons = lessons;
    this.trials = trials;
    this.#tell = warn;
  }

  /** What goes wrong here must not change how a call is healed without lessons. */
  #warn(error: unknown): void {
    if (this.#hasTold) return;
    this.#hasTold = true;
    this.#tell(`a failure was handled as if there were no lessons: ${messageOf(error)}`);
  }

  /**
   * Finds what was learned about a failure. A lesson adds its fix, and a class if the failure had none: whether the call may be
   * retried is decided by its own evidence, as without the lesson.
   */
  recognise(run: AnyRun, diagnosis: Diagnosis, attempt: Attempt): Recognised | Promise<Recognised> {
    const asWithout = (error: unknown): Recognised => {
      this.#warn(error);
      return { diagnosis };
    };
    try {
      this.trials.failedAgain(run, attempt.attempt, diagnosis);
      const { onError = 'heal' } = run.call.rules;
      if (onError !== 'heal') return { diagnosis };
      const found = this.lessons.match(run.tool, diagnosis);
      if (!(found instanceof Promise)) return this.#apply(run, diagnosis, attempt, found);
      return found.then((active) => this.#apply(run, diagnosis, attempt, active)).catch(asWithout);
    } catch (error) {
      return asWithout(error);
    }
  }

  #apply(
    run: AnyRun,
    diagnosis: Diagnosis,
    { attempt, maxAttempts }: Attempt,
    active: ActiveLesson | null,
  ): Recognised {
    if (active === null) return { diagnosis };
    const { rung } = active.lesson;
    if (rung === 'shadow') {
      this.trials.shadow(run, active, attempt, diagnosis);
      return { diagnosis };
    }
    const closer = withLesson(diagnosis, active.lesson);
    run.replaceDiagnosis(diagnosis, closer);
    this.trials.recognised(run, active);
    const { args } = run.call.options;
    const call = { tool: run.tool, args, diagnosis: closer, remainingMs: run.remainingMs, attempt };
    return { diagnosis: closer, control: this.trials.control(run, active, call, maxAttempts) };
  }
}
