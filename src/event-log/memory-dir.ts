import { accessSync, constants, lstatSync, realpathSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { HealError } from '../errors.ts';
import { errorCode, isNotFound } from '../platform/fs.ts';
import { callSeries, eventSeries, liveFile, repairSeries } from './log-files.ts';

export interface MemoryDirOptions {
  /** What the caller asks for, relative to `cwd`; it comes first. */
  readonly memory?: string | undefined;
  /** The configuration as loaded: its `memoryDir` is absolute, `baseDir` is the folder of its file. */
  readonly config?:
    | { readonly config: { readonly memoryDir?: string | undefined }; readonly baseDir: string }
    | undefined;
  readonly cwd: string;
}

const isPresent = (path: string): boolean => {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    // Anything but its absence is a reason of its own, which the access to it then tells.
    return !isNotFound(error);
  }
};

/** The path itself where it is there, else the nearest folder above that is. */
const nearestPresent = (path: string): string => {
  let current = path;
  while (!isPresent(current) && dirname(current) !== current) current = dirname(current);
  return current;
};

const realPath = (path: string): string => {
  const present = nearestPresent(path);
  try {
    return realpathSync(present) + path.slice(present.length);
  } catch {
    return path;
  }
};

const isInNodeModules = (path: string): boolean => path.split(sep).includes('node_modules');

/**
 * Finds the memory folder: the one asked for, else the config's `memoryDir`, else `memory` beside the config
 * file, or in `cwd` where there is none. Touches nothing.
 *
 * Throws `MEMORY_NOT_WRITABLE` where it lies in a `node_modules`, whose content the next install throws away.
 */
export const resolveMemoryDir = ({ memory, config, cwd }: MemoryDirOptions): string => {
  const fallback = config?.config.memoryDir ?? 'memory';
  const folder = memory === undefined ? resolve(config?.baseDir ?? cwd, fallback) : resolve(cwd, memory);
  if (isInNodeModules(folder) || isInNodeModules(realPath(folder))) {
    throw new HealError(
      'MEMORY_NOT_WRITABLE',
      `the memory folder ${folder} lies in node_modules, whose content is lost with the next install: name another one with --memory, or with memoryDir in healflow.yaml`,
    );
  }
  return folder;
};

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'its file system is read-only',
  ENOTDIR: 'part of its path is a file, not a folder',
  ELOOP: 'its symbolic links go round in a ring',
  ENOENT: 'a symbolic link in its path leads nowhere',
};

const refuse = (path: string, reason: string): HealError =>
  new HealError(
    'MEMORY_NOT_WRITABLE',
    `cannot write ${path}: ${reason}; name another memory folder with --memory, or with memoryDir in healflow.yaml`,
  );

const assertFile = (path: string): void => {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) throw refuse(path, 'it is a symbolic link, and the log is never written through one');
  if (!stats.isFile()) throw refuse(path, 'something that is not a regular file stands in its place');
  accessSync(path, constants.W_OK);
};

const assertFolder = (path: string): void => {
  accessSync(path, constants.W_OK | constants.X_OK);
  if (!lstatSync(realpathSync(path)).isDirectory()) throw refuse(path, reasons.ENOTDIR ?? '');
};

/**
 * Checks that the log can be written below a memory folder, whether or not it is there yet. Creates nothing.
 *
 * Throws `MEMORY_NOT_WRITABLE`, with the path and the reason.
 */
export const assertWritable = (memoryDir: string): void => {
  for (const file of [eventSeries, callSeries, repairSeries].map((series) => liveFile(series(memoryDir)))) {
    const present = nearestPresent(file);
    try {
      if (present === file) assertFile(file);
      else assertFolder(present);
    } catch (error) {
      if (error instanceof HealError) throw error;
      const code = String(errorCode(error));
      throw refuse(present, reasons[code] ?? `the system says ${code}`);
    }
  }
};
