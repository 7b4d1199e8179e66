import { closeSync, constants, linkSync, openSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../platform/fs.ts';
import { makeFolder } from '../platform/make-folder.ts';
import { headerOf, liveFile, type Series } from './log-files.ts';

/** File systems without hard links say one of these. */
const noLinks = new Set<unknown>(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK']);

let created = 0;

/** Writes the header to a file of its own; its name belongs to this process alone. */
const writeTemporary = (series: Series, header: string): string => {
  for (;;) {
    created += 1;
    const path = join(series.folder, `.${series.name}.${process.pid}.${created}.tmp`);
    try {
      writeFileSync(path, header, { flag: 'wx' });
      return path;
    } catch (error) {
      // Left behind by an earlier process with the same id.
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }
};

/**
 * Creates the live file with its header in one step, so that it is never seen without and never gets two,
 * however many processes try. Does nothing where it is there already.
 */
export const createLive = (series: Series): void => {
  const live = liveFile(series);
  const header = headerOf(series);
  makeFolder(series.folder);
  const temporary = writeTemporary(series, header);
  try {
    linkSync(temporary, live);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return;
    if (!noLinks.has(errorCode(error))) throw error;
    createWithoutLink(live, header);
  } finally {
    unlinkSync(temporary);
  }
};

/** The next best thing: exclusive, but for a moment another writer may see the file empty. */
const createWithoutLink = (live: string, header: string): void => {
  let descriptor: number;
  try {
    descriptor = openSync(live, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL, 0o666);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return;
    throw error;
  }
  try {
    writeSync(descriptor, header);
  } finally {
    closeSync(descriptor);
  }
};
