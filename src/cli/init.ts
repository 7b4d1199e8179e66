import { existsSync } from 'node:fs';
import { link, rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { starter } from '../config/starter.ts';
import { errorCode } from '../platform/fs.ts';

const name = 'healflow.yaml';

const reasons: Readonly<Record<string, string>> = {
  EEXIST: 'it exists already',
  EACCES: 'this folder is not writable',
  EROFS: 'this folder is not writable',
  ENOSPC: 'the disk is full',
  EISDIR: `${name} is a folder`,
};

const refuse = (reason: string): number => {
  process.stderr.write(`healflow: ${reason}\n`);
  return 2;
};

/**
 * Writes a commented starter `healflow.yaml` into this folder, whole or not at all. An existing one stays as it is, unless
 * `force` says otherwise.
 *
 * @returns the exit code: 0 where it was written, 2 where it was not.
 */
export const init = async (options: {
  readonly force?: boolean | undefined;
  readonly [option: string]: unknown;
}): Promise<number> => {
  const stray = ['server', 'file', 'write', 'undo', 'launcher'].find((option) => options[option] !== undefined);
  if (stray !== undefined) return refuse(`--${stray} only works with --client NAME`);
  const taken = [name, 'healflow.yml'].find((file) => existsSync(resolve(file)));
  if (taken !== undefined && options.force !== true) return refuse(`${taken} exists already; --force overwrites it`);
  const target = resolve(name);
  const draft = `${target}.${process.pid}.tmp`;
  try {
    await writeFile(draft, starter, { flag: 'wx' });
    // A link never replaces what is there; a rename does.
    await (options.force === true ? rename(draft, target) : link(draft, target));
    process.stdout.write(`${name} is written; run "healflow check" to validate it\n`);
    return 0;
  } catch (error) {
    const code = errorCode(error) ?? '';
    return refuse(`${name} was not written: ${reasons[code] ?? String(error)}`);
  } finally {
    await rm(draft, { force: true });
  }
};
