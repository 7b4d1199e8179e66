import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toLesson } from '../../src/fleet/fleet-lesson.ts';
import { FleetLessons } from '../../src/fleet/fleet-lessons.ts';
import { FileLessonCache, type LessonCache, noLessons } from '../../src/fleet/lesson-cache.ts';
import { isFirst } from '../../src/learning/rollout.ts';
import { Cancellation } from '../../src/platform/cancellation.ts';
import { createRedactor } from '../../src/redact/index.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeLessonDatabase, MemoryLessonCache } from './fake-lessons.ts';
import { temporaryFolder } from './shippers.ts';

const minute = 60_000;

const setUp = () => {
  const clock = new FakeClock();
  const database = new FakeLessonDatabase(clock);
  const warnings: string[] = [];
  const process = (cache: LessonCache = new MemoryLessonCache(), machine = 'machine-a') => {
    const redact = createRedactor();
    const warn = (message: string) => warnings.push(message);
    const lessons = new FleetLessons({ database, clock, machine, cache, redact, warn });
    const rungs = async (wait = {}): Promise<Record<string, string>> =>
      Object.fromEntries((await clock.runUntil(lessons.current(wait))).map(({ lesson, rung }) => [lesson.name, rung]));
    return { lessons, rungs, cache };
  };
  return { clock, database, warnings, process };
};

