import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { restartUnlessClosed } from '../../src/cli/hangup.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { allGone, isRunning } from '../support/processes.ts';

const hangupWith = () => {
  const clock = new FakeClock();
  const done: string[] = [];
  const terminal = { isOpen: true };
  const make = () =>
    restartUnlessClosed({ hasTerminal: () => terminal.isOpen, clock, restart: () => done.push('restart') });
  return { clock, done, terminal, make, end: () => done.push('end') };
};

describe('SIGHUP', () => {
  it('restarts a process that never had a terminal, at once', () => {
    const { done, terminal, make, end } = hangupWith();
    terminal.isOpen = false;
    make()(end);
    expect(done).toEqual(['restart']);
  });

  it('ends a process whose terminal is closed', async () => {
    const { clock, done, terminal, make, end } = hangupWith();
    const onHangup = make();
    terminal.isOpen = false;
    onHangup(end);
    await clock.advance(0);
    expect(done).toEqual(['end']);
  });

  it('ends a process whose shell ends just after the signal', async () => {
    const { clock, done, terminal, make, end } = hangupWith();
    make()(end);
    await clock.advance(100);
    terminal.isOpen = false;
    await clock.advance(400);
    expect(done).toEqual(['end']);
  });

  it('restarts a process whose terminal stays', async () => {
    const { clock, done, make, end } = hangupWith();
    make()(end);
    await clock.advance(500);
    expect(done).toEqual(['restart']);
  });
});

/** `script` of util-linux runs a command in a terminal of its own. */
const hasScript = spawnSync('script', ['--version']).stdout?.toString().includes('util-linux') === true;
const pids: number[] = [];

afterEach(() => {
  for (const pid of pids.splice(0)) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
});

describe.skipIf(!hasScript)('a proxy in a terminal, with its input and output elsewhere,', () => {
  const start = async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'healflow-hangup-')));
    const path = (name: string): string => join(folder, name);
    execFileSync('mkfifo', [path('in')]);
    const program = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
    const server = fileURLToPath(new URL('../fixtures/mcp/listing-server.mjs', import.meta.url));
    // The input never ends: the shell holds both of its ends open.
    const command = `echo $$ >pid; exec '${process.execPath}' '${program}' proxy -- '${process.execPath}' '${server}' 0<>in >out 2>err`;
    const terminal = spawn('script', ['-qec', command, '/dev/null'], {
      cwd: folder,
      env: { PATH: process.env.PATH, SHELL: '/bin/sh' },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const textOf = (name: string): string => (existsSync(path(name)) ? readFileSync(path(name), 'utf8') : '');
    await vi.waitFor(() => expect(textOf('pid')).toContain('\n'), 30_000);
    const pid = Number(textOf('pid'));
    pids.push(pid, terminal.pid ?? 0);
    const restarts = async (count: number): Promise<void> => {
      const restarted = (): number => textOf('err').split('was restarted on request').length - 1;
      await vi.waitFor(() => expect(restarted()).toBe(count), 30_000);
    };
    return { folder, terminal, pid, textOf, restarts };
  };

  it('restarts its server on kill -HUP, and ends with the terminal', async () => {
    const { folder, terminal, pid, textOf, restarts } = await start();
    execFileSync('sh', ['-c', `printf '%s\\n' '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}' >in`], {
      cwd: folder,
    });
    await vi.waitFor(() => expect(textOf('out')).toContain('"id":1'), 30_000);
    process.kill(pid, 'SIGHUP');
    await restarts(1);
    terminal.kill('SIGKILL');
    await allGone([pid]);
    await restarts(1);
  });
});
