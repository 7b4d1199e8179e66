import { readFile, stat } from 'node:fs/promises';
import { systemClock } from '../clock.ts';
import { type LoadedConfig, loadConfig } from '../config/load.ts';
import { lessonsDir } from '../config/paths.ts';
import { redactorFor } from '../config/redactor.ts';
import { resolveMemoryDir } from '../event-log/memory-dir.ts';
import type { FleetDatabase } from '../fleet/database.ts';
import { maxExportBytes, readExport } from '../inspector/export-file.ts';
import { InspectorServer } from '../inspector/inspector.ts';
import type { LearningSource } from '../inspector/learning-api.ts';
import type { RunDetail } from '../inspector/model.ts';
import type { Redactor } from '../redact/index.ts';
import { resolveStateDir } from '../sharing/state-dir.ts';
import { messageOf } from '../text/error-text.ts';
import { printable } from '../text/sanitize.ts';
import { endSignals } from './end-signals.ts';

export interface InspectCommandOptions {
  readonly port: string;
  readonly memory?: string;
  readonly config?: string;
  /** The environment variable with the URL of the fleet's database, as a reader or an approver. */
  readonly fleetUrlEnv?: string;
}

/** The connection is kept while the page asks, which it does every two seconds. */
const fleetIdleMs = 10_000;

const writeStderr = (message: string): void => {
  process.stderr.write(`healflow: ${printable(message)}\n`);
};

const readRun = async (file: string): Promise<RunDetail> => {
  if ((await stat(file)).size > maxExportBytes) throw new Error(`it is larger than ${maxExportBytes} bytes`);
  return readExport(await readFile(file, 'utf8'));
};

const opened = async (file: string | undefined): Promise<RunDetail | undefined | null> => {
  if (file === undefined) return undefined;
  try {
    return await readRun(file);
  } catch (error) {
    writeStderr(`${file} cannot be opened: ${messageOf(error)}`);
    return null;
  }
};

/** The database of the fleet to show; null, with a message on stderr, if its URL cannot be used. */
const fleetDatabase = async (urlEnv: string, { fleet }: LoadedConfig['config']): Promise<FleetDatabase | null> => {
  const { FleetDatabase } = await import('../fleet/database.ts');
  const { settingsFrom } = await import('../fleet/settings.ts');
  const settings = () => settingsFrom({ caFile: fleet?.caFile, urlEnv }, process.env);
  try {
    settings();
  } catch (error) {
    writeStderr(`--fleet-url-env: ${messageOf(error)}`);
    return null;
  }
  return new FleetDatabase({ settings, clock: systemClock, machine: null, idleMs: fleetIdleMs });
};

/** What was learned, by the configuration. */
const learningOf = async (
  { config, baseDir }: LoadedConfig,
  memoryDir: string,
  redact: Redactor,
): Promise<LearningSource> => {
  const { FileLearningSource } = await import('../inspector/learning-source.ts');
  return new FileLearningSource({
    memoryDir,
    lessonsDir: lessonsDir({ config, baseDir }),
    stateDir: resolveStateDir({ configured: config.stateDir, env: process.env, cwd: baseDir }),
    programs: config.learn.programs,
    baseDir,
    path: process.env.PATH,
    userPatterns: config.patterns,
    redact,
    clock: systemClock,
  });
};

/**
 * Shows the runs of this machine on a page until a signal ends it: the runs of processes that record them and those in
 * the log, and what was learned of them; and the fleet, if the URL of its database is given. With a file, shows the run in it.
 *
 * @returns 0; 2 if the port or the URL is invalid or the file does not contain a run.
 * @throws HealError CANNOT_LISTEN, CONFIG_INVALID, CONFIG_NOT_FOUND.
 */
export const inspect = async (file: string | undefined, options: InspectCommandOptions): Promise<number> => {
  if (!(/^\d{1,5}$/.test(options.port) && Number(options.port) <= 65_535)) {
    writeStderr(`--port: '${options.port}' is not a port; use 0 (any free port) to 65535`);
    return 2;
  }
  const { fleetUrlEnv } = options;
  if (file !== undefined && fleetUrlEnv !== undefined) {
    writeStderr('--fleet-url-env does not work with an exported run: leave one of them out');
    return 2;
  }
  const run = await opened(file);
  if (run === null) return 2;
  const inspector = new InspectorServer({ port: Number(options.port) }, run);
  let database: FleetDatabase | null = null;
  if (run === undefined) {
    const cwd = process.cwd();
    const config = await loadConfig({ configFile: options.config });
    const memoryDir = resolveMemoryDir({ memory: options.memory, config, cwd });
    const redact = redactorFor(config.config, process.env);
    inspector.watch({
      memoryDir,
      stateDir: resolveStateDir({ configured: config.config.stateDir, env: process.env, cwd: config.baseDir }),
    });
    if (fleetUrlEnv !== undefined) {
      database = await fleetDatabase(fleetUrlEnv, config.config);
      if (database === null) return 2;
      await inspector.watchFleet({ database, redact });
    }
    await inspector.watchLearning(await learningOf(config, memoryDir, redact));
  }
  const signals = endSignals();
  await inspector.open(true);
  process.stdout.write(`${inspector.url}\n`);
  writeStderr('open this URL in a browser; press Ctrl-C to stop');
  await new Promise<void>((resolve) => signals.first.addEventListener('abort', () => resolve(), { once: true }));
  signals.ignore();
  await inspector.close();
  await database?.close();
  return 0;
};
