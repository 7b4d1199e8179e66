import { resolve } from 'node:path';
import { systemClock } from '../clock.ts';
import type { LoadedConfig } from '../config/load.ts';
import { loadConfig } from '../config/load.ts';
import { HealError } from '../errors.ts';
import { FleetDatabase } from '../fleet/database.ts';
import { databaseError } from '../fleet/database-error.ts';
import { settingsFrom } from '../fleet/settings.ts';
import { printable } from '../text/sanitize.ts';
import { type Io, outputTo } from './io.ts';

/** How a command reaches the database of a fleet. */
export interface ConnectionOptions {
  readonly config?: string | undefined;
  /** The environment variable that holds the URL, in place of that of the configuration. */
  readonly urlEnv?: string | undefined;
  /** The file with the certificates that its TLS is verified against, in place of that of the configuration. */
  readonly caFile?: string | undefined;
}

/** Says on stderr why a command failed; resolves with the exit code. */
export const failed = async ({ stderr }: Io, error: unknown): Promise<number> => {
  await outputTo(stderr).write(`healflow: ${printable(databaseError(error).message)}\n`);
  return 1;
};

/**
 * Runs a command with the database of the fleet; resolves with its exit code, or with 1 if the database fails.
 *
 * @throws HealError if the configuration is invalid, or there is no fleet.
 */
export const withFleetDatabase = async (
  options: ConnectionOptions,
  io: Io,
  run: (database: FleetDatabase, config: LoadedConfig['config']) => Promise<number>,
): Promise<number> => {
  const { config } = await loadConfig({ configFile: options.config, cwd: io.cwd });
  const urlEnv = options.urlEnv ?? config.fleet?.urlEnv;
  if (urlEnv === undefined) {
    throw new HealError('CONFIG_INVALID', 'there is no fleet: set `fleet.urlEnv` in healflow.yaml, or pass --url-env');
  }
  const caFile = options.caFile === undefined ? config.fleet?.caFile : resolve(io.cwd, options.caFile);
  const database = new FleetDatabase({
    settings: () => settingsFrom({ urlEnv, caFile }, io.env),
    clock: systemClock,
    machine: null,
  });
  try {
    return await run(database, config);
  } catch (error) {
    return failed(io, error);
  } finally {
    await database.close();
  }
};
