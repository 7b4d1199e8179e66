import { type BinaryLike, createHmac, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { loadMachineKey } from '../sharing/machine-key.ts';
import { openStateDir } from '../sharing/state-dir.ts';
import { isRecord } from '../text/is-record.ts';
import { printOf } from './args-print.ts';

/** Makes the digest of the arguments of a call; null if they are not known, are over about 4 KB, or are no data. */
export type DigestArgs = (args: Readonly<Record<string, unknown>> | undefined) => string | null;

/** The folder of what only the processes of this user on this machine share to learn. */
export const learningDir = (stateDir: string): string => {
  openStateDir(stateDir);
  const folder = join(stateDir, 'learning');
  openStateDir(folder);
  return folder;
};

/** The order of names does not count. */
const inOrder = (_name: string, value: unknown): unknown =>
  isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;

const digestArgsWith =
  (key: BinaryLike): DigestArgs =>
  (args) => {
    // Large arguments are not told apart: a digest of them would hold up every call.
    if (printOf(args) === null) return null;
    try {
      return createHmac('sha256', key).update(JSON.stringify(args, inOrder)).digest('hex').slice(0, 16);
    } catch {
      return null;
    }
  };

/**
 * Loads what makes digests of arguments: 16 hexadecimal digits, with a key of this user on this machine, so that nobody who reads a log
 * can try what arguments a call had. Rejects with a message for people if the key cannot be read or made.
 */
export const loadDigestArgs = async (stateDir: string): Promise<DigestArgs> =>
  digestArgsWith(await loadMachineKey(learningDir(stateDir)));

/** Makes digests of arguments that tell calls apart within this process only. */
export const ownDigestArgs = (): DigestArgs => digestArgsWith(randomBytes(32));
