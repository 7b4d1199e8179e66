import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../../../src/clock.ts';
import { ProcessGroup } from '../../../../src/platform/process-group.ts';
import { isRunning } from '../../../support/processes.ts';
import { serve } from '../../downstream/http/support.ts';
import { fixture, ProxyBench, type ProxyBenchOptions } from '../../modes/proxy-bench.ts';

let folder: string;
let pidsFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healflow-leftovers-'));
  pidsFile = join(folder, 'pids');
});
afterEach(() => {
  for (const pid of pids().flat().filter(isRunning)) process.kill(pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** The process ids of each server and its child. */
const pids = (): number[][] =>
  existsSync(pidsFile)
    ? readFileSync(pidsFile, 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split(' ').map(Number))
    : [];
const alive = (): number[] => pids().flat().filter(isRunning);

const command = [process.execPath, fixture('parent-server.mjs')];
const start = ({ env, limits, ...more }: ProxyBenchOptions = {}): ProxyBench =>
  new ProxyBench({
    command,
    limits: { graceMs: 300, ...limits },
    env: { ...env, PIDS_FILE: pidsFile, PINGS_FILE: join(folder, 'pings') },
    ...more,
  });

const input = (bench: ProxyBench): void => void bench.end();
const signal = (bench: ProxyBench): void => bench.stop();
const secondSignal = (bench: ProxyBench): void => bench.kill();

describe.skipIf(process.platform === 'win32')('what a server has started', () => {
  it.each<[string, (bench: ProxyBench) => void, Record<string, string>]>([
    ['at the end of its input', input, {}],
    ['at the end of its input, if the server fails then', input, { EXIT_CODE: '1' }],
    ['at the end of its input, if the server ends by SIGTERM', input, { LINGERS: '1' }],
    ['at the end of its input, if the child ignores SIGTERM', input, { CHILD_STUBBORN: '1' }],
    ['after a signal', signal, {}],
    ['after a signal, if only the child ignores SIGTERM', signal, { LINGERS: '1', CHILD_STUBBORN: '1' }],
    ['after a second signal', secondSignal, { CHILD_STUBBORN: '1' }],
  ])('ends with a proxy that ends %s', async (_how, end, env) => {
    const bench = start({ env });
    await bench.connect();
    expect(alive()).toHaveLength(2);
    end(bench);
    await bench.exitCode;
    expect(alive()).toEqual([]);
  });

  it('ends also if there is a shell around the server', async () => {
    const bench = start({ command: ['sh', '-c', '"$0" "$1"; true', ...command], env: { LINGERS: '1' } });
    await bench.connect();
    expect(alive()).toHaveLength(2);
    await bench.end();
    expect(alive()).toEqual([]);
  });

  it.each([{}, { CHILD_STUBBORN: '1' }])('ends before a crashed server is started again: %o', async (env) => {
    const bench = start({ env });
    await bench.connect();
    await bench.call('die');
    expect(await bench.text('hello')).toBe('done');
    const [first, ...others] = pids();
    expect(first?.filter(isRunning)).toEqual([]);
    expect(others.length).toBeGreaterThan(0);
    expect(alive()).toHaveLength(2);
    await bench.end();
    expect(alive()).toEqual([]);
  });

  it('ends if the proxy is stopped while it still ends what a crashed server left', async () => {
    const bench = start({ env: { CHILD_STUBBORN: '1' }, limits: { graceMs: 60_000 } });
    bench.healer.attempts = 1;
    await bench.connect();
    await bench.call('die');
    bench.kill();
    await bench.exitCode;
    expect(alive()).toEqual([]);
  });

  it('ends before a server that hangs is started again', async () => {
    const bench = start({ limits: { hangMs: 500 } });
    bench.healer.attempts = 1;
    await bench.connect();
    await bench.call('hello');
    // Only a server that has answered a ping before is taken for one that hangs.
    await bench.until(() => existsSync(join(folder, 'pings')));
    await bench.call('stop');
    expect(await bench.text('hello')).toBe('done');
    expect(pids()).toHaveLength(2);
    expect(pids()[0]?.filter(isRunning)).toEqual([]);
    await bench.end();
  });

  it('ends before a server that is restarted with a new environment', async () => {
    const bench = start();
    await bench.connect();
    await bench.control?.restartWithEnv?.({ TOKEN: 'new' }, new AbortController().signal);
    expect(pids()).toHaveLength(2);
    expect(pids()[0]?.filter(isRunning)).toEqual([]);
    await bench.end();
    expect(alive()).toEqual([]);
  });

  it('ends with the session of a client over HTTP, and with the proxy', async () => {
    const limits = { graceMs: 300 };
    const served = await serve({ command, env: { PIDS_FILE: pidsFile, CHILD_STUBBORN: '1' }, limits });
    await vi.waitFor(() => expect(pids()).toHaveLength(1), { timeout: 10_000 });
    await served.stop();
    expect(alive()).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')('a process group whose leader has been reaped', () => {
  it('is not signalled if its number belongs to another process by now', async () => {
    // This stands for a process that got the number of a leader whose group was empty.
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1_000)'], { detached: true, stdio: 'ignore' });
    onTestFinished(() => void other.kill('SIGKILL'));
    const group = new ProcessGroup(other.pid ?? 0);
    group.leaderReaped();
    expect(await group.end(systemClock)).toBe(true);
    expect(group.send('SIGKILL')).toBe(false);
    expect(isRunning(other.pid ?? 0)).toBe(true);
  });

  it('is signalled as long as it has members', async () => {
    const script = `const { spawn } = require('node:child_process');
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1_000)'], { stdio: 'ignore' });
      child.unref();
      process.stdout.write(String(child.pid), () => process.exit());`;
    const leader = spawn(process.execPath, ['-e', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
    const group = new ProcessGroup(leader.pid ?? 0);
    const [chunk] = (await once(leader.stdout, 'data')) as [Buffer];
    await once(leader, 'exit');
    group.leaderReaped();
    expect(isRunning(Number(chunk))).toBe(true);
    expect(await group.end(systemClock)).toBe(true);
    expect(isRunning(Number(chunk))).toBe(false);
  });
});
