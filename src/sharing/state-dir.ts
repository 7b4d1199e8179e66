import { lstatSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

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

/**
 * Creates the folder, for this user alone, and checks that no one else can change its content: another user could keep
 * fixes from running. Throws a message for people.
 */
export const openStateDir = (path: string): void => {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(path);
  const own = process.getuid?.();
  if (own !== undefined && uid !== own) throw new Error('the folder is another user’s');
  if (own !== undefined && (mode & 0o022) !== 0) throw new Error('others may write into the folder: chmod 700 it');
};
