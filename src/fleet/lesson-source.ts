import type { LessonSource, SourcedLesson } from '../learning/lesson-source.ts';
import type { Redactor } from '../redact/index.ts';
import { toLesson } from './fleet-lesson.ts';
import type { FleetLessons } from './fleet-lessons.ts';

/** The lessons of a fleet, for a healer. A lesson that cannot be used is left out, with one warning. */
export const fleetLessonSource = (
  lessons: Pick<FleetLessons, 'current' | 'demote'>,
  { redact, warn }: { readonly redact: Redactor; readonly warn: (message: string) => void },
): LessonSource => {
  /** By digest and rung; null for one that cannot be used. */
  let known = new Map<string, SourcedLesson | null>();
  return {
    current: () => {
      const next: typeof known = new Map();
      for (const { lesson, rung } of lessons.current()) {
        const key = `${lesson.digest} ${rung} ${lesson.approvedMs}`;
        let made = known.get(key);
        if (made === undefined) {
          const read = lesson.body === null ? null : toLesson(lesson, rung, redact);
          made = read !== null && 'content' in read ? { lesson: read, digest: lesson.digest } : null;
          if (read !== null && made === null)
            warn(`the lesson ${lesson.name} of the fleet is not used: it is not valid for this version of healflow`);
        }
        next.set(key, made);
      }
      known = next;
      return [...next.values()].filter((made) => made !== null);
    },
    demote: (name, digest, reason) => lessons.demote(name, digest, 'ask', reason),
  };
};
