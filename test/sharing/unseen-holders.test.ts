import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { machineIdentity, startOf } from '../../src/platform/process-identity.ts';
import { uniqueId } from '../../src/sharing/identity.ts';
import { MachineLockStore } from '../../src/sharing/machine-lock-store.ts';

const request = {
  key: 'host:kube_login:default',
  identity: 'a'.repeat(32),
  exclusive: 'b'.repeat(32),
  limitMs: 30_000,
};

const world = () => {
  const stateDir = realpathSync(mkdtempSync(join(tmpdir(), 'healflow-unseen-')));
  const path = join(stateDir, `${request.exclusive}.lock`);
  const take = () => new MachineLockStore({ stateDir, clock: systemClock }).take(request);
  /** Makes the lock look as if it had been written that long ago. */
  const age = (ms: number): void => {
    const at = (systemClock.now() - ms) / 1_000;
    utimesSync(path, at, at);
  };
  /** Leaves a lock that this process holds, but for the changes. */
  const leave = async (changes: object, ageMs: number): Promise<void> => {
    const here = await machineIdentity(systemClock);
    const record = {
      id: uniqueId(),
      key: request.key,
      pid: process.pid,
      start: await startOf(process.pid, systemClock),
      ...here,
      since: systemClock.now() - ageMs,
      limitMs: request.limitMs,
      worker: null,
      ...changes,
    };
    writeFileSync(path, JSON.stringify(record));
    age(ageMs);
  };
  return { stateDir, path, take, age, leave };
};

const otherContainer = { space: 'pid:[1]', host: 'f00dfeedbeef' };
const otherMachine = { boot: '00000000-0000-4000-8000-000000000000', host: 'elsewhere' };

describe('a lock that was left', () => {
  it('by an earlier boot of this machine is taken over at once', async () => {
    const { take, leave } = world();
    await leave({ boot: otherMachine.boot, since: 0 }, 0);
    expect(await take()).toMatchObject({ busy: false });
  });

  it.each([
    ['another container', otherContainer],
    ['another machine', otherMachine],
    ['another machine with the same name', { boot: otherMachine.boot }],
  ])('by %s holds for the timeout of its fix and a minute', async (_, changes) => {
    const { take, leave } = world();
    await leave(changes, 80_000);
    expect(await take()).toMatchObject({ busy: true });
    await leave(changes, 91_000);
    expect(await take()).toMatchObject({ busy: false });
  });

  it('while a person was asked holds for an hour and a minute', async () => {
    const { take, leave } = world();
    await leave({ ...otherContainer, limitMs: null }, 3_600_000);
    expect(await take()).toMatchObject({ busy: true });
    await leave({ ...otherContainer, limitMs: null }, 3_670_000);
    expect(await take()).toMatchObject({ busy: false });
  });

  it('is no longer held because a clock was set back', async () => {
    const { take, leave } = world();
    await leave(otherContainer, -1_000_000);
    expect(await take()).toMatchObject({ busy: false });
  });

  it('names the right process, and when it ends', async () => {
    const { path, take, leave } = world();
    // The same number is a process of this container, which has nothing to do with it.
    await leave(otherContainer, 20_000);
    const held = await take();
    if (!held.busy) throw new Error('it was taken');
    expect(held.holder).toBe(`a process in another container, number ${process.pid} there on f00dfeedbeef (${path})`);
    expect(held.endsInMs).toBeGreaterThan(60_000);
    expect(held.endsInMs).toBeLessThanOrEqual(70_000);
    await leave(otherMachine, 20_000);
    expect(await take()).toMatchObject({
      holder: expect.stringMatching(/^a process on another machine, number \d+ there on elsewhere \(/),
    });
  });

  it('by a version that wrote less is read', async () => {
    const { path, take } = world();
    const { boot, host } = await machineIdentity(systemClock);
    const old = { id: uniqueId(), key: request.key, pid: process.pid, boot, host, since: systemClock.now() };
    writeFileSync(path, JSON.stringify(old));
    expect(await take()).toMatchObject({ busy: true });
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(old);
  });
});

const program = fileURLToPath(new URL('../fixtures/sharing/holder.mjs', import.meta.url));
const canUnshare = process.platform === 'linux' && spawnSync('unshare', ['-pf', '--mount-proc', 'true']).status === 0;

describe.runIf(canUnshare)(
  'a holder in another container (run by root, which can make one)',
  { timeout: 60_000 },
  () => {
    const children: ChildProcess[] = [];
    afterEach(() => {
      for (const child of children.splice(0)) child.kill('SIGKILL');
    });

    /** Starts a holder as the first process of a container of its own, and finds its number here. */
    const startHolder = async (stateDir: string) => {
      const args = ['-pf', '--kill-child=KILL', '--mount-proc', process.execPath, program, stateDir];
      const child = spawn('unshare', args, { stdio: ['ignore', 'pipe', 'ignore'] });
      children.push(child);
      const [said] = await once(child.stdout, 'data');
      expect(String(said)).toBe('held\n');
      const pid = Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim());
      return { child, pid };
    };

    it('keeps its lock while it lives, also frozen and however old the lock is', async () => {
      const { stateDir, take, age } = world();
      const { pid } = await startHolder(stateDir);
      age(10_000_000);
      expect(await take()).toMatchObject({ busy: true, endsInMs: null });
      process.kill(pid, 'SIGSTOP');
      expect(await take()).toMatchObject({ busy: true, endsInMs: null });
    });

    it('loses it once it is killed and its time is over, and leaves nothing behind', async () => {
      const { stateDir, path, take, age } = world();
      const { child, pid } = await startHolder(stateDir);
      expect(JSON.parse(readFileSync(path, 'utf8')).pid).toBe(1);
      process.kill(pid, 'SIGKILL');
      await once(child, 'exit');
      expect(await take()).toMatchObject({ busy: true, endsInMs: expect.any(Number) });
      age(91_000);
      const lease = await take();
      if (lease.busy) throw new Error('it was not taken over');
      expect(existsSync(path)).toBe(true);
      await lease.end();
      expect(readdirSync(stateDir)).toEqual([]);
    });
  },
);
