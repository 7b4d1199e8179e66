import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, rmdir, stat, unlink } from 'node:fs/promises';

/** O_PATH of open(2): a descriptor that only names a folder needs no right to read it. It has this value wherever Node runs. */
const pathOnly = process.platform === 'linux' ? 0o10000000 : 0;
/** O_NOFOLLOW_ANY of open(2) on macOS 11: no part of the path may be a link. */
const followNone = 0x20000000;
const flags = constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0) | pathOnly;

/** The path that leads to what a descriptor has open, whatever its name leads to by now; null if the system has none. */
const pathOf = async (handle: FileHandle): Promise<string | null> => {
  const { dev, ino } = await handle.stat({ bigint: true });
  const path = { linux: `/proc/self/fd/${handle.fd}`, darwin: `/.vol/${dev}/${ino}` }[process.platform as string];
  if (path === undefined) return null;
  const found = await stat(path, { bigint: true }).catch(() => null);
  return found?.dev === dev && found.ino === ino ? path : null;
};

/**
 * A folder that is open. What is done to its entries is done in what was opened, even if other programs move it or put a
 * link in its place: Node's substitute for openat(2) and unlinkat(2).
 *
 * All calls must have settled before `close`: afterwards the number of the descriptor may name another folder.
 */
export class OpenedFolder {
  readonly #handle: FileHandle;
  readonly #base: string;
  /** Its path when it was opened. */
  readonly path: string;

  private constructor(handle: FileHandle, base: string, path: string) {
    this.#handle = handle;
    this.#base = base;
    this.path = path;
  }

  /**
   * Opens the folder of an absolute path and follows no link on the way: on macOS in one step, elsewhere step by step from the
   * root of the file system. Resolves with null if the system cannot reach the entries of an open folder: Windows, or Linux without /proc.
   *
   * Rejects with ENOTDIR or ELOOP if a part of the path is a link, or not a folder.
   */
  static async open(path: string): Promise<OpenedFolder | null> {
    if (constants.O_NOFOLLOW === undefined) return null;
    if (process.platform === 'darwin') return OpenedFolder.#opened(path, path, followNone);
    let folder = await OpenedFolder.#opened('/', '/');
    for (const name of path.split('/').filter(Boolean)) {
      if (folder === null) return null;
      const above: OpenedFolder = folder;
      try {
        folder = await above.#open(name);
      } finally {
        await above.close();
      }
    }
    return folder;
  }

  static async #opened(from: string | Buffer, path: string, more = 0): Promise<OpenedFolder | null> {
    const handle = await open(from, flags | more);
    try {
      const base = await pathOf(handle);
      if (base !== null) return new OpenedFolder(handle, base, path);
    } catch (error) {
      await handle.close();
      throw error;
    }
    await handle.close();
    return null;
  }

  #at(name: string | Buffer): Buffer {
    return Buffer.concat([Buffer.from(`${this.#base}/`), Buffer.from(name)]);
  }

  /** Its path with this entry, for people. */
  #shown(name: string | Buffer): string {
    return `${this.path === '/' ? '' : this.path}/${name.toString()}`;
  }

  #open(name: string | Buffer): Promise<OpenedFolder | null> {
    return OpenedFolder.#opened(this.#at(name), this.#shown(name));
  }

  /** The user who owns it. */
  async owner(): Promise<number> {
    return (await this.#handle.stat()).uid;
  }

  /** The names of its entries, as the bytes that they are. */
  names(): Promise<Buffer[]> {
    return readdir(this.#base, { encoding: 'buffer' });
  }

  /** Whether an entry is a folder; a link to one is not. */
  async isFolder(name: Buffer): Promise<boolean> {
    return (await lstat(this.#at(name))).isDirectory();
  }

  /** Opens a folder in it. Rejects with ENOTDIR or ELOOP if the entry is a link, or not a folder. */
  async openFolder(name: Buffer): Promise<OpenedFolder> {
    const folder = await this.#open(name);
    if (folder === null) throw new Error(`${this.#shown(name)} cannot be reached by its descriptor`);
    return folder;
  }

  /** Removes an entry that is not a folder; of a link, the link. */
  removeFile(name: Buffer): Promise<void> {
    return unlink(this.#at(name));
  }

  removeEmptyFolder(name: Buffer): Promise<void> {
    return rmdir(this.#at(name));
  }

  /** The message of an error of these calls, with the path that people know. */
  explain(error: unknown): string {
    const message = error instanceof Error ? error.message : String(error);
    return message.replaceAll(`${this.#base}/`, this.#shown('')).replaceAll(`'${this.#base}'`, `'${this.path}'`);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
