import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { Fix } from '../../src/model/fix.ts';
import { noHistory } from '../../src/sharing/history.ts';
import { MachineLockStore } from '../../src/sharing/machine-lock-store.ts';
import { FixSharing } from '../../src/sharing/share.ts';
import { requestOf } from '../fixes/support.ts';

const folder = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'healflow-odd-')));
const identity = 'a'.repeat(32);
const request = { key: 'host:kube_login:default', identity, exclusive: 'b'.repeat(32), limitMs: 30_000 };
const storeIn = (stateDir: string) => new MachineLockStore({ stateDir, clock: systemClock });

const listenAt = async (path: string): Promise<void> => {
  const server = createServer();
  onTestFinished(() => {
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
};

const oddThings: [string, (path: string) => unknown][] = [
  ['a folder', (path) => mkdirSync(path)],
  ['a symbolic link', (path) => symlinkSync('nowhere', path)],
  ['a named pipe', (path) => execFileSync('mkfifo', [path])],
  ['a socket', listenAt],
];

describe('in the place of a file of the state folder', () => {
  it.each(oddThings)('%s is neither read nor waited for, and the message says what to do', async (kind, make) => {
    const stateDir = folder();
    const lock = join(stateDir, `${request.exclusive}.lock`);
    await make(lock);
    await expect(storeIn(stateDir).take(request)).rejects.toThrow(`${lock} is ${kind}, not a file: remove it`);
    expect(readdirSync(stateDir)).toEqual([`${request.exclusive}.lock`]);
  });

  it.each(oddThings)('%s is no history', async (kind, make) => {
    const stateDir = folder();
    const path = join(stateDir, `${identity}.json`);
    await make(path);
    expect(storeIn(stateDir).peek(identity)).toEqual(noHistory);
    await expect(storeIn(stateDir).read(identity)).rejects.toThrow(`${path} is ${kind}, not a file: remove it`);
  });
});

describe('a state folder', () => {
  it.runIf(process.platform === 'linux')('below /proc is refused at once', async () => {
    await expect(storeIn('/proc/healflow/state').take(request)).rejects.toThrow(
      'the state folder /proc/healflow/state cannot be made: no folder can be made in /proc; set stateDir in healflow.yaml, or HEALFLOW_STATE_DIR, to another folder',
    );
  });

  it('that is a file is refused', async () => {
    const path = join(folder(), 'state');
    writeFileSync(path, '');
    await expect(storeIn(path).take(request)).rejects.toThrow(`the state folder ${path} cannot be made: EEXIST`);
  });

  it('that is a link is refused, and the message names what it leads to', async () => {
    const target = folder();
    const path = join(folder(), 'state');
    symlinkSync(target, path);
    await expect(storeIn(path).take(request)).rejects.toThrow(
      `the state folder ${path} is a symbolic link, which may change: set stateDir in healflow.yaml, or HEALFLOW_STATE_DIR, to ${target}`,
    );
    symlinkSync('nowhere', `${path}-2`);
    await expect(storeIn(`${path}-2`).take(request)).rejects.toThrow('what it leads to does not exist');
  });

  it('that is removed is made again, also while a lease is held', async () => {
    const stateDir = join(folder(), 'state');
    const store = storeIn(stateDir);
    const lease = await store.take(request);
    if (lease.busy) throw new Error('it was not taken');
    rmSync(stateDir, { recursive: true });
    await lease.write(noHistory);
    expect(readdirSync(stateDir)).toEqual([`${identity}.json`]);
    await lease.end();
    rmSync(stateDir, { recursive: true });
    expect(await store.take(request)).toMatchObject({ busy: false });
    expect(readdirSync(stateDir)).toContain(`${request.exclusive}.lock`);
  });

  it('that could not be used is used once it can be', async () => {
    const stateDir = join(folder(), 'state');
    writeFileSync(stateDir, '');
    const store = storeIn(stateDir);
    await expect(store.take(request)).rejects.toThrow('cannot be made');
    rmSync(stateDir);
    expect(await store.take(request)).toMatchObject({ busy: false });
  });

  it('that cannot be used keeps no fix from running, and is said once', async () => {
    const warnings: string[] = [];
    const stateDir = join(folder(), 'state');
    writeFileSync(stateDir, '');
    const sharing = new FixSharing({
      clock: systemClock,
      random: () => 0.5,
      store: storeIn(stateDir),
      warn: (message) => warnings.push(message),
    });
    const fix: Fix = {
      name: 'kube_login',
      key: request.key,
      description: 'logs in',
      rules: {
        mode: 'auto',
        cooldownMs: 0,
        budget: { runs: 30, windowMs: 3_600_000 },
        timeoutMs: 30_000,
        identity,
        scope: 'machine',
      },
      run: async () => ({ fix: 'kube_login', status: 'succeeded', reason: 'done', durationMs: 0 }),
    };
    for (let run = 0; run < 2; run += 1) {
      const failedAttemptStartedAt = systemClock.monotonic();
      const report = await sharing.share(fix).run(requestOf({ failedAttemptStartedAt }));
      expect(report).toMatchObject({ status: 'succeeded' });
    }
    expect(warnings).toEqual([
      expect.stringMatching(/^fixes are shared within this process only: the state folder .* cannot be made: EEXIST/),
    ]);
  });
});
