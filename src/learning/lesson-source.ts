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
  /** The lessons after a failure, as far as this machine knows them. No call waits for more. Never throws. */
  current(): readonly SourcedLesson[];
  /** Moves a lesson down to `ask`: here at once, and for everyone else in the background. Never rejects. */
  demote(name: string, digest: string, reason: string): Promise<void>;
}
