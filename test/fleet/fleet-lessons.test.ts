import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toLesson } from '../../src/fleet/fleet-lesson.ts';
import { FileLessonCache, lessonCachePath, noLessons } from '../../src/fleet/lesson-cache.ts';
import { neverLooked } from '../../src/fleet/lesson-look.ts';
import { isFirst } from '../../src/learning/rollout.ts';
import { createRedactor } from '../../src/redact/index.ts';
import { FakeClock, settlePromises } from '../support/fake-clock.ts';
import { aMachine, filesOf, moment, period, setUp } from './lesson-machines.ts';
import { temporaryFolder } from './shippers.ts';

describe('the lessons of a fleet on a machine', () => {
  it('are what the machine knows; the database is asked beside the call, and only for what has changed', async () => {
    const { clock, database, start } = setUp();
    database.publish('one', 'ask');
    const { rungs, next } = start();
    expect(database.statements).toEqual([]);
    expect(rungs()).toEqual({});
    expect(await next()).toEqual({ one: 'ask' });
    database.publish('two', 'shadow');
    expect(await next()).toEqual({ one: 'ask' });
    expect(database.statements).toEqual(['read_lessons']);
    await clock.advance(period);
    expect(rungs()).toEqual({ one: 'ask' });
    expect(await next()).toEqual({ one: 'ask', two: 'shadow' });
    expect(database.statements).toEqual(['read_lessons', 'read_lessons']);
  });

  it('are asked for once in a period by all processes of a machine, also in vain', async () => {
    const { clock, database, warnings, start } = setUp();
    const stateDir = temporaryFolder('lessons');
    const run = async () => {
      const processes = Array.from({ length: 10 }, () => start(filesOf(stateDir, clock)));
      for (const { rungs } of processes) expect(rungs()).toEqual({});
      await Promise.all(processes.map(({ lessons }) => lessons.close()));
    };
    for (let n = 0; n < 3; n += 1) await run();
    expect(database.statements).toEqual(['read_lessons']);
    database.condition = 'lost';
    for (let periods = 2; periods <= 3; periods += 1) {
      await clock.advance(period);
      for (let n = 0; n < 3; n += 1) await run();
      expect(database.statements).toHaveLength(periods);
    }
    expect(warnings).toEqual(Array(2).fill(expect.stringContaining('connection refused')));
  });

  it('do not keep a call waiting for a database that never responds, nor ask it twice', async () => {
    const { clock, database, warnings, start } = setUp();
    const machine = aMachine();
    database.publish('one', 'ask');
    await start(machine).next();
    database.publish('one', 'shadow');
    database.condition = 'silent';
    await clock.advance(period);
    const processes = Array.from({ length: 10 }, () => start(machine));
    const before = clock.monotonic();
    for (const { rungs } of processes) expect(rungs()).toEqual({ one: 'ask' });
    expect(clock.monotonic()).toBe(before);
    await clock.advance(30_000);
    for (const { rungs } of processes) expect(rungs()).toEqual({ one: 'ask' });
    await clock.advance(moment);
    expect(database.statements).toEqual(['read_lessons', 'read_lessons']);
    expect(warnings).toEqual([expect.stringContaining('no response within 8.0 s; those that are known stay')]);
    expect(machine.turns.isTaken).toBe(false);
  });

  it('are asked for by another process a while after one was killed that asked', async () => {
    const { clock, database, start } = setUp();
    const machine = aMachine();
    database.condition = 'silent';
    // Its time ends, and its lock goes with it.
    start(machine, { clock: new FakeClock() }).rungs();
    await clock.advance(moment);
    machine.turns.isTaken = false;
    database.condition = 'works';
    const other = start(machine);
    await other.next();
    expect(database.statements).toHaveLength(1);
    await clock.advance(15_000);
    await other.next();
    expect(database.statements).toHaveLength(2);
  });

  it('are no longer asked for by a process that is closed, which waits for them a moment at most', async () => {
    const { clock, database, warnings, start } = setUp();
    database.condition = 'silent';
    const { lessons, rungs } = start();
    rungs();
    await clock.advance(moment);
    const before = clock.monotonic();
    await clock.runUntil(lessons.close());
    expect(clock.monotonic() - before).toBe(200);
    await clock.advance(period);
    rungs();
    await clock.advance(period);
    expect(database.statements).toHaveLength(1);
    expect(warnings).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('come with one warning as long as the database is lost, and with none if people know that it is', async () => {
    const { clock, database, warnings, start } = setUp();
    const [own, told] = [start(), start(aMachine(), { isLossTold: () => true })];
    database.condition = 'lost';
    for (let n = 0; n < 3; n += 1) {
      await own.next();
      await told.next();
      await clock.advance(period);
    }
    expect(warnings).toEqual([expect.stringContaining('connection refused')]);
    database.condition = 'works';
    await own.next();
    database.condition = 'unusable';
    await clock.advance(period);
    await own.next();
    expect(warnings).toEqual([expect.anything(), expect.stringContaining('healflow fleet migrate')]);
  });

  it('are asked for as rarely if the state folder cannot be written', async () => {
    const { clock, database, start } = setUp();
    const file = join(temporaryFolder('lessons'), 'file');
    writeFileSync(file, '');
    database.publish('one', 'ask');
    const { rungs, lessons } = start(filesOf(join(file, 'state'), clock));
    while (Object.keys(rungs()).length === 0) await settlePromises();
    await clock.advance(30_000);
    expect(rungs()).toEqual({ one: 'ask' });
    await lessons.close();
    expect(database.statements).toEqual(['read_lessons']);
  });

  it('stay as they are known if the database is lost, for another process of the machine, too', async () => {
    const { clock, database, start } = setUp();
    database.publish('one', 'ask');
    const machine = aMachine();
    const { next } = start(machine);
    await next();
    database.publish('one', 'auto');
    database.condition = 'lost';
    await clock.advance(period);
    expect(await next()).toEqual({ one: 'ask' });
    expect(start(machine).rungs()).toEqual({ one: 'ask' });
    expect(await start().next()).toEqual({});
  });

  it('run by themselves on the first machines only, until the odds over the trials of all reach 100:1', async () => {
    const { clock, database, start } = setUp();
    const machines = Array.from({ length: 40 }, (_, n) => `machine-${n}`);
    database.machines = machines;
    database.publish('one', 'auto');
    const first = machines.find((machine) => isFirst({ lesson: 'one', machine, machines })) ?? '';
    const later = machines.find((machine) => !isFirst({ lesson: 'one', machine, machines })) ?? '';
    const [a, b] = [start(aMachine(first)), start(aMachine(later))];
    expect([await a.next(), await b.next()]).toEqual([{ one: 'auto' }, { one: 'ask' }]);
    // The others must know of this machine to tell which is first.
    expect(database.statements.slice(0, 3)).toEqual(['read_lessons', 'hello', 'lesson_outcomes']);
    const outcome = (succeeded: boolean) => ({ succeeded, windowMs: 1_000, at: clock.now() });
    const gaps = Array.from({ length: 20 }, () => outcome(false));
    database.outcomes.set('one', { trials: [outcome(true)], gaps });
    await clock.advance(period);
    expect(await b.next()).toEqual({ one: 'ask' });
    database.outcomes.set('one', { trials: Array.from({ length: 8 }, () => outcome(true)), gaps });
    await clock.advance(period);
    expect(await b.next()).toEqual({ one: 'auto' });
    // Nothing is asked of one that has reached all.
    database.statements.length = 0;
    await clock.advance(period);
    expect(await b.next()).toEqual({ one: 'auto' });
    expect(database.statements).toEqual(['read_lessons']);
    // Another body begins again.
    database.publish('one', 'auto', JSON.stringify({ pattern: {}, fix: {} }));
    database.outcomes.clear();
    await clock.advance(period);
    expect(await b.next()).toEqual({ one: 'ask' });
  });

  it('are left out if their body is not the one that was published', async () => {
    const { database, start } = setUp();
    const lesson = database.publish('one', 'auto');
    database.lessons.set('one', { ...lesson, body: `${lesson.body} ` });
    expect(await start().next()).toEqual({});
  });

  it('are kept in files that may be damaged', async () => {
    const { clock, database, start } = setUp();
    const stateDir = temporaryFolder('lessons');
    const files = filesOf(stateDir, clock);
    const { cache, turns } = files;
    const path = lessonCachePath(stateDir, 'fleet');
    expect([cache.read(), turns.read()]).toEqual([noLessons, neverLooked]);
    const lesson = database.publish('one', 'ask');
    const { lessons } = start(files);
    lessons.current();
    await lessons.close();
    expect(new FileLessonCache(path).read()).toMatchObject({ revision: 1, lessons: [lesson], lowered: [] });
    expect(turns.read()).toEqual({ nextAt: clock.now() + 60_000, isLost: false, toldAt: clock.now() });
    writeFileSync(path, '{"revision": 3, "lessons": [{"name": 4}, null], "lowered": 7}');
    expect(cache.read()).toEqual({ ...noLessons, revision: 3 });
    writeFileSync(path, '{"revi');
    expect(cache.read()).toBe(noLessons);
    writeFileSync(join(stateDir, 'fleet.looked'), '{"nextAt": "soon"}');
    expect(turns.read()).toEqual(neverLooked);
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
