import { describe, expect, it } from 'vitest';
import { aMachine, moment, period, setUp } from './lesson-machines.ts';

describe('the lessons of a fleet', () => {
  it('are moved down by one machine, and are down on the others with their next look', async () => {
    const { clock, database, start } = setUp();
    const { digest } = database.publish('one', 'auto');
    database.machines = ['machine-a'];
    const [a, b] = [start(), start()];
    expect([await a.next(), await b.next()]).toEqual([{ one: 'auto' }, { one: 'auto' }]);
    await a.lessons.demote('one', digest, 'ask', 'it has stopped working');
    expect(a.rungs()).toEqual({ one: 'ask' });
    await clock.advance(moment);
    expect(database.lessons.get('one')?.rung).toBe('ask');
    await clock.advance(period);
    expect(await b.next()).toEqual({ one: 'ask' });
  });

  it.each(['lost', 'silent'] as const)(
    'are down on a machine at once with a database that is %s, which is told once it is back, by whichever process asks',
    async (condition) => {
      const { clock, database, start } = setUp();
      const { digest } = database.publish('one', 'auto');
      database.machines = ['machine-a'];
      const machine = aMachine();
      const [a, b, other] = [start(machine), start(machine), start()];
      for (const { next } of [a, b, other]) expect(await next()).toEqual({ one: 'auto' });
      database.condition = condition;
      const before = clock.monotonic();
      await a.lessons.demote('one', digest, 'ask', 'it has stopped working');
      expect(a.rungs()).toEqual({ one: 'ask' });
      expect(clock.monotonic()).toBe(before);
      await clock.advance(moment);
      expect([b.rungs(), start(machine).rungs()]).toEqual([{ one: 'ask' }, { one: 'ask' }]);
      await clock.advance(30_000);
      database.condition = 'works';
      expect(await other.next()).toEqual({ one: 'auto' });
      await clock.advance(60_000 - 30_000 + 10_000);
      expect(database.lessons.get('one')?.rung).toBe('ask');
      await start(machine).next();
      // An approver who moves it up again is not contradicted by what was told before.
      database.publish('one', 'auto');
      await clock.advance(period);
      expect(await a.next()).toEqual({ one: 'auto' });
      expect(await b.next()).toEqual({ one: 'auto' });
    },
  );

  it('that a process has moved down and left are told to the database by the next one', async () => {
    const { clock, database, start } = setUp();
    const { digest } = database.publish('one', 'auto');
    database.machines = ['machine-a'];
    const machine = aMachine();
    const a = start(machine);
    await a.next();
    database.condition = 'silent';
    await a.lessons.demote('one', digest, 'ask', 'it has stopped working');
    await clock.runUntil(a.lessons.close());
    database.condition = 'works';
    await clock.advance(period);
    expect(await start(machine).next()).toEqual({ one: 'ask' });
    expect(database.lessons.get('one')?.rung).toBe('ask');
  });

  it('that were moved down while another process asks, or with files that cannot be written, are told later', async () => {
    const { clock, database, start } = setUp();
    const { digest } = database.publish('one', 'auto');
    database.machines = ['machine-a'];
    const machine = aMachine();
    const a = start(machine);
    await a.next();
    machine.turns.isTaken = true;
    machine.cache.isWritable = false;
    await a.lessons.demote('one', digest, 'ask', 'it has stopped working');
    await clock.advance(5_000);
    expect([a.rungs(), database.lessons.get('one')?.rung]).toEqual([{ one: 'ask' }, 'auto']);
    machine.turns.isTaken = false;
    await clock.advance(2_000);
    expect([a.rungs(), database.lessons.get('one')?.rung]).toEqual([{ one: 'ask' }, 'ask']);
  });

  it('that were published again are not moved down for what was tried before', async () => {
    const { clock, database, start } = setUp();
    database.machines = ['machine-a'];
    const { digest } = database.publish('one', 'auto');
    const { next, lessons } = start();
    await next();
    database.publish('one', 'auto', JSON.stringify({ pattern: {}, fix: {} }));
    await lessons.demote('one', digest, 'ask', 'late');
    await clock.advance(moment);
    expect(database.statements).toContain('demote_lesson');
    expect(database.lessons.get('one')?.rung).toBe('auto');
    expect(await next()).toEqual({ one: 'auto' });
  });
});
