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

/** The options of {@link createTestHealer}. */
export interface TestHealerOptions
  extends Pick<HealerOptions, 'config' | 'configFile' | 'cwd' | 'fixes' | 'approve' | 'upstream' | 'env'> {
  /**
   * The seed of the random numbers: equal seeds give equal back-off.
   *
   * @default 1
   */
  readonly seed?: number | undefined;
  /**
   * The clock of the healer.
   *
   * @default a clock stopped at 2026-02-04T10:30:00Z
   */
  readonly clock?: FakeClock | undefined;
}

/** The outcome of a run, and the states that it entered, in order. */
export type TestRun<T> = RunOutcome<T> & { readonly path: readonly StateName[] };

/** Makes a source of random numbers that gives the same sequence for the same seed. */
export const seededRandom = (seed = 1): Random => {
  let state = (Math.abs(Math.trunc(seed)) % 2_147_483_646) + 1;
  return () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
};

/** A real healer with a fake clock, seeded random numbers, and files in a temporary folder. */
export class TestHealer implements AsyncDisposable {
  /** The healer itself. */
  readonly healer: Healer;
  /** The clock of the healer. */
  readonly clock: FakeClock;
  /** The warnings of the healer so far. */
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

  /** Runs a tool to its end and advances the clock as needed. Never rejects: an error of the tool is in the outcome. */
  async run<T>(tool: string, task: Task<T>, options?: RunOptions): Promise<TestRun<T>> {
    const outcome = await this.clock.runUntil(this.healer.runOutcome(tool, task, options));
    return { ...outcome, path: this.#paths.of(outcome.runId) };
  }

  /** Reads the events in the log so far. */
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

  /** Closes the healer, as {@link TestHealer.close} does. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Makes a healer for tests of a program's own tools and fixes. Close it at the end, or declare it with `await using`.
 *
 * It does not depend on the machine: it ignores the environment, configuration files that were not named, and the fixes
 * of other processes.
 *
 * @throws HealError `CONFIG_INVALID` if the configuration is invalid, `CONFIG_NOT_FOUND` if its file does not exist.
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
