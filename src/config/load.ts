import { HealError } from '../errors.ts';
import { type ReadOptions, readConfig } from './read.ts';
import type { Config } from './schema.ts';

/** A configuration that was read, checked and filled in. All paths in it are absolute. */
export interface LoadedConfig {
  readonly config: Config;
  /** The absolute path of the file; null where there is none. */
  readonly file: string | null;
  /** The folder that relative paths stand below: the file's, else the working folder. */
  readonly baseDir: string;
}

const mostShown = 20;

/**
 * Reads, checks and completes the configuration.
 *
 * @throws HealError `CONFIG_NOT_FOUND` where the named file cannot be read, and `CONFIG_INVALID` with all problems (at
 * most 20), each with file, line, column, what to write instead, and the line itself.
 */
export const loadConfig = async (options: ReadOptions = {}): Promise<LoadedConfig> => {
  const { config, file, baseDir, parts } = await readConfig(options);
  const problems = parts.flatMap((part) =>
    [...part.problems].sort((a, b) => a.order - b.order).map(({ text }) => text),
  );
  if (config === null || problems.length > 0) {
    const more = problems.length > mostShown ? [`... and ${problems.length - mostShown} more problems`] : [];
    throw new HealError('CONFIG_INVALID', [...problems.slice(0, mostShown), ...more].join('\n'));
  }
  return { config, file, baseDir };
};
