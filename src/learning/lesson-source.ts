import type { Lesson } from './lesson.ts';

/** A lesson from elsewhere than the folder of this machine. */
export interface SourcedLesson {
  /** With the rung that it has on this machine. */
  readonly lesson: Lesson;
  /** A digest of its pattern and fix. */
  readonly digest: string;
}

/** Where lessons come from besides the folder of this machine: the fleet. */
export interface LessonSource {
  /**
   * The lessons after a failure. May wait for a while, but never rejects.
   *
   * @param remainingMs The time that the failed call has left, in ms.
   */
  current(remainingMs: number): Promise<readonly SourcedLesson[]>;
  /** Moves a lesson down to `ask`: here at once, and for everyone else as soon as that is possible. Never rejects. */
  demote(name: string, digest: string, reason: string): Promise<void>;
}
