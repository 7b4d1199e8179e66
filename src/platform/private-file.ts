import type { Stats } from 'node:fs';

/** Throws if another user could have written or read a file or folder. */
export const assertPrivate = ({ uid, mode }: Stats): void => {
  const own = process.getuid?.();
  if (own === undefined) return;
  if (uid !== own) throw new Error(`it belongs to another user (uid ${uid}, this is ${own})`);
  if ((mode & 0o077) !== 0) throw new Error(`others can open it (mode ${(mode & 0o777).toString(8)})`);
};
