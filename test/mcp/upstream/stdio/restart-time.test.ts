import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isRunning } from '../../../support/processes.ts';
import { fixture, ProxyBench } from '../../modes/proxy-bench.ts';

const folder = mkdtempSync(join(tmpdir(), 'healflow-restart-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const never = new AbortController().signal;

const start = (...args: string[]): ProxyBench =>
  new ProxyBench({
    command: [process.execPath, fixture('reluctant-server.mjs'), ...args],
    // No test waits this long: what passes here has not used up its grace.
    limits: { graceMs: 600_000, deadlineMs: 600_000 },
  });

const pidOf = async (bench: ProxyBench): Promise<number> => Number((await bench.text('argv')).split(' ')[0]);

/** A server that does not end by itself has to be killed in the end. */
const kill = async (bench: ProxyBench): Promise<void> => {
  const pid = await pidOf(bench);
  bench.stop();
  process.kill(-pid, 'SIGKILL');
  await bench.exitCode;
};

describe.skipIf(!existsSync('/proc/self/syscall'))('a restart', () => {
  it.each(['input', 'both'])('does not use up the grace of a server that ignores: %s', async (mode) => {
    const bench = start(mode);
    await bench.connect();
    const old = await pidOf(bench);
    await bench.control?.restartWithEnv?.({ TOKEN: 'new' }, never);
    expect(isRunning(old)).toBe(false);
    expect(await pidOf(bench)).not.toBe(old);
    await kill(bench);
  });

  it.each(['cleans', 'cleans-slowly'])('lets a server finish that %s', async (mode) => {
    const file = join(folder, mode);
    const bench = start(mode, file);
    await bench.connect();
    await bench.control?.restartWithEnv?.({ TOKEN: 'new' }, never);
    expect(readFileSync(file, 'utf8')).toBe('clean');
    await bench.end();
  });
});

describe('restartWith', () => {
  it('starts the server with other arguments, and keeps them', async () => {
    const bench = start('argv', '--token=old');
    await bench.connect();
    expect(await bench.text('argv')).toMatch(/ argv --token=old$/);
    const args = [fixture('reluctant-server.mjs'), 'argv', '--token=new'];
    await bench.control?.restartWith?.({ env: {}, args }, never);
    expect(await bench.text('argv')).toMatch(/ argv --token=new$/);
    await bench.control?.restartWithEnv?.({ OTHER: '1' }, never);
    expect(await bench.text('argv')).toMatch(/ argv --token=new$/);
    await bench.end();
  });
});
