import { randomBytes } from 'node:crypto';
import { link, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, isNotFound } from '../platform/fs.ts';
import { assertPrivate } from '../platform/private-file.ts';
import { readRegularFile } from '../platform/regular-file.ts';
import { uniqueId } from './identity.ts';

const keyBytes = 32;

const readKey = (path: string): Buffer => {
  const { text = '', stats } = readRegularFile(path, 1_000);
  try {
    assertPrivate(stats);
  } catch (error) {
    throw new Error(
      `the key in ${path} is not used, as ${error instanceof Error ? error.message : 'it is unsafe'}: remove it`,
    );
  }
  const key = Buffer.from(text.trim(), 'hex');
  if (key.length !== keyBytes) throw new Error(`the key in ${path} is damaged: remove it`);
  return key;
};

/** Reads the key in a folder; null if there is none. Throws a message for people. */
export const readMachineKey = (folder: string): Buffer | null => {
  try {
    return readKey(join(folder, 'key'));
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
};

/**
 * Loads the key in a folder of this user, which is made if it is missing: 32 random bytes that only this user can read. Rejects with a
 * message for people.
 */
export const loadMachineKey = async (folder: string): Promise<Buffer> => {
  const path = join(folder, 'key');
  const known = readMachineKey(folder);
  if (known !== null) return known;
  // The first of several processes that make one at the same time wins.
  const draft = join(folder, `${uniqueId()}.draft`);
  try {
    await writeFile(draft, `${randomBytes(keyBytes).toString('hex')}\n`, { flag: 'wx', mode: 0o600 });
    await link(draft, path).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
  return readKey(path);
};
