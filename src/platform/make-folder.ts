import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isNotFound } from './fs.ts';

const isFolder = (path: string): boolean => {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
};

/**
 * Creates a folder and those above it; does nothing if it exists. Unlike Node's own recursive `mkdir`, which tries for
 * ever below /proc, it always ends.
 *
 * @param mode The permissions of each new folder. @default 0o777
 */
export const makeFolder = (path: string, mode = 0o777): void => {
  const make = (): unknown => {
    try {
      mkdirSync(path, { mode });
      return undefined;
    } catch (error) {
      return isFolder(path) ? undefined : error;
    }
  };
  const error = make();
  if (error === undefined) return;
  const above = dirname(path);
  if (!isNotFound(error) || above === path) throw error;
  makeFolder(above, mode);
  const again = make();
  if (again === undefined) return;
  if (!isNotFound(again)) throw again;
  throw Object.assign(new Error(`no folder can be made in ${above}`), { code: 'ENOENT' });
};
