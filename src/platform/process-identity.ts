import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import type { Clock } from '../model/clock.ts';
import { runCommand } from './command.ts';
import { errorCode } from './fs.ts';

/** Identifies a process, even if its number is used again later. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, as the system counts; null if the system does not say. */
  readonly start: string | null;
}

/** The machine, since it was last started. */
export interface MachineIdentity {
  /** Null if the system does not say. */
  readonly boot: string | null;
  /** The space in which process numbers count, as of a container; null if there is only one. */
  readonly space: string | null;
  readonly host: string;
}

/** When this machine was started, in ms since the epoch. */
export const bootTime = (clock: Clock): number => clock.now() - uptime() * 1_000;

const quietly = <T>(read: () => T): T | null => {
  try {
    return read();
  } catch {
    return null;
  }
};

const ask = async (clock: Clock, argv: readonly string[]): Promise<string | null> => {
  const { ended, stdout } = await runCommand({
    argv,
    cwd: '/',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
    outputLimitBytes: 4_096,
    signal: new AbortController().signal,
    clock,
  });
  return ended === 'ok' ? (stdout?.trim() ?? null) : null;
};

/** The fields of /proc/PID/stat, proc_pid_stat(5); null if the process is gone. The name, field 2, may hold anything. */
const procStat = (pid: number): { readonly state: string; readonly start: string } | null => {
  const text = quietly(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, start] = [fields?.[0], fields?.[19]];
  return state === undefined || start === undefined ? null : { state, start };
};

/** Whether the system lets anyone send it a signal: false if it is gone, true also if it is another user's. */
const processExists = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
};

/** The start time of a process; null if it is gone or the system does not say. */
export const startOf = async (pid: number, clock: Clock): Promise<string | null> => {
  if (process.platform === 'linux') return procStat(pid)?.start ?? null;
  if (process.platform === 'darwin') return ask(clock, ['ps', '-o', 'lstart=', '-p', String(pid)]);
  return null;
};

/**
 * Whether a process is still running. A zombie counts as gone; a stopped
 * one is not.
 */
export const isRunning = async ({ pid, start }: ProcessIdentity, clock: Clock): Promise<boolean> => {
  if (!processExists(pid)) return false;
  if (process.platform === 'linux') {
    const stat = procStat(pid);
    // If /proc shows only its own processes, this one belongs to another user.
    if (stat === null) return processExists(pid);
    return stat.state !== 'Z' && stat.state !== 'X' && (start === null || stat.start === start);
  }
  const now = start === null ? null : await startOf(pid, clock);
  return now === null || now === start;
};

/** Identifies the machine and its current boot. */
export const machineIdentity = async (clock: Clock): Promise<MachineIdentity> => {
  const host = hostname();
  if (process.platform === 'linux') {
    return {
      boot: quietly(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()),
      space: quietly(() => readlinkSync('/proc/self/ns/pid')),
      host,
    };
  }
  const boot = process.platform === 'darwin' ? await ask(clock, ['sysctl', '-n', 'kern.bootsessionuuid']) : null;
  return { boot, space: null, host };
};

/**
 * How a process is seen from another: its number counts `here`, it ended with an `earlier boot` of this machine, or it is in
 * `another container` or on `another machine`, where it cannot be seen.
 */
export type Visibility = 'here' | 'earlier boot' | 'another container' | 'another machine';

/**
 * How a process is seen from this one.
 *
 * @param since When it was known to run, in ms since the epoch.
 * @param bootedAt When this machine was started.
 */
export const visibilityOf = (
  there: MachineIdentity & { readonly since: number },
  here: MachineIdentity & { readonly bootedAt: number },
): Visibility => {
  if (there.boot !== null && here.boot !== null && there.boot !== here.boot) {
    // Two machines may have one name: this one did not write it before it was started.
    return there.host === here.host && there.since < here.bootedAt ? 'earlier boot' : 'another machine';
  }
  // A host may change its name while it runs.
  if ((there.boot === null || here.boot === null) && there.host !== here.host) return 'another machine';
  return there.space === here.space ? 'here' : 'another container';
};
