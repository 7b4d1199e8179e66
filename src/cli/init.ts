import { existsSync } from 'node:fs';
import { link, rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { starter } from '../config/starter.ts';
import { errorCode } from '../platform/fs.ts';

const name = 'healflow.yaml';

const reasons: Readonly<Record<string, string>> = {
  EEXIST: 'it already exists',
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
 * Writes a commented starter `healflow.yaml` into the current folder, atomically. An existing file is only replaced
 * with `force`.
 *
 * @returns the exit code: 0 if it was written, otherwise 2.
 */
export const init = async (options: {
  readonly force?: boolean | undefined;
  readonly [option: string]: unknown;
}): Promise<number> => {
  const stray = ['server', 'file', 'write', 'undo', 'launcher'].find((option) => options[option] !== undefined);
  if (stray !== undefined) return refuse(`--${stray} only works with --client NAME`);
  const taken = [name, 'healflow.yml'].find((file) => existsSync(resolve(file)));
  if (taken !== undefined && options.force !== true)
    return refuse(`${taken} already exists; use --force to overwrite it`);
  const target = resolve(name);
  const draft = `${target}.${process.pid}.tmp`;
  try {
    await writeFile(draft, starter, { flag: 'wx' });
    // Unlike a rename, a link never replaces an existing file.
    await (options.force === true ? rename(draft, target) : link(draft, target));
    process.stdout.write(`${name} was written; run "healflow check" to validate it\n`);
    return 0;
  } catch (error) {
    const code = errorCode(error) ?? '';
    return refuse(`${name} was not written: ${reasons[code] ?? String(error)}`);
  } finally {
    await rm(draft, { force: true });
  }
};