describe('the lessons of a fleet on a machine', () => {
  it('are looked at after a failure, at most once a minute, and fetched only if they have changed', async () => {
    const { clock, database, process } = setUp();
    database.publish('one', 'ask');
    const { rungs } = process();
    expect(database.statements).toEqual([]);
    expect(await rungs()).toEqual({ one: 'ask' });
    database.publish('two', 'shadow');
    expect(await rungs()).toEqual({ one: 'ask' });
    expect(database.statements).toEqual(['read_lessons']);
    await clock.advance(minute);
    expect(await rungs()).toEqual({ one: 'ask', two: 'shadow' });
    expect(database.statements).toEqual(['read_lessons', 'read_lessons']);
  });

  it('are asked for once by calls that fail at the same time', async () => {
    const { clock, database, process } = setUp();
    const { lessons } = process();
    await clock.runUntil(Promise.all([lessons.current(), lessons.current(), lessons.current()]));
    expect(database.statements).toEqual(['read_lessons']);
  });

  it('stay as they are known if the database is lost, for another process of the machine, too', async () => {
    const { clock, database, warnings, process } = setUp();
    database.publish('one', 'ask');
    const { rungs, cache } = process();
    await rungs();
    database.publish('one', 'auto');
    database.condition = 'lost';
    await clock.advance(minute);
    expect(await rungs()).toEqual({ one: 'ask' });
    expect(await process(cache).rungs()).toEqual({ one: 'ask' });
    expect(warnings[0]).toContain('connection refused');
    expect(await process().rungs()).toEqual({});
  });

  it('let no call wait for a silent database longer than half of its time, nor the next ones at all', async () => {
    const { clock, database, process } = setUp();
    database.condition = 'silent';
    const { rungs } = process();
    const begin = clock.monotonic();
    await rungs({ remainingMs: 3_000 });
    expect(clock.monotonic() - begin).toBe(1_500);
    await rungs({ remainingMs: 3_000 });
    expect(clock.monotonic() - begin).toBe(1_500);
    expect(database.statements).toHaveLength(1);
  });

  it('let a call that is cancelled go at once', async () => {
    const { database, process } = setUp();
    database.condition = 'silent';
    const cancels = new Cancellation();
    const waiting = process().lessons.current({ cancels });
    cancels.abort(new Error('the user is gone'));
    await expect(waiting).rejects.toThrow('the user is gone');
  });

  it('run by themselves on the first machines only, until the odds over the trials of all reach 100:1', async () => {
    const { clock, database, process } = setUp();
    const machines = Array.from({ length: 40 }, (_, n) => `machine-${n}`);
    database.machines = machines;
    database.publish('one', 'auto');
    const first = machines.find((machine) => isFirst({ lesson: 'one', machine, machines })) ?? '';
    const later = machines.find((machine) => !isFirst({ lesson: 'one', machine, machines })) ?? '';
    const [a, b] = [process(new MemoryLessonCache(), first), process(new MemoryLessonCache(), later)];
    expect([await a.rungs(), await b.rungs()]).toEqual([{ one: 'auto' }, { one: 'ask' }]);
    const outcome = (succeeded: boolean) => ({ succeeded, windowMs: 1_000, at: clock.now() });
    const gaps = Array.from({ length: 20 }, () => outcome(false));
    database.outcomes.set('one', { trials: [outcome(true)], gaps });
    await clock.advance(minute);
    expect(await b.rungs()).toEqual({ one: 'ask' });
    database.outcomes.set('one', { trials: Array.from({ length: 8 }, () => outcome(true)), gaps });
    await clock.advance(minute);
    expect(await b.rungs()).toEqual({ one: 'auto' });
    // Nothing is asked of one that has reached all.
    database.statements.length = 0;
    await clock.advance(minute);
    expect(await b.rungs()).toEqual({ one: 'auto' });
    expect(database.statements).toEqual(['read_lessons']);
    // Another body begins again.
    database.publish('one', 'auto', JSON.stringify({ pattern: {}, fix: {} }));
    database.outcomes.clear();
    await clock.advance(minute);
    expect(await b.rungs()).toEqual({ one: 'ask' });
  });

  it('are moved down by one machine, and are down on the others with their next look', async () => {
    const { clock, database, process } = setUp();
    const { digest } = database.publish('one', 'auto');
    database.machines = ['machine-a'];
    const [a, b] = [process(), process(new MemoryLessonCache(), 'machine-a')];
    expect([await a.rungs(), await b.rungs()]).toEqual([{ one: 'auto' }, { one: 'auto' }]);
    await clock.runUntil(a.lessons.demote('one', digest, 'ask', 'it has stopped working'));
    expect(database.lessons.get('one')?.rung).toBe('ask');
    expect(await a.rungs()).toEqual({ one: 'ask' });
    await clock.advance(minute);
    expect(await b.rungs()).toEqual({ one: 'ask' });
  });

  it('are down on a machine at once without the database, which is told by whichever process comes next', async () => {
    const { clock, database, process } = setUp();
    const { digest } = database.publish('one', 'auto');
    database.machines = ['machine-a'];
    const [a, b] = [process(), process()];
    await a.rungs();
    database.condition = 'lost';
    await clock.runUntil(a.lessons.demote('one', digest, 'ask', 'it has stopped working'));
    expect(await a.rungs()).toEqual({ one: 'ask' });
    expect(await process(a.cache).rungs()).toEqual({ one: 'ask' });
    database.condition = 'works';
    expect(await b.rungs()).toEqual({ one: 'auto' });
    await clock.advance(minute);
    await process(a.cache).rungs();
    expect(database.lessons.get('one')?.rung).toBe('ask');
    // An approver who moves it up again is not contradicted by what was told before.
    database.publish('one', 'auto');
    await clock.advance(minute);
    expect(await a.rungs()).toEqual({ one: 'auto' });
  });

  it('that were published again are not moved down for what was tried before', async () => {
    const { clock, database, process } = setUp();
    database.machines = ['machine-a'];
    const { digest } = database.publish('one', 'auto');
    const { rungs, lessons } = process();
    await rungs();
    database.publish('one', 'auto', JSON.stringify({ pattern: {}, fix: {} }));
    await clock.runUntil(lessons.demote('one', digest, 'ask', 'late'));
    expect(database.lessons.get('one')?.rung).toBe('auto');
    expect(await rungs()).toEqual({ one: 'auto' });
  });

  it('are left out if their body is not the one that was published', async () => {
    const { database, process } = setUp();
    const lesson = database.publish('one', 'auto');
    database.lessons.set('one', { ...lesson, body: `${lesson.body} ` });
    expect(await process().rungs()).toEqual({});
  });

  it('are kept in a file that may be damaged', async () => {
    const { database, process } = setUp();
    const path = join(temporaryFolder('lessons'), 'fleet.lessons');
    const cache = new FileLessonCache(path);
    expect(cache.read()).toEqual(noLessons);
    const lesson = database.publish('one', 'ask');
    await process(cache).lessons.current();
    expect(new FileLessonCache(path).read()).toMatchObject({ revision: 1, lessons: [lesson], lowered: [] });
    writeFileSync(path, '{"revision": 3, "lessons": [{"name": 4}, null], "lowered": 7}');
    expect(cache.read()).toEqual({ ...noLessons, revision: 3 });
    writeFileSync(path, '{"revi');
    expect(cache.read()).toEqual(noLessons);
  });

  it('are read like a file of this machine, or say what is wrong', () => {
    const { database } = setUp();
    const lesson = database.publish('one', 'auto');
    expect(toLesson(lesson, 'ask', createRedactor())).toMatchObject({
      ...{ name: 'one', rung: 'ask', isEdited: false, version: lesson.digest },
      content: { fix: { use: 'own:tunnel' }, rung: 'ask', approved: { by: 'alice' } },
    });
    const bad = database.publish('one', 'auto', JSON.stringify({ pattern: {}, fix: { use: 'no such fix' } }));
    expect(toLesson(bad, 'auto', createRedactor())).toHaveProperty('findings');
  });
});
