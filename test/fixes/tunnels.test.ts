import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createHealer } from '../../src/index.ts';
import { Tunnels } from '../../src/runner/tunnels.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { allGone, isRunning, settledWith } from '../support/processes.ts';
import { fixOf, fixture, program, requestOf, temporaryFolder } from './support.ts';

const listening = (port = 0): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer((socket) => socket.end()).listen(port, '127.0.0.1', () => resolve(server));
  });

const freePort = async (): Promise<number> => {
  const server = await listening();
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
};

const pidsOf = (folder: string): number[] =>
  existsSync(join(folder, 'pids'))
    ? readFileSync(join(folder, 'pids'), 'utf8').split('\n').filter(Boolean).map(Number)
    : [];

const opened: Tunnels[] = [];
const newTunnels = (): Tunnels => {
  const tunnels = new Tunnels();
  opened.push(tunnels);
  return tunnels;
};
afterEach(async () => {
  await Promise.all(opened.splice(0).map((tunnels) => tunnels.close()));
});

const tunnelIn = (folder: string, port: number, more: object = {}) => ({
  vpn_connect: {
    command: program('tunnel.mjs', folder, `${port}`),
    probe: { tcp: `127.0.0.1:${port}` },
    pollMs: 20,
    ...more,
  },
});

describe('a vpn_connect command that stays in the foreground', () => {
  it('has done its work once the probe succeeds, and goes on', async () => {
    const folder = temporaryFolder();
    const tunnels = newTunnels();
    const fixes = tunnelIn(folder, await freePort());
    expect(await fixOf('vpn_connect', fixes, { baseDir: folder, tunnels }).run(requestOf())).toMatchObject({
      status: 'succeeded',
      reason: expect.stringMatching(/^the command .* is running$/),
    });
    const pids = pidsOf(folder);
    expect(pids).toHaveLength(1);
    expect(pids.filter(isRunning)).toEqual(pids);
    await tunnels.close();
    expect(pids.filter(isRunning)).toEqual([]);
  });

  it('outlives the time limit of its fix', async () => {
    const folder = temporaryFolder();
    const clock = new FakeClock();
    const tunnels = newTunnels();
    const fixes = tunnelIn(folder, await freePort(), { timeoutMs: 60_000 });
    const fix = fixOf('vpn_connect', fixes, { baseDir: folder, tunnels, clock });
    expect((await settledWith(clock, fix.run(requestOf({ remainingMs: 90_000 })))).status).toBe('succeeded');
    await clock.advance(600_000);
    const pids = pidsOf(folder);
    expect(pids.filter(isRunning)).toEqual(pids);
    await settledWith(clock, tunnels.close());
  });

  it('fails with its masked words if it ends before the probe succeeds', async () => {
    const folder = temporaryFolder();
    const taken = await listening();
    const { port } = taken.address() as { port: number };
    const fixes = { vpn_connect: { ...tunnelIn(folder, port).vpn_connect, probe: { tcp: '127.0.0.1:1' } } };
    const report = await fixOf('vpn_connect', fixes, { baseDir: folder, tunnels: newTunnels() }).run(requestOf());
    taken.close();
    expect(report).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/ended with code 255$/),
      output: 'bind: EADDRINUSE with key [redacted]\n',
    });
  });

  it('is started again if it has died, without a cool-down', async () => {
    const folder = temporaryFolder();
    const port = await freePort();
    await using healer = await createHealer({
      cwd: folder,
      config: { stateDir: 'state', fixes: tunnelIn(folder, port) },
    });
    const probe = fixOf('vpn_connect', tunnelIn(folder, port), { baseDir: folder });
    const isDown = async () => (await probe.check?.(new AbortController().signal, 0))?.needed === true;
    const readPage = async () => {
      if (await isDown()) throw new Error('fetch failed');
      return 'page';
    };
    const call = () => healer.runOutcome('read_page', readPage, { annotations: { readOnlyHint: true } });
    expect(await call()).toMatchObject({ status: 'healed' });
    const [first = 0] = pidsOf(folder);
    process.kill(first, 'SIGKILL');
    await allGone([first]);
    // The first thread of a process can be gone before the last, which closes the port.
    await expect.poll(isDown, { timeout: 10_000 }).toBe(true);
    expect(await call()).toMatchObject({ status: 'healed' });
    expect(pidsOf(folder)).toHaveLength(2);
    await healer.close();
    expect(pidsOf(folder).filter(isRunning)).toEqual([]);
  });

  it('has failed, and is cooling down, if it ends while its effect settles', async () => {
    const folder = temporaryFolder();
    const clock = new FakeClock();
    const port = await freePort();
    const fixes = tunnelIn(folder, port, { settleMs: 1_500, timeoutMs: 20_000, pollMs: 250 });
    await using healer = await createHealer({ cwd: folder, clock, config: { stateDir: 'state', fixes } });
    const call = () =>
      healer.runOutcome('read_page', () => Promise.reject(new Error('fetch failed')), {
        annotations: { readOnlyHint: true },
      });
    const first = call();
    const advanceUntil = async (isReached: () => boolean) => {
      while (!isReached()) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        if (!isReached()) await clock.advance(50);
      }
    };
    await advanceUntil(() => clock.delays.includes(1_500));
    const [pid = 0] = pidsOf(folder);
    process.kill(pid, 'SIGKILL');
    await allGone([pid]);
    expect(await settledWith(clock, first)).toMatchObject({
      status: 'failed',
      fixes: [{ fix: 'vpn_connect', status: 'timed_out', reason: expect.stringContaining('the probe still fails') }],
    });
    await settledWith(clock, call());
    expect(pidsOf(folder)).toEqual([pid]);
  });

  it('is ended and forgotten if the probe fails once its effect has settled', async () => {
    const folder = temporaryFolder();
    const clock = new FakeClock();
    const tunnels = newTunnels();
    const probe = { command: program('succeeds-once.mjs', join(folder, 'asked'), '2') };
    const fixes = tunnelIn(folder, await freePort(), { probe, settleMs: 1_500, timeoutMs: 20_000 });
    const fix = fixOf('vpn_connect', fixes, { baseDir: folder, tunnels, clock });
    expect(await settledWith(clock, fix.run(requestOf()))).toMatchObject({ status: 'timed_out' });
    expect(pidsOf(folder)).toHaveLength(1);
    expect(pidsOf(folder).filter(isRunning)).toEqual([]);
    expect(fix.hasLapsed?.()).toBe(false);
  });

  it('is never run twice at once: one that hangs is ended first', async () => {
    const folder = temporaryFolder();
    const tunnels = newTunnels();
    const port = await freePort();
    await fixOf('vpn_connect', tunnelIn(folder, port), { baseDir: folder, tunnels }).run(requestOf());
    const [first = 0] = pidsOf(folder);
    // Its port is still open, but the probe of what is behind it fails.
    const probe = { command: program('exists.mjs', join(folder, 'never')) };
    const clock = new FakeClock();
    const again = fixOf('vpn_connect', tunnelIn(folder, port, { probe }), { baseDir: folder, tunnels, clock });
    const report = again.run(requestOf());
    await vi.waitFor(() => expect(pidsOf(folder)).toHaveLength(2), { timeout: 20_000 });
    expect(isRunning(first)).toBe(false);
    await settledWith(clock, report);
    await allGone(pidsOf(folder));
  });

  it('is waited for with `foreground: false`, and must not end early with `foreground: true`', async () => {
    const folder = temporaryFolder();
    const clock = new FakeClock();
    const port = await freePort();
    const waits = fixOf('vpn_connect', tunnelIn(folder, port, { foreground: false, timeoutMs: 3_000 }), {
      ...{ baseDir: folder, clock, tunnels: newTunnels() },
    });
    expect(await settledWith(clock, waits.run(requestOf()))).toMatchObject({ status: 'timed_out' });
    const ends = { ...tunnelIn(folder, port, { foreground: true }).vpn_connect, command: program('ends.mjs') };
    const early = fixOf('vpn_connect', { vpn_connect: ends }, { baseDir: folder, tunnels: newTunnels() });
    expect(await early.run(requestOf())).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/ended with code 0 before the probe succeeded \(`foreground: true`\)$/),
    });
  });
});

