import { appendFileSync, readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Row } from '../../src/fleet/database.ts';
import { Shipper, type ShipperParts } from '../../src/fleet/shipper.ts';
import { MachineLockStore } from '../../src/sharing/machine-lock-store.ts';
import { anEvent, liveLog, openLog } from '../event-log/events.ts';
import { FakeClock, settlePromises } from '../support/fake-clock.ts';
import { FakeEventDatabase } from './fake-events.ts';
import { temporaryFolder } from './shippers.ts';

const stepMs = 100;

const setUp = () => {
  const [memoryDir, stateDir] = [temporaryFolder('memory'), temporaryFolder('state')];
  const clock = new FakeClock();
  const database = new FakeEventDatabase();
  const warnings: string[] = [];
  let written = 0;
  /** Writes as another process, which tells nobody. */
  const write = (count: number): void => {
    const { log } = openLog(memoryDir);
    for (let left = count; left > 0; left -= 1) {
      log.append(anEvent({ run_id: `run-${written}` }));
      written += 1;
    }
  };
  const make = (parts: Partial<ShipperParts> = {}): Shipper => {
    const shipper = new Shipper({
      memoryDir,
      stateDir,
      log: 'log',
      name: 'shipper',
      machine: 'machine',
      database,
      disconnect: () => database.disconnect(),
      locks: new MachineLockStore({ stateDir, clock }),
      clock,
      random: () => 0.5,
      redact: (text) => text,
      warn: (message) => warnings.push(message),
      retentionDays: 90,
      ...parts,
    });
    onTestFinished(async () => {
      await clock.runUntil(shipper.close());
    });
    return shipper;
  };
  /** Lets time pass in steps, and waits after each until this many shippers have a timer for their next turn. */
  const pass = async (ms: number, shippers = 1): Promise<void> => {
    await clock.advance(0);
    for (let left = ms; ; left -= stepMs) {
      do await settlePromises();
      while (clock.pending < shippers);
      if (left <= 0) return;
      await clock.advance(Math.min(left, stepMs));
    }
  };
  const all = (count: number): string[] => Array.from({ length: count }, (_, index) => `run-${index}`);
  return { memoryDir, stateDir, clock, database, warnings, write, make, pass, all };
};

/** A database that takes a statement, and carries it out when the test says so. */
const heldBack = (database: FakeEventDatabase) => {
  let resume: (() => void) | undefined;
  return {
    get isAsked(): boolean {
      return resume !== undefined;
    },
    respond: (): void => resume?.(),
    query: async <T extends object>(text: string, values: readonly unknown[]): Promise<Row<T>> => {
      await new Promise<void>((resolve) => {
        resume = resolve;
      });
      return database.query<T>(text, values);
    },
    close: () => database.close(),
  };
};

const seconds = 1_000;
const minutes = 60 * seconds;

describe('the lag of a shipper', () => {
  it('is not over while events are left that no batch has copied', async () => {
    const { memoryDir, clock, database, make, pass } = setUp();
    const { log } = openLog(memoryDir);
    const timestamp = new Date(clock.now() - 90_000).toISOString();
    for (let count = 0; count < 300; count += 1) log.append(anEvent({ run_id: `old-${count}`, timestamp }));
    let isLost = false;
    const shipper = make({
      database: {
        query: async <T extends object>(text: string, values: readonly unknown[]) => {
          if (isLost) throw new Error('connection refused');
          isLost = true;
          return database.query<T>(text, values);
        },
        close: () => database.close(),
      },
    });
    expect(shipper.lagSeconds).toBeUndefined();
    shipper.start();
    await pass(100);
    expect(database.batches).toHaveLength(1);
    expect(database.ids.length).toBeLessThan(300);
    expect(shipper.lagSeconds).toBeGreaterThanOrEqual(90);
    isLost = false;
    await pass(2_000);
    expect(database.ids).toHaveLength(300);
    expect(shipper.lagSeconds).toBe(0);
  });
});

