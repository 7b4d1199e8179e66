import { hash } from 'node:crypto';
import { link, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../clock.ts';
import { errorCode, isNotFound, isPathNotFound } from '../platform/fs.ts';
import { makeFolder } from '../platform/make-folder.ts';
import { readRegularFile } from '../platform/regular-file.ts';
import { uniqueId } from '../sharing/identity.ts';

/** Maximum size of a file that can be read. */
export const maxBytes = 65_536;

/** A draft of this age was left by a writer that was killed. */
const oldDraftMs = 3_600_000;

/** In place of a version: there was no file. */
export const none = 'none';

/** A digest of the text of a file. */
export const versionOf = (text: string): string => hash('sha256', text, 'hex').slice(0, 32);

/** Reads a file; null if there is none. Throws if it is something else than a file, or too large. */
export const readText = (path: string): string | null => {
  try {
    const { text } = readRegularFile(path, maxBytes);
    if (text === undefined) throw new Error(`it is larger than ${maxBytes} bytes`);
    return text;
  } catch (error) {
    if (isPathNotFound(error)) return null;
    throw error;
  }
};

const versionIn = (path: string): string => {
  const text = readText(path);
  return text === null ? none : versionOf(text);
};

/** Removes what killed writers have left: the folder may be under version control. */
const removeOldDrafts = async (dir: string): Promise<void> => {
  const drafts = (await readdir(dir)).filter((file) => file.startsWith('.') && file.endsWith('.draft'));
  for (const file of drafts) {
    const path = join(dir, file);
    const written = await stat(path).catch(() => undefined);
    if (written !== undefined && systemClock.now() - written.mtimeMs > oldDraftMs) await rm(path, { force: true });
  }
};

/** Puts the version that was prepared in the place of the file; it may have been done by somebody else just now. */
const complete = async (next: string, path: string): Promise<void> => {
  try {
    await rename(next, path);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
};

const linked = async (draft: string, next: string): Promise<boolean> => {
  try {
    await link(draft, next);
    return true;
  } catch (error) {
    // On a network file system the response may be lost although the link exists.
    if ((await stat(draft)).nlink === 2) return true;
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
};

/**
 * Writes a file in the place of one version of it, in steps each of which may be the last. Resolves with false if the file has another
 * version by then.
 *
 * The successor of a version is a whole file, linked to a name that is made of that version: only one writer can do that. While
 * it exists, the file cannot change in any other way, since that would take the same name. It is then renamed to the file; if
 * its writer dies before that, the next writer does it.
 *
 * @param name The name of the file without its extension.
 */
export const replaceVersion = async (
  { dir, name, extension }: { readonly dir: string; readonly name: string; readonly extension: string },
  text: string,
  version: string,
): Promise<boolean> => {
  const path = join(dir, `${name}${extension}`);
  makeFolder(dir);
  await removeOldDrafts(dir).catch(() => {});
  const draft = join(dir, `.${name}.${uniqueId()}.draft`);
  const next = join(dir, `.${name}.${version}.next`);
  try {
    const file = await open(draft, 'wx', 0o644);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    if (versionIn(path) !== version) return false;
    if (!(await linked(draft, next))) {
      if (versionIn(path) === version) await complete(next, path);
      return false;
    }
    if (versionIn(path) !== version) {
      await rm(next, { force: true });
      return false;
    }
    await complete(next, path);
    return true;
  } finally {
    await rm(draft, { force: true }).catch(() => {});
  }
};
