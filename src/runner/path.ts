import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { FixContext } from './context.ts';

/** Makes a path of the config absolute: `~/` is the home folder, all else is relative to the config's folder. */
export const configPath = (path: string, { baseDir, env }: Pick<FixContext, 'baseDir' | 'env'>): string =>
  path === '~' || path.startsWith('~/') ? join(env.HOME || homedir(), path.slice(1)) : resolve(baseDir, path);
