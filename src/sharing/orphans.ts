import { readdirSync, readFileSync } from 'node:fs';
import type { Clock } from '../model/clock.ts';
import { ProcessGroup } from '../platform/process-group.ts';
import { isRunning, type Visibility } from '../platform/process-identity.ts';
import { leaseVariable } from '../runner/environment.ts';
import type { LockRecord } from './lock-file.ts';

const read = (path: string): string => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // It has ended meanwhile, or is another user's.
    return '';
  }
};

/**
 * Finds the process groups of the commands that were started under this lease, on Linux, where the system shows what they
 * were started with: for a holder that died after starting a command and before recording it.
 */
const groupsOfLease = (id: string): number[] => {
  if (process.platform !== 'linux') return [];
  const groups = new Set<number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || !read(`/proc/${name}/environ`).split('\0').includes(`${leaseVariable}=${id}`)) continue;
    const stat = read(`/proc/${name}/stat`);
    const group = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
    if (group > 1) groups.add(group);
  }
  return [...groups];
};

/**
 * Ends the command that a holder left running when it died, with its whole process group: a fix never runs twice
 * at once. Background processes of a command that had ended stay. False if a command goes on that may not be ended.
 *
 * @param sees How the holder is seen: the number of a process counts only there.
 */
export const endOrphans = async ({ id, worker }: LockRecord, sees: Visibility, clock: Clock): Promise<boolean> => {
  const known = sees === 'here' && worker !== null;
  const groups = known ? ((await isRunning(worker, clock)) ? [worker.pid] : []) : groupsOfLease(id);
  const ends = await Promise.all(groups.map((leader) => new ProcessGroup(leader).end(clock)));
  return ends.every(Boolean);
};
