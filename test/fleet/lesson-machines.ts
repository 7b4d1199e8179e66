import { FleetLessons, type FleetLessonsParts } from '../../src/fleet/fleet-lessons.ts';
import { FileLessonCache, lessonCachePath } from '../../src/fleet/lesson-cache.ts';
import { FileLookTurns } from '../../src/fleet/lesson-look.ts';
import { createRedactor } from '../../src/redact/index.ts';
import { MachineLockStore } from '../../src/sharing/machine-lock-store.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeLessonDatabase, MemoryLessonCache, MemoryLookTurns } from './fake-lessons.ts';

/** Longer than the time between two looks of a machine, with its jitter. */
export const period = 76_000;
/** Longer than the time between two looks of a process at its files. */
export const moment = 150;

/** The parts of a machine: what its processes share. */
export const aMachine = (id = 'machine-a') => ({
  cache: new MemoryLessonCache(),
  turns: new MemoryLookTurns(),
  machine: { id, host: 'host', version: '0' },
});

/** The same in files. */
export const filesOf = (stateDir: string, clock: FakeClock) => ({
  ...aMachine(),
  cache: new FileLessonCache(lessonCachePath(stateDir, 'fleet')),
  turns: new FileLookTurns(stateDir, 'fleet', new MachineLockStore({ stateDir, clock })),
});

export const setUp = () => {
  const clock = new FakeClock();
  const database = new FakeLessonDatabase(clock);
  const warnings: string[] = [];
  const start = (
    parts: Pick<FleetLessonsParts, 'cache' | 'turns' | 'machine'> = aMachine(),
    more: Partial<FleetLessonsParts> = {},
  ) => {
    const lessons = new FleetLessons({
      ...{ database, clock, random: () => 0.5, redact: createRedactor(), ...parts },
      disconnect: () => database.disconnect(),
      warn: (message) => warnings.push(message),
      ...more,
    });
    /** What a call gets that fails now. */
    const rungs = () => Object.fromEntries(lessons.current().map(({ lesson, rung }) => [lesson.name, rung]));
    /** What one gets that fails a moment after another one. */
    const next = async () => {
      await clock.advance(moment);
      rungs();
      await clock.advance(moment);
      return rungs();
    };
    return { lessons, rungs, next };
  };
  return { clock, database, warnings, start };
};
