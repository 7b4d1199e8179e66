import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { FakeClock } from '../support/fake-clock.ts';
import { allGone, isRunning, pidsIn, settledWith } from '../support/processes.ts';
import { fixOf, program, requestOf, temporaryFolder } from './support.ts';

const vpnIn = (folder: string, command: string[], timeoutMs = 5_000) => ({
  vpn_connect: { command, probe: { command: program('exists.mjs', join(folder, 'up')) }, timeoutMs },
});

describe('vpn_connect', () => {
  it('asks the probe again and again until the network is there', async () => {
    const folder = temporaryFolder();
    const clock = new FakeClock();
    const fixes = vpnIn(folder, program('ends.mjs'), 60_000);
    const report = fixOf('vpn_connect', fixes, { clock, baseDir: folder }).run(requestOf());
    await vi.waitFor(() => expect(clock.delays.filter((delayMs) => delayMs === 250)).toHaveLength(1), {
      timeout: 20_000,
    });
    await clock.advance(250);
    await vi.waitFor(() => expect(clock.delays.filter((delayMs) => delayMs === 250)).toHaveLength(2), {
      timeout: 20_000,
    });
    writeFileSync(join(folder, 'up'), '');
    await clock.advance(250);
    expect(await report).toMatchObject({ fix: 'vpn_connect', status: 'succeeded', durationMs: 500 });
  });

  it('leaves the tunnel in the background alone once the network is there', async () => {
    const folder = temporaryFolder();
    const up = join(folder, 'up');
    const report = await fixOf('vpn_connect', vpnIn(folder, program('daemon.mjs', up)), { baseDir: folder }).run(
      requestOf(),
    );
    expect(report.status).toBe('succeeded');
    const pids = await pidsIn(up);
    expect(pids.filter(isRunning)).toEqual(pids);
    for (const pid of pids) process.kill(pid);
    await allGone(pids);
  });

  it('runs out of time where the network does not come, and ends what it left in the background', async () => {
    const folder = temporaryFolder();
    const clock = new FakeClock();
    const pidFile = join(folder, 'pids');
    const fixes = vpnIn(folder, program('daemon.mjs', pidFile), 3_000);
    const report = fixOf('vpn_connect', fixes, { clock, baseDir: folder }).run(requestOf());
    const pids = await pidsIn(pidFile);
    await vi.waitFor(() => expect(clock.delays).toContain(250), { timeout: 20_000 });
    expect(await settledWith(clock, report)).toMatchObject({
      status: 'timed_out',
      reason: expect.stringMatching(
        /^not done within 3000 ms: the command .* ended with code 0, but the probe still fails/,
      ),
    });
    await allGone(pids);
  });

  it('runs out of time where its command never ends, with its whole process group gone', async () => {
    const folder = temporaryFolder();
    const clock = new FakeClock();
    const pidFile = join(folder, 'pids');
    const report = fixOf('vpn_connect', vpnIn(folder, program('stubborn.mjs', pidFile)), {
      clock,
      baseDir: folder,
    }).run(requestOf());
    const pids = await pidsIn(pidFile);
    await clock.advance(5_000);
    expect(await settledWith(clock, report)).toMatchObject({
      status: 'timed_out',
      reason: expect.stringMatching(/^not done within 5000 ms: the command .* was still running and was ended$/),
    });
    await allGone(pids);
  });

  it('ends with the caller, and its command too', async () => {
    const folder = temporaryFolder();
    const pidFile = join(folder, 'pids');
    const control = new AbortController();
    const report = fixOf('vpn_connect', vpnIn(folder, program('never-ends.mjs', pidFile)), { baseDir: folder }).run(
      requestOf({ signal: control.signal }),
    );
    const pids = await pidsIn(pidFile);
    control.abort();
    expect(await report).toMatchObject({ status: 'cancelled', reason: expect.stringMatching(/^the caller gave up: /) });
    await allGone(pids);
  });

  it('just lets the call be repeated where the network is there already', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'up'), '');
    const fixes = vpnIn(folder, program('appends.mjs', join(folder, 'ran'), 'ran'));
    expect(await fixOf('vpn_connect', fixes, { baseDir: folder }).run(requestOf())).toMatchObject({
      status: 'not_needed',
    });
    rmSync(join(folder, 'up'));
    expect(() => rmSync(join(folder, 'ran'))).toThrow('ENOENT');
  });
});
