import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { FleetDatabase } from '../../src/fleet/database.ts';
import { bodyOf } from '../../src/fleet/fleet-lesson.ts';
import { FileLessonCache, type KnownLessons } from '../../src/fleet/lesson-cache.ts';
import { listLessons, publishLesson } from '../../src/fleet/lesson-list.ts';
import { machineOf } from '../../src/fleet/machine.ts';
import { databaseSettings } from '../../src/fleet/settings.ts';
import { createHealer } from '../../src/index.ts';
import { placeOf } from '../../src/learning/rollout.ts';
import { lessonAt, proposed } from '../learning/lessons.ts';
import { skipWithoutDatabases } from '../support/postgres.ts';
import { useFleetServer, withClient } from './fleet-server.ts';
import { temporaryFolder } from './shippers.ts';

vi.setConfig({ testTimeout: 300_000 });

const lesson = proposed({ fix: { use: 'own:restart' } } as never);

describe.skipIf(skipWithoutDatabases())('the lessons of two machines', () => {
  const running = useFleetServer();
  const rows = <T>(sql: string): Promise<T[]> =>
    withClient(running.server.url('fleet_reader', 'fleet'), async (client) => (await client.query(sql)).rows);
  const asApprover = async <T>(work: (database: FleetDatabase) => Promise<T>): Promise<T> => {
    const settings = () => databaseSettings(running.server.url('fleet_approver', 'fleet'));
    const database = new FleetDatabase({ settings, clock: systemClock, machine: null });
    return work(database).finally(() => database.close());
  };

  /** A process on a machine. */
  const start = async (folder: string) => {
    const ran = join(folder, 'ran');
    const script = `require('node:fs').appendFileSync(${JSON.stringify(ran)}, 'x')`;
    const warnings: string[] = [];
    const healer = await createHealer({
      cwd: folder,
      memoryDir: folder,
      env: { PATH: process.env.PATH, HEALFLOW_STATE_DIR: join(folder, 'state'), FLEET_URL: running.pooler.url() },
      warn: (message) => warnings.push(message),
      config: {
        fleet: { urlEnv: 'FLEET_URL' },
        learn: { control: 0 },
        breaker: { failures: 1_000 },
        retryBudget: { retries: 1_000 },
        fixes: {
          own: { restart: { command: [process.execPath, '-e', script], cooldownMs: 0, budget: { runs: 1_000 } } },
          retry_backoff: false,
        },
      } as never,
    });
    const call = async (failures: number): Promise<string> => {
      let calls = 0;
      const task = () => {
        calls += 1;
        if (calls <= failures) throw new Error('error: tunnel alpha is stuck');
      };
      return (await healer.runOutcome('db_query', task, { annotations: { readOnlyHint: true } })).status;
    };
    const runs = (): number => {
      try {
        return readFileSync(ran, 'utf8').length;
      } catch {
        return 0;
      }
    };
    const stateFile = (extension: string): string => {
      const state = join(folder, 'state');
      const names = existsSync(state) ? readdirSync(state) : [];
      return join(state, names.find((name) => name.endsWith(extension)) ?? `none${extension}`);
    };
    /** Lets calls fail until the machine knows this, as if its last look were long ago. */
    const learns = async (expected: Partial<KnownLessons>): Promise<void> => {
      rmSync(stateFile('.looked'), { force: true });
      const task = () => {
        throw new Error('error: disk beta is stuck');
      };
      await vi.waitFor(
        async () => {
          await healer.runOutcome('disk_read', task, { annotations: { readOnlyHint: true } });
          expect(new FileLessonCache(stateFile('.lessons')).read()).toMatchObject(expected);
        },
        { timeout: 60_000, interval: 200 },
      );
    };
    return { call, learns, runs, warnings, close: () => healer.close() };
  };

  it('run on one of them first, count once, reach the other one, and are down on both once one has moved them down', async () => {
    const folders = Array.from({ length: 20 }, () => temporaryFolder('machine'))
      .map((folder) => ({ folder, place: placeOf(machineOf(join(folder, 'state')).id, 'tunnel') }))
      .filter(({ place }) => place > 0.05)
      .sort((one, other) => one.place - other.place);
    const [folderA, folderB] = [folders[0]?.folder ?? '', folders[1]?.folder ?? ''];
    const publication = { name: 'tunnel', body: bodyOf(lesson), rung: 'auto', version: 0, reason: null } as const;
    expect(await asApprover((database) => publishLesson(database, publication))).toMatchObject({ published: true });

    const a = await start(folderA);
    await a.learns({ first: ['tunnel'] });
    expect(await a.call(1)).toBe('healed');
    const b = await start(folderB);
    await b.learns({ first: [], lessons: [{ name: 'tunnel', rung: 'auto' }] as never });
    expect([await b.call(1), b.runs()]).toEqual(['failed', 0]);
    await b.close();
    for (let n = 2; n <= 12; n += 1) expect(await a.call(1)).toBe('healed');
    expect(a.runs()).toBe(12);
    await a.close();

    // What a process has left is copied by the next one.
    const next = await start(folderA);
    await vi.waitFor(async () => expect(await rows('select id from healflow.lesson_trials')).toHaveLength(12), 60_000);
    await next.close();
    const [listed] = await asApprover(listLessons);
    expect(listed).toMatchObject({ name: 'tunnel', rung: 'auto', odds: { trials: { succeeded: 12, of: 12 } } });
    expect(listed?.odds.odds).toBeGreaterThan(100);

    const reached = await start(folderB);
    await reached.learns({ proven: [expect.any(String)] });
    expect([await reached.call(1), reached.runs()]).toEqual(['healed', 1]);
    for (let n = 0; n < 10 && !reached.warnings.join().includes('was moved'); n += 1) await reached.call(2);
    const warning = 'the lesson tunnel of the fleet was moved from `auto` to `ask`';
    await vi.waitFor(() => expect(reached.warnings.join()).toContain(warning), 60_000);
    const moves = 'select machine, from_rung, to_rung from healflow.lesson_moves where version = 2';
    const moved = [{ machine: machineOf(join(folderB, 'state')).id, from_rung: 'auto', to_rung: 'ask' }];
    await vi.waitFor(async () => expect(await rows(moves)).toEqual(moved), 60_000);
    await reached.close();
    const down = await start(folderA);
    await down.learns({ lessons: [{ name: 'tunnel', rung: 'ask' }] as never });
    expect([await down.call(1), down.runs()]).toEqual(['failed', 12]);
    await down.close();

    // A person moves it up again; a machine whose own file says less does less.
    await asApprover((database) => publishLesson(database, { ...publication, version: 2 }));
    await lessonAt(join(folderA, 'lessons'), 'tunnel', 'shadow', lesson);
    const own = await start(folderA);
    await own.learns({ lessons: [{ name: 'tunnel', rung: 'auto' }] as never });
    expect([await own.call(1), own.runs()]).toEqual(['failed', 12]);
    await own.close();
  });
});
