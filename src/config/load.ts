import { lstatSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { HealError } from '../errors.ts';
import { isPathNotFound } from '../platform/fs.ts';
import { configPaths } from './config-file-names.ts';
import { resolvePaths } from './paths.ts';
import type { ReadOptions } from './read.ts';
import type { Config, ConfigInput } from './schema.ts';

/** A configuration that was read, checked and filled in. All paths in it are absolute. */
export interface LoadedConfig {
  readonly config: Config;
  /** The configuration as it was written, without the defaults; undefined if nothing was. */
  readonly written?: ConfigInput;
  /** The absolute path of the file; null if there is none. */
  readonly file: string | null;
  /** The folder that relative paths refer to: the file's, else the working folder. */
  readonly baseDir: string;
}

const maxShown = 20;

/** What the build makes of a configuration that says nothing; the compiled tree has it, the sources have the schema. */
const builtFile = new URL('../../config-defaults.json', import.meta.url);

const isMissing = (path: string): boolean => {
  try {
    lstatSync(path);
    return false;
  } catch (error) {
    return isPathNotFound(error);
  }
};

/** The defaults if nothing is configured, else null. Takes 1 ms; the schemas take 100 ms. */
const readDefaults = ({ config, configFile, cwd = process.cwd() }: ReadOptions): LoadedConfig | null => {
  const isGiven = config !== undefined || configFile !== undefined;
  if (isGiven || !configPaths(undefined, cwd).every(isMissing)) return null;
  try {
    const defaults = JSON.parse(readFileSync(builtFile, 'utf8')) as Config;
    const baseDir = resolve(cwd);
    return { config: resolvePaths(defaults, baseDir), file: null, baseDir };
  } catch {
    return null;
  }
};

/**
 * Reads, checks and completes the configuration.
 *
 * @throws HealError `CONFIG_NOT_FOUND` where the named file cannot be read, and `CONFIG_INVALID` with all problems (at
 * most 20), each with file, line, column, what to write instead, and the line itself.
 */
export const loadConfig = async (options: ReadOptions = {}): Promise<LoadedConfig> => {
  const defaults = readDefaults(options);
  if (defaults !== null) return defaults;
  const { readConfig } = await import('./read.ts');
  const { findingText, inFileOrder } = await import('./finding.ts');
  const { config, written, file, baseDir, parts } = await readConfig(options);
  const problems = parts.flatMap((part) => inFileOrder(part.problems).map(findingText));
  if (config === null || problems.length > 0) {
    const more = problems.length > maxShown ? [`... and ${problems.length - maxShown} more problems`] : [];
    throw new HealError('CONFIG_INVALID', [...problems.slice(0, maxShown), ...more].join('\n'));
  }
  return { config, ...(written && { written }), file, baseDir };
};
