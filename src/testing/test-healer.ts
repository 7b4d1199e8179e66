import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StateName } from '../../machines/chart.ts';
import { type HealingEvent, readEvents } from '../event-log/index.ts';
import { createHealer, type HealerOptions } from '../healer/create.ts';
import type { Healer } from '../healer/healer.ts';
import type { Random } from '../model/clock.ts';
import type { RunOptions, RunOutcome, Task } from '../model/run.ts';
import { FakeClock } from './fake-clock.ts';
import { type PathRecorder, recordPaths } from './paths.ts';

export interface TestHealerOptions
  extends Pick<HealerOptions, 'config' | 'configFile' | 'cwd' | 'fixes' | 'approve' | 'upstream' | 'env'> {
  /** Where the randomness of back-off begins: equal seeds give equal waits. @default 1 */
  readonly seed?: number | undefined;
  /** @default a clock that stands at 2026-02-04T10:30:00Z */
  readonly clock?: FakeClock | undefined;
}

/** The outcome of a run, and the states that it has come through. */
export type TestRun<T> = RunOutcome<T> & { readonly path: readonly StateName[] };

/** Randomness that is the same each time. */
export const seededRandom = (seed = 1): Random => {
  let state = (Math.abs(Math.trunc(seed)) % 2_147_483_646) + 1;
  return () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
};

/** A real healer in a made-up world: its time stands still, its chance is seeded, its files lie in a folder of its own. */
export class TestHealer implements AsyncDisposable {
  readonly healer: Healer;
  readonly clock: FakeClock;
  /** What healflow itself could not do. */
  readonly warnings: readonly string[];
  readonly #folder: string;
  readonly #paths: PathRecorder;

  constructor(parts: { healer: Healer; clock: FakeClock; warnings: string[]; folder: string; paths: PathRecorder }) {
    this.healer = parts.healer;
    this.clock = parts.clock;
    this.warnings = parts.warnings;
    this.#folder = parts.folder;
    this.#paths = parts.paths;
  }

  /** Runs a tool to its end, moving time on as far as it takes. Never rejects: what the tool threw is in the outcome. */
  async run<T>(tool: string, task: Task<T>, options?: RunOptions): Promise<TestRun<T>> {
    const outcome = await this.clock.runUntil(this.healer.runOutcome(tool, task, options));
    return { ...outcome, path: this.#paths.of(outcome.runId) };
  }

  /** The events that were written to the log so far. */
  async events(): Promise<HealingEvent[]> {
    const events: HealingEvent[] = [];
    for await (const event of readEvents(join(this.#folder, 'memory'))) events.push(event);
    return events;
  }

  /** Closes the healer and removes its files. */
  async close(): Promise<void> {
    await this.healer.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Makes a healer for tests of a program's own tools and fixes. Close it in the end, or declare it with `await using`.
 *
 * It knows nothing of the machine it runs on: neither its environment, nor a configuration file that was not named, nor
 * the fixes of other processes.
 *
 * @throws HealError `CONFIG_INVALID` or `CONFIG_NOT_FOUND`.
 */
export const createTestHealer = async (options: TestHealerOptions = {}): Promise<TestHealer> => {
  const { seed, clock = new FakeClock(), config, configFile, env = {}, ...given } = options;
  const folder = mkdtempSync(join(tmpdir(), 'healflow-testing-'));
  const warnings: string[] = [];
  const paths = recordPaths();
  try {
    const healer = await createHealer({
      ...given,
      ...(configFile === undefined ? { config: config ?? {} } : { configFile }),
      env: { ...env, HEALFLOW_STATE_DIR: join(folder, 'state') },
      memoryDir: join(folder, 'memory'),
      inspect: paths.inspect,
      warn: (message) => warnings.push(message),
      clock,
      random: seededRandom(seed),
    });
    await healer.prepare();
    return new TestHealer({ healer, clock, warnings, folder, paths });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
};
