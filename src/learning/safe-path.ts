import { type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** What the check of a path asks the system. */
export interface SafePathParts {
  readonly stat: (path: string) => Pick<Stats, 'uid' | 'mode' | 'isDirectory'>;
  /** The user that healflow runs as. */
  readonly uid: number | undefined;
}

const system: SafePathParts = { stat: statSync, uid: process.getuid?.() };

const sticky = 0o1000;

/**
 * Why others could replace what is at an absolute path: it, or a folder above it, belongs to another user, or group or others may
 * write to it. Null if they cannot. Of a folder with the sticky bit, others can replace only what is theirs.
 */
export const replaceableBy = (path: string, { stat, uid }: SafePathParts = system): string | null => {
  for (let at = path; ; at = dirname(at)) {
    const stats = stat(at);
    if (uid !== undefined && stats.uid !== 0 && stats.uid !== uid) return `\`${at}\` belongs to another user`;
    const isSticky = stats.isDirectory() && (stats.mode & sticky) !== 0;
    if ((stats.mode & 0o022) !== 0 && !isSticky) return `\`${at}\` can be written by other users: \`chmod go-w\` it`;
    if (at === dirname(at)) return null;
  }
};
