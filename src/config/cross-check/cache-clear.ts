import { isAbsolute, relative, sep } from 'node:path';
import type { Problem } from '../problem.ts';
import type { Entry } from './entry.ts';

/** Finds parts of a `cache_clear` entry that do not fit together. */
export const checkCacheClear = ({ folders, allowedRoots, tool }: Entry<'cache_clear'>): Problem[] => {
  const hasFolders = folders.length > 0;
  if (!hasFolders && tool === undefined) {
    const advice = 'give it `folders` with `allowedRoots`, or a `tool`';
    return [{ path: [], at: 'key', problem: 'cache_clear has nothing to clear', advice }];
  }
  if (hasFolders && allowedRoots.length === 0) {
    const advice = 'name the folders that they must be inside of';
    return [{ path: ['folders'], problem: 'folders are only emptied inside of `allowedRoots`', advice }];
  }
  return [];
};

const isInside = (folder: string, root: string): boolean => {
  const path = relative(root, folder);
  const isAbove = path === '..' || path.startsWith(`..${sep}`);
  // On another drive of Windows there is no relative path.
  return !isAbove && !isAbsolute(path);
};

/** Finds folders outside of the allowed roots; a root itself may be emptied too. */
export const warnCacheClear = ({ folders, allowedRoots }: Entry<'cache_clear'>): Problem[] => {
  if (allowedRoots.length === 0) return [];
  return folders.flatMap((folder, index) => {
    if (allowedRoots.some((root) => isInside(folder, root))) return [];
    const problem = `${folder} is not inside of \`allowedRoots\` and will not be emptied`;
    return [{ path: ['folders', index], problem, advice: 'allow a folder above it, or remove it' }];
  });
};
