import { readdirSync, readFileSync } from 'node:fs';

/** Where a system call has its time limit, and the value that means none. */
interface Limit {
  /** The position of the argument, from 0; undefined for a call that has no time limit. */
  readonly argument?: number;
  readonly none?: string;
}

const noLimit: Limit = {};
const minusOne = '0xffffffff';
const epoll: Limit = { argument: 3, none: minusOne };
const ppoll: Limit = { argument: 2, none: '0x0' };
const select: Limit = { argument: 4, none: '0x0' };
const futex: Limit = { argument: 3, none: '0x0' };

/** The calls in which programs wait, by their numbers: epoll, poll, select, futex, read, the wait for a child or a signal. */
const waits: Readonly<Record<string, Readonly<Record<number, Limit>>>> = {
  x64: {
    ...{ 232: epoll, 281: epoll, 7: { argument: 2, none: minusOne }, 271: ppoll, 23: select, 270: select },
    ...{ 202: futex, 0: noLimit, 61: noLimit, 247: noLimit, 34: noLimit, 130: noLimit },
  },
  arm64: {
    ...{ 22: epoll, 73: ppoll, 72: select, 98: futex, 63: noLimit, 260: noLimit, 95: noLimit, 133: noLimit },
  },
};

const waitsForEver = (line: string): boolean => {
  const [number = '', ...args] = line.trim().split(' ');
  const limit = /^\d+$/.test(number) ? waits[process.arch]?.[Number(number)] : undefined;
  if (limit === undefined) return false;
  if (limit.argument === undefined) return true;
  // The upper half of a register says nothing about a 32-bit argument.
  const value = args[limit.argument] ?? '';
  return value === limit.none || (limit.none === minusOne && value.endsWith('ffffffff'));
};

/** The processes of a group that have not ended. */
const membersOf = (group: number): string[] =>
  readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const [state = '', , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(processGroup) === group && !/[ZX]/.test(state);
    } catch {
      return false;
    }
  });

/**
 * Whether all threads of a process group wait for something from outside, without a time limit: nothing that they do by
 * themselves is still to come. Returns a text that changes if any of them runs again; null if one is at work, or waits for a
 * time, or if the system does not say (it says so on Linux).
 */
export const restingState = (group: number): string | null => {
  if (process.platform !== 'linux') return null;
  try {
    const parts: string[] = [];
    for (const pid of membersOf(group)) {
      for (const thread of readdirSync(`/proc/${pid}/task`)) {
        const folder = `/proc/${pid}/task/${thread}`;
        if (!waitsForEver(readFileSync(`${folder}/syscall`, 'latin1'))) return null;
        const status = readFileSync(`${folder}/status`, 'latin1');
        parts.push(`${thread}:${status.match(/ctxt_switches:\t\d+/g)?.join()}`);
      }
    }
    return parts.length === 0 ? null : parts.join();
  } catch {
    // A thread has just ended, or is another user's.
    return null;
  }
};
