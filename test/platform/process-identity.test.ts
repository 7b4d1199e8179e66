import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { bootTime, isRunning, machineIdentity, startOf, visibilityOf } from '../../src/platform/process-identity.ts';

const idle = () => spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });

/** Waits until the system shows a process in a state of proc_pid_stat(5). */
const inState = (pid: number, state: string): Promise<void> =>
  vi.waitFor(() => expect(readFileSync(`/proc/${pid}/stat`, 'latin1')).toContain(`) ${state} `), 10_000);

describe('a process', () => {
  it('is running until it has ended, also while it is stopped', async () => {
    const child = idle();
    await once(child, 'spawn');
    const pid = child.pid ?? 0;
    const mark = { pid, start: await startOf(pid, systemClock) };
    expect(await isRunning(mark, systemClock)).toBe(true);
    child.kill('SIGSTOP');
    expect(await isRunning(mark, systemClock)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await isRunning(mark, systemClock)).toBe(false);
  });

  it.runIf(process.platform === 'linux')('is gone once it is a zombie, whose number is still in use', async () => {
    // The shell replaces itself by a program that prints the child's number and never waits for the child.
    const script = 'sleep 60 & exec "$0" -e "console.log($!); setInterval(() => {}, 1000)"';
    const parent = spawn('sh', ['-c', script, process.execPath], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      const [line] = await once(parent.stdout, 'data');
      const pid = Number(line);
      const start = await startOf(pid, systemClock);
      expect(await isRunning({ pid, start }, systemClock)).toBe(true);
      process.kill(pid, 'SIGKILL');
      await inState(pid, 'Z');
      expect(process.kill(pid, 0)).toBe(true);
      expect(await startOf(pid, systemClock)).toBe(start);
      expect(await isRunning({ pid, start }, systemClock)).toBe(false);
      expect(await isRunning({ pid, start: null }, systemClock)).toBe(false);
    } finally {
      parent.kill('SIGKILL');
    }
  });

  it.runIf(process.platform === 'linux')('is running while it is stopped', async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    try {
      await once(child, 'spawn');
      const pid = child.pid ?? 0;
      child.kill('SIGSTOP');
      await inState(pid, 'T');
      expect(await isRunning({ pid, start: null }, systemClock)).toBe(true);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('is not the one that had its number before', async () => {
    const start = await startOf(process.pid, systemClock);
    expect(start).not.toBeNull();
    expect(await isRunning({ pid: process.pid, start }, systemClock)).toBe(true);
    expect(await isRunning({ pid: process.pid, start: 'another' }, systemClock)).toBe(false);
    expect(await isRunning({ pid: process.pid, start: null }, systemClock)).toBe(true);
  });
});

describe('a process of a machine', () => {
  const here = { boot: 'b1', space: 's1', host: 'h1', bootedAt: 1_000 };
  const there = { boot: 'b1', space: 's1', host: 'h1', since: 2_000 };

  it.each([
    ['of the same machine', {}, 'here'],
    ['of the same machine, which has another name now', { host: 'h2' }, 'here'],
    ['of the same machine, which does not tell when it started', { boot: null }, 'here'],
    ['from before the machine was last started', { boot: 'b0', since: 999 }, 'earlier boot'],
    ['of another machine with the same name', { boot: 'b0' }, 'another machine'],
    ['of another machine', { boot: 'b0', host: 'h2', since: 999 }, 'another machine'],
    ['of another machine, where neither tells when it started', { boot: null, host: 'h2' }, 'another machine'],
    ['of another container, whose numbers mean nothing here', { space: 's2' }, 'another container'],
    ['of another container with another name', { space: 's2', host: 'h2' }, 'another container'],
    ['that does not say of which container it is', { space: null }, 'another container'],
  ])('%s', (_, changes, expected) => {
    expect(visibilityOf({ ...there, ...changes }, here)).toBe(expected);
  });

  it('knows when the machine was started', () => {
    const bootedAt = bootTime(systemClock);
    expect(bootedAt).toBeLessThan(systemClock.now());
    expect(Math.abs(bootTime(systemClock) - bootedAt)).toBeLessThan(60_000);
  });

  it.runIf(process.platform === 'linux')(
    'names the start of the machine and the space of process numbers',
    async () => {
      expect(await machineIdentity(systemClock)).toEqual({
        boot: expect.stringMatching(/^[0-9a-f-]{36}$/),
        space: expect.stringMatching(/^pid:\[\d+\]$/),
        host: expect.any(String),
      });
    },
  );
});
