import { existsSync, mkdtempSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { type CommandRun, runCommand } from '../../src/platform/command.ts';
import { program } from '../fixes/support.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { allGone, isRunning, pidsIn, settledWith } from '../support/processes.ts';

const folder = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'healflow-command-')));

const run = (argv: readonly string[], changes: Partial<CommandRun> = {}) =>
  runCommand({
    argv,
    cwd: folder(),
    env: { PATH: process.env.PATH ?? '' },
    outputLimitBytes: 16_384,
    signal: new AbortController().signal,
    clock: systemClock,
    ...changes,
  });

describe('a command', () => {
  it('that ends with 0 has ended well, and its output is kept', async () => {
    expect(await run(program('ends.mjs', '0', 'out', 'err'))).toMatchObject({
      ended: 'ok',
      reason: expect.stringMatching(/^the command .*node ended with code 0$/),
      stdout: 'out',
      stderr: 'err',
      output: expect.stringMatching(/^(outerr|errout)$/),
    });
  });

  it('that ends with another code has ended badly', async () => {
    expect(await run(program('ends.mjs', '3', '', 'no such user'))).toMatchObject({
      ended: 'failed',
      reason: expect.stringContaining('ended with code 3'),
      output: 'no such user',
    });
  });

  it('that a signal ends has ended badly', async () => {
    const result = await run([process.execPath, '-e', "process.kill(process.pid, 'SIGALRM')"]);
    expect(result).toMatchObject({ ended: 'failed', reason: expect.stringContaining('was ended by SIGALRM') });
  });

  it('writes up to the last byte before its end, and none of it is lost', async () => {
    const last = 'x'.repeat(60_000);
    for (let round = 0; round < 5; round += 1) {
      const { stdout } = await run([process.execPath, '-e', `process.stdout.write('x'.repeat(60_000))`], {
        outputLimitBytes: 65_536,
      });
      expect(stdout).toBe(last);
    }
  });

  it('gets its arguments as they are: no shell looks at them', async () => {
    const args = ['$(touch pwned)', '; touch pwned', '`touch pwned`', '*', 'a b', '', "'", '"', '\n'];
    const { stdout } = await run(program('environment.mjs', ...args));
    expect(JSON.parse(stdout ?? '').args).toEqual(args);
  });

  it('gets the given environment and folder, and nothing else', async () => {
    const cwd = folder();
    const { stdout } = await run(program('environment.mjs'), { cwd, env: { PATH: '/bin', ONLY: 'this' } });
    expect(JSON.parse(stdout ?? '')).toMatchObject({ cwd, env: { PATH: '/bin', ONLY: 'this' } });
    expect(Object.keys(JSON.parse(stdout ?? '').env).filter((name) => !name.startsWith('__CF'))).toEqual([
      'PATH',
      'ONLY',
    ]);
  });

  it('that floods its output is not held up, and only the end is kept', async () => {
    const before = process.memoryUsage().rss;
    const result = await run(program('floods.mjs', '100'), { outputLimitBytes: 1_024 });
    expect(result.ended).toBe('ok');
    expect(result.output).toMatch(/^\[\d+ bytes left out\] flood .*these are the last words\n$/s);
    expect(result.output.length).toBeLessThan(1_100);
    expect(result.stdout).toBeUndefined();
    expect(process.memoryUsage().rss - before).toBeLessThan(80 * 1_048_576);
  });

  it('that asks on its standard input finds it closed', async () => {
    expect(await run(program('asks.mjs'))).toMatchObject({ ended: 'failed', stderr: 'nobody answers\n' });
  });

  it('that wants a terminal finds none', async () => {
    const { ended, stderr } = await run(program('needs-terminal.mjs'));
    expect({ ended, stderr }).toEqual({ ended: 'failed', stderr: 'no terminal: ENXIO\n' });
  });
});

