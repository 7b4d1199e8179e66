import { lstatSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { makeFolder } from '../platform/make-folder.ts';
import { showCommand } from '../text/command-line.ts';
import { errorText } from '../text/error-text.ts';

export interface StateDirOptions {
  /** The config's `stateDir`, which is absolute if it comes from a file. */
  readonly configured: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

/**
 * Finds the folder for the locks and histories that the processes of this machine share: `HEALFLOW_STATE_DIR`, the config's
 * `stateDir`, `$XDG_STATE_HOME/healflow`, `~/.local/state/healflow`. Touches nothing. XDG Base Directory Specification
 */
export const resolveStateDir = ({ configured, env, cwd }: StateDirOptions): string => {
  const { HEALFLOW_STATE_DIR: asked, XDG_STATE_HOME: state, HOME: home } = env;
  if (asked) return resolve(cwd, asked);
  if (configured !== undefined) return resolve(cwd, configured);
  // The specification says to ignore relative paths.
  const base = state && isAbsolute(state) ? state : join(home || homedir(), '.local/state');
  return join(base, 'healflow');
};

/** What a link leads to; undefined if the path is no link. */
const realPathOfLink = (path: string): string | undefined => {
  try {
    if (!lstatSync(path).isSymbolicLink()) return undefined;
  } catch {
    return undefined;
  }
  try {
    return realpathSync(path);
  } catch {
    return 'a folder (what it leads to does not exist)';
  }
};

const elsewhere = 'set stateDir in healflow.yaml, or HEALFLOW_STATE_DIR, to another folder';

/**
 * Creates the folder, for this user alone, and checks that no one else can change its content: another user could keep
 * fixes from running. Throws a message for people.
 */
export const openStateDir = (path: string): void => {
  const leadsTo = realPathOfLink(path);
  if (leadsTo !== undefined) {
    throw new Error(
      `the state folder ${path} is a symbolic link, which may change: set stateDir in healflow.yaml, or HEALFLOW_STATE_DIR, to ${leadsTo}`,
    );
  }
  try {
    makeFolder(path, 0o700);
  } catch (error) {
    throw new Error(`the state folder ${path} cannot be made: ${errorText(error)}; ${elsewhere}`);
  }
  const { uid, mode } = lstatSync(path);
  const own = process.getuid?.();
  if (own !== undefined && uid !== own) {
    throw new Error(`the state folder ${path} belongs to another user (uid ${uid}, this is ${own}); ${elsewhere}`);
  }
  if (own !== undefined && (mode & 0o022) !== 0) {
    throw new Error(`others can write to the state folder ${path}: run ${showCommand(['chmod', '700', path])}`);
  }
};