describe('a shipper', () => {
  it('copies what it finds at its start in batches of 200, and then sends nothing', async () => {
    const { database, write, make, pass, all } = setUp();
    write(450);
    make().start();
    await pass(0);
    expect(database.ids).toEqual(all(450));
    expect(Math.max(...database.batches)).toBe(200);
    expect(database.behind.at(-1)).toBe(0);
    const { statements } = database;
    for (let look = 0; look < 10; look += 1) await pass(2 * minutes);
    expect(database.statements).toBe(statements);
  });

  it('sends no statement at all if there is nothing, nor for what was copied before', async () => {
    const { database, write, make, pass } = setUp();
    const first = make();
    first.start();
    await pass(0);
    expect(database.statements).toBe(0);
    write(1);
    first.notice();
    await pass(1 * seconds);
    expect(database.statements).toBe(1);
    make().start();
    await pass(5 * minutes, 2);
    expect(database.statements).toBe(1);
  });

  it('gathers the events of a second', async () => {
    const { database, write, make, pass } = setUp();
    const shipper = make();
    shipper.start();
    await pass(0);
    for (let n = 0; n < 5; n += 1) {
      write(1);
      shipper.notice();
      await pass(100);
    }
    expect(database.batches).toEqual([]);
    await pass(600);
    expect(database.batches).toEqual([5]);
  });

  it('copies within minutes what a process has left that was killed', async () => {
    const { database, write, make, pass, all } = setUp();
    make().start();
    await pass(0);
    write(3);
    await pass(1 * minutes);
    expect(database.ids).toEqual(all(3));
  });

  it('leaves the work to another process that is at it', async () => {
    const { clock, database, write, make, pass, all } = setUp();
    write(300);
    const slow = heldBack(database);
    make({ database: slow }).start();
    await clock.advance(0);
    while (!slow.isAsked) await settlePromises();
    const other = make();
    other.start();
    await pass(10 * seconds);
    expect(database.statements).toBe(0);
    while (database.ids.length < 300) {
      slow.respond();
      await settlePromises();
    }
    await pass(2 * seconds, 2);
    expect(database.ids).toEqual(all(300));
    expect(database.statements).toBe(2);
  });

  it('does not wait for one that is frozen, and the database refuses the one that is behind', async () => {
    const { clock, database, write, make, pass, all } = setUp();
    write(300);
    const frozen = heldBack(database);
    make({ database: frozen }).start();
    await clock.advance(0);
    while (!frozen.isAsked) await settlePromises();
    make().start();
    await pass(1 * minutes);
    expect(database.statements).toBe(0);
    await pass(15 * seconds);
    expect(database.ids).toEqual(all(300));
    while (clock.pending < 2) {
      frozen.respond();
      await settlePromises();
    }
    expect(database.ids).toEqual(all(300));
  });

  it.each([
    ['before it had the batch', 'lost before'],
    ['after it had the batch', 'lost after'],
  ] as const)('tries again with growing pauses if the database is lost %s', async (_title, fate) => {
    const { clock, database, warnings, write, make, pass, all } = setUp();
    write(250);
    database.next.push(fate, fate, fate, fate);
    const shipper = make();
    shipper.start();
    await pass(0);
    expect(database.statements).toBe(1);
    for (const [pause, statements] of [
      [1, 2],
      [2, 3],
      [4, 4],
    ] as const) {
      await pass(pause * seconds - 1);
      expect(database.statements).toBe(statements - 1);
      // An event hastens nothing.
      shipper.notice();
      await pass(1);
      expect(database.statements).toBe(statements);
    }
    expect(warnings).toEqual([expect.stringMatching(/^events cannot be copied .*; they stay in the log/)]);
    await pass(8 * seconds);
    await pass(1 * minutes);
    expect(database.ids).toEqual(all(250));
    expect(clock.pending).toBe(1);
  });

  it('never waits longer than five minutes between two tries', async () => {
    const { clock, database, write, make, pass, all } = setUp();
    write(1);
    database.next.push(...Array.from({ length: 30 }, () => 'lost before' as const));
    make().start();
    for (let n = 0; n < 31; n += 1) await pass(5 * minutes);
    expect(Math.max(...clock.delays)).toBeLessThanOrEqual(5 * minutes);
    expect(database.ids).toEqual(all(1));
  });

  it('shares the pause with the other processes of the machine', async () => {
    const { database, write, make, pass } = setUp();
    write(1);
    database.next.push('lost before', 'lost before', 'lost before');
    make().start();
    await pass(0);
    await pass(1 * seconds);
    await pass(2 * seconds);
    expect(database.statements).toBe(3);
    make().start();
    await pass(3_900, 2);
    expect(database.statements).toBe(3);
  });

  it('says at once what somebody has to change, once, and does not try every second', async () => {
    const { database, warnings, write, make, pass, all } = setUp();
    write(1);
    database.next.push('unusable', 'unusable');
    make().start();
    await pass(59 * seconds);
    expect(database.statements).toBe(1);
    await pass(1 * seconds);
    expect(database.statements).toBe(2);
    await pass(2 * minutes);
    expect(database.ids).toEqual(all(1));
    expect(warnings).toEqual([expect.stringContaining('run `healflow fleet migrate`')]);
  });

  it('ends within a moment while the database does not respond, and sends nothing afterwards', async () => {
    const { clock, database, write, make } = setUp();
    write(500);
    database.next.push('never');
    const shipper = make();
    shipper.start();
    await clock.advance(0);
    while (database.statements === 0) await settlePromises();
    const before = clock.monotonic();
    await clock.runUntil(shipper.close());
    expect(clock.monotonic() - before).toBeLessThanOrEqual(600);
    expect(database.closed).toBe(1);
    shipper.notice();
    await clock.advance(10 * minutes);
    expect(database.statements).toBe(1);
    expect(clock.pending).toBe(0);
  });

  it('begins again if the database knows nothing of the log', async () => {
    const { database, write, make, pass, all } = setUp();
    write(5);
    make().start();
    await pass(0);
    const restored = new FakeEventDatabase();
    write(1);
    make({ database: restored }).start();
    await pass(0, 2);
    expect(database.ids).toEqual(all(5));
    expect(restored.ids).toEqual(all(6));
  });

  it('passes over a torn record, and sends no statement for it', async () => {
    const { memoryDir, database, write, make, pass, all } = setUp();
    write(2);
    const shipper = make();
    shipper.start();
    await pass(0);
    const record = readFileSync(liveLog(memoryDir), 'utf8').split('\n  - ').at(-1) ?? '';
    appendFileSync(liveLog(memoryDir), `  - ${record.slice(0, 60)}`);
    shipper.notice();
    for (let n = 0; n < 3; n += 1) await pass(5 * seconds);
    expect(database.statements).toBe(1);
    write(1);
    shipper.notice();
    await pass(2 * seconds);
    expect(database.ids).toEqual(all(3));
  });

  it('masks secrets as this process knows them', async () => {
    const { clock, memoryDir, write, make, pass } = setUp();
    write(1);
    appendFileSync(
      liveLog(memoryDir),
      '  - timestamp: "2026-02-04T10:30:00Z"\n    tool: "t"\n    error: "dummy-secret"\n    fix_applied: null\n    result: "failure"\n    retry_count: 0\n',
    );
    const sent: unknown[] = [];
    const database = {
      query: async <T extends object>(_text: string, values: readonly unknown[]): Promise<Row<T>> => {
        sent.push(...JSON.parse(values[5] as string));
        return { row: { appended: true, revision: 1, place: null } as unknown as T, aheadMs: 0 };
      },
      close: async () => {},
    };
    make({ database, redact: (text) => text.replaceAll('dummy-secret', '[masked]') }).start();
    await pass(0);
    await clock.advance(2 * seconds);
    await pass(1 * seconds);
    expect(sent).toHaveLength(2);
    expect(sent[1]).toMatchObject({ tool: 't', error: '[masked]' });
  });
});