describe('a tunnel ends with its process', () => {
  const start = async (end: string) => {
    const folder = temporaryFolder();
    const port = await freePort();
    const child = spawn(process.execPath, [fixture('heals-by-tunnel.mjs'), folder, `${port}`, end], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    const [status] = (await once(child.stdout, 'data')) as [Buffer];
    expect(String(status)).toBe('healed\n');
    return { child, exited, pids: pidsOf(folder), folder, port };
  };

  it.each(['closes', 'returns'])('that %s', async (end) => {
    const { exited, pids } = await start(end);
    expect(pids).toHaveLength(1);
    expect(await exited).toEqual([0, null]);
    await allGone(pids);
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)('that is ended by %s', async (signal) => {
    const { child, exited, pids } = await start('waits');
    expect(pids.filter(isRunning)).toEqual(pids);
    child.kill(signal);
    await exited;
    await allGone(pids);
  });

  it('and another process starts none while it is there', async () => {
    const { child, exited, pids, folder, port } = await start('waits');
    const other = spawn(process.execPath, [fixture('heals-by-tunnel.mjs'), folder, `${port}`, 'closes'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [status] = (await once(other.stdout, 'data')) as [Buffer];
    expect(String(status)).toBe('succeeded\n');
    expect(pidsOf(folder)).toEqual(pids);
    child.kill();
    await exited;
    await allGone(pids);
  });
});

describe('settleMs', () => {
  it('passes after the fix, before the probe and the retry', async () => {
    const folder = temporaryFolder();
    const clock = new FakeClock();
    const fixes = { kube_login: { command: program('ends.mjs'), settleMs: 1_500 } };
    const report = fixOf('kube_login', fixes, { baseDir: folder, clock }).run(requestOf());
    await vi.waitFor(() => expect(clock.delays).toContain(1_500), { timeout: 20_000 });
    await clock.advance(1_500);
    expect(await report).toMatchObject({ status: 'succeeded', durationMs: 1_500 });
  });

  it('ends with the caller', async () => {
    const folder = temporaryFolder();
    const clock = new FakeClock();
    const control = new AbortController();
    const fixes = { kube_login: { command: program('ends.mjs'), settleMs: 1_500 } };
    const request = requestOf({ signal: control.signal });
    const report = fixOf('kube_login', fixes, { baseDir: folder, clock }).run(request);
    await vi.waitFor(() => expect(clock.delays).toContain(1_500), { timeout: 20_000 });
    control.abort();
    expect(await report).toMatchObject({ status: 'cancelled', reason: expect.stringContaining('settleMs: 1500') });
  });

  it('does not pass if nothing had to be done', async () => {
    const folder = temporaryFolder();
    const clock = new FakeClock();
    const fixes = {
      kube_login: { command: program('ends.mjs'), probe: { command: program('ends.mjs') }, settleMs: 1_500 },
    };
    const report = await fixOf('kube_login', fixes, { baseDir: folder, clock }).run(requestOf());
    expect(report).toMatchObject({ status: 'not_needed', durationMs: 0 });
  });

  it('holds for a function too', async () => {
    const clock = new FakeClock();
    const functions = { token_refresh: { run: () => {}, settleMs: 700 } };
    const report = fixOf('token_refresh', {}, { clock, functions }).run(requestOf());
    await vi.waitFor(() => expect(clock.delays).toContain(700));
    await clock.advance(700);
    expect(await report).toMatchObject({ status: 'succeeded', durationMs: 700 });
  });
});
