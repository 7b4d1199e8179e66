import { existsSync, readFileSync } from 'node:fs';
import { expect, vi } from 'vitest';
import type { FakeClock } from './fake-clock.ts';

/** Waits until a program has written its process ids. */
export const pidsIn = async (file: string): Promise<number[]> => {
  await vi.waitFor(() => expect(existsSync(file)).toBe(true), { timeout: 20_000, interval: 5 });
  return readFileSync(file, 'utf8').split(' ').map(Number);
};

/** Whether a process is at work; one that has died and waits to be collected is not. */
export const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return !existsSync('/proc/self/stat');
  }
};

/** Waits until none of the processes is at work. */
export const allGone = (pids: readonly number[]): Promise<void> =>
  vi.waitFor(() => expect(pids.filter(isRunning)).toEqual([]), { timeout: 5_000, interval: 5 });

/** Advances the clock in small steps, giving real processes their turn, until the promise settles. */
export const settledWith = async <T>(clock: FakeClock, promise: Promise<T>, stepMs = 50): Promise<T> => {
  let settled = false;
  const done = promise.finally(() => {
    settled = true;
  });
  while (!settled) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    if (!settled) await clock.advance(stepMs);
  }
  return done;
};
