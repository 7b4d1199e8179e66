import { closeSync, lstatSync, openSync, renameSync, unlinkSync } from 'node:fs';
import { errorCode, isNotFound } from '../platform/fs.ts';
import { liveFile, rotatedFile, rotatedNumbers, type Series } from './log-files.ts';

/** Takes the next free number by creating its file: a rename onto it can then overwrite nothing else. */
const reserve = (series: Series): number => {
  for (let number = (rotatedNumbers(series).at(-1) ?? 0) + 1; ; number += 1) {
    try {
      closeSync(openSync(rotatedFile(series, number), 'wx'));
      return number;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }
};

/**
 * Moves the live file out of the way if it is still the one with this inode, and removes the oldest rotated
 * files beyond `keepFiles`.
 *
 * A writer that has the file open meanwhile writes into the rotated one, which readers read too. Where two
 * processes rotate at once, the second may move a file that is nearly empty; nothing is lost by it.
 */
export const rotate = (series: Series, inode: number, keepFiles: number): void => {
  const live = liveFile(series);
  const target = rotatedFile(series, reserve(series));
  try {
    if (lstatSync(live).ino !== inode) {
      unlinkSync(target);
      return;
    }
    renameSync(live, target);
  } catch (error) {
    unlinkSync(target);
    if (isNotFound(error)) return;
    throw error;
  }
  // Another process has rotated in between, and this file is the one after its own: its number has to be higher too.
  if (lstatSync(target).ino !== inode) renameSync(target, rotatedFile(series, reserve(series)));
  for (const number of rotatedNumbers(series).slice(0, -keepFiles)) {
    try {
      unlinkSync(rotatedFile(series, number));
    } catch {
      // Another process has just removed it, or may and this one may not: the next rotation tries again.
    }
  }
};