describe('a command that cannot be started', () => {
  it.each([
    ['is not on PATH', ['kubelogin-of-nobody'], 'the command kubelogin-of-nobody was not found on PATH'],
    ['is not there', ['./login.sh'], 'the command ./login.sh does not exist'],
    ['may not be executed', ['./notes.txt'], 'the command ./notes.txt may not be executed (EACCES)'],
  ])('because it %s says so', async (_why, argv, reason) => {
    const cwd = folder();
    writeFileSync(join(cwd, 'notes.txt'), 'no program', { mode: 0o600 });
    expect(await run(argv, { cwd })).toMatchObject({ ended: 'not_started', reason });
  });

  it('because its folder is missing says so', async () => {
    expect(await run(program('ends.mjs'), { cwd: '/no/such/folder' })).toMatchObject({
      ended: 'not_started',
      reason: 'the working folder /no/such/folder does not exist',
    });
  });

  it('because an argument holds a NUL says so', async () => {
    const { ended, reason } = await run(['echo', 'a\0b']);
    expect({ ended, reason }).toEqual({
      ended: 'not_started',
      reason: expect.stringContaining('the command echo could not be started'),
    });
  });

  it('because the caller is gone already is not started', async () => {
    expect(await run(program('ends.mjs'), { signal: AbortSignal.abort() })).toMatchObject({ ended: 'not_started' });
  });
});

describe('the process group of a command', () => {
  it('is ended by SIGTERM when the signal aborts', async () => {
    const pidFile = join(folder(), 'pids');
    const control = new AbortController();
    const result = run(program('never-ends.mjs', pidFile), { signal: control.signal });
    const pids = await pidsIn(pidFile);
    control.abort();
    expect(await result).toMatchObject({
      ended: 'aborted',
      reason: expect.stringContaining('was still running and was ended'),
      output: 'working on it\n',
    });
    await allGone(pids);
  });

  it('is killed, grandchildren and all, when it does not listen to SIGTERM for 2 s', async () => {
    const clock = new FakeClock();
    const pidFile = join(folder(), 'pids');
    const control = new AbortController();
    const result = run(program('stubborn.mjs', pidFile), { signal: control.signal, clock });
    const pids = await pidsIn(pidFile);
    expect(pids).toHaveLength(3);
    control.abort();
    await vi.waitFor(() => expect(existsSync(`${pidFile}.told`)).toBe(true), { timeout: 20_000, interval: 5 });
    await clock.advance(1_950);
    expect(pids.filter(isRunning)).toEqual(pids);
    expect(await settledWith(clock, result)).toMatchObject({ ended: 'aborted', output: 'not now\n' });
    expect(clock.monotonic()).toBeGreaterThanOrEqual(2_000);
    await allGone(pids);
  });

  it('does not outlive a command that ended badly', async () => {
    const clock = new FakeClock();
    const pidFile = join(folder(), 'pids');
    const result = run(program('stubborn.mjs', pidFile, '1'), { clock });
    const pids = await pidsIn(pidFile);
    expect(await settledWith(clock, result)).toMatchObject({ ended: 'failed' });
    await allGone(pids);
  });

  it('lives on in the background of a command that ended well, though it keeps the output open', async () => {
    const pidFile = join(folder(), 'pids');
    const result = await run(program('daemon.mjs', pidFile));
    expect(result).toMatchObject({ ended: 'ok', output: expect.stringMatching(/^connected\n(still here\n)*$/) });
    const pids = await pidsIn(pidFile);
    // It goes on writing: a closed pipe would end it.
    const written = statSync(`${pidFile}.log`).size;
    await vi.waitFor(() => expect(statSync(`${pidFile}.log`).size).toBeGreaterThan(written + 20), { timeout: 20_000 });
    expect(pids.filter(isRunning)).toEqual(pids);
    await result.endGroup();
    await allGone(pids);
  });

  it('is killed when this process ends', async () => {
    const before = process.listeners('exit');
    const pidFile = join(folder(), 'pids');
    const results = ['a', 'b'].map((name) => run(program('stubborn.mjs', pidFile + name)));
    const pids = (await Promise.all(['a', 'b'].map((name) => pidsIn(pidFile + name)))).flat();
    const added = process.listeners('exit').filter((listener) => !before.includes(listener));
    expect(added).toHaveLength(1);
    added[0]?.call(process, 0);
    await allGone(pids);
    expect((await Promise.all(results)).map(({ ended }) => ended)).toEqual(['failed', 'failed']);
    expect(process.listeners('exit')).toEqual(before);
  });

  it('leaves no listener on the signal', async () => {
    const { signal } = new AbortController();
    const add = vi.spyOn(signal, 'addEventListener');
    const remove = vi.spyOn(signal, 'removeEventListener');
    await run(program('ends.mjs'), { signal });
    expect(add).toHaveBeenCalled();
    expect(remove.mock.calls.length).toBe(add.mock.calls.length);
  });
});
