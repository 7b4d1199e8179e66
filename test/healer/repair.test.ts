import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { createHealer } from '../../src/index.ts';
import { lockRepair } from '../../src/learning/repair-lock.ts';
import { folderWith } from '../config/support.ts';
import { readAllRepairs } from '../learning/records.ts';
import { FakeClock } from '../support/fake-clock.ts';

const readOnly = { annotations: { readOnlyHint: true }, args: { cluster: 'stage' } };

const repairsIn = async (folder: string) =>
  (await readAllRepairs(folder)).records.filter(({ kind }) => kind === 'repaired');

const open = async (more: object = {}) => {
  const folder = await folderWith();
  const clock = new FakeClock();
  const config = { stateDir: join(folder, 'state'), attempts: 1, ...more };
  const healer = await createHealer({ config, memoryDir: folder, clock, random: () => 0, warn: () => {} });
  onTestFinished(() => healer.close());
  let isBroken = true;
  let calls = 0;
  let message = 'vpn tunnel is down: no route to host';
  const change = (to: string): void => {
    message = to;
  };
  const tool = async (): Promise<string> => {
    calls += 1;
    if (isBroken) throw new Error(message);
    return 'pods';
  };
  const fail = (name = 'get_pods', options = {}) =>
    clock.runUntil(healer.runOutcome(name, tool, { ...readOnly, ...options }));
  const fix = () => {
    isBroken = false;
  };
  return { folder, clock, healer, fail, fix, change, calls: () => calls };
};

describe('a repair by a program', () => {
  it('makes the call again right before and right after, and records it', async () => {
    const { folder, clock, healer, fail, fix, calls } = await open();
    await fail();
    const [failure] = healer.failures();
    expect(failure).toMatchObject({ tool: 'get_pods', canCheck: true });
    if (failure === undefined) throw new Error('no failure');
    const outcome = await clock.runUntil(healer.repair(failure.signature, fix, { name: 'vpn_connect' }));
    expect(outcome).toMatchObject({ ran: true, before: 'failed', after: 'succeeded' });
    expect(calls()).toBe(3);
    expect(healer.failures()).toEqual([]);
    expect(await repairsIn(folder)).toEqual([
      expect.objectContaining({
        ...{ kind: 'repaired', tool: 'get_pods', sig: failure.signature.id, checked: 'call' },
        ...{ action: { use: 'vpn_connect' }, before: 'failed', after: 'succeeded' },
        args: expect.stringMatching(/^[0-9a-f]{16}$/),
      }),
    ]);
  });

  it('waits for a late effect, with growing pauses, and not forever', async () => {
    const { clock, healer, fail, fix } = await open();
    await fail();
    const sig = healer.failures()[0]?.signature ?? '';
    const late = healer.repair(sig, () => void clock.setTimeout(fix, 20_000));
    expect(await clock.runUntil(late)).toMatchObject({ after: 'succeeded' });
    const { clock: other, ...second } = await open();
    await second.fail();
    const never = second.healer.repair(second.healer.failures()[0]?.signature ?? '', () => {});
    const { after, windowMs } = await other.runUntil(never);
    expect(after).toBe('failed');
    expect(windowMs).toBe(30_000);
    expect(second.calls()).toBeLessThan(20);
  });

  it('does nothing if the call succeeds again already, unless it is forced to', async () => {
    const { folder, clock, healer, fail, fix } = await open();
    await fail();
    const sig = healer.failures()[0]?.signature ?? '';
    fix();
    let ran = 0;
    const count = () => {
      ran += 1;
    };
    expect(await clock.runUntil(healer.repair(sig, count))).toMatchObject({ ran: false, before: 'succeeded' });
    expect(ran).toBe(0);
    expect(await repairsIn(folder)).toEqual([]);
  });

  it.each([
    ['destructive', { annotations: { destructiveHint: true } }],
    ['idempotent', { annotations: { idempotentHint: true, destructiveHint: false } }],
    ['unannotated', { annotations: undefined }],
  ])('never makes a call of a tool that is %s again', async (_kind, options) => {
    const { folder, clock, healer, fail, fix, calls } = await open();
    await fail('restart', options);
    const made = calls();
    const sig = healer.failures()[0]?.signature ?? '';
    expect(await clock.runUntil(healer.repair(sig, fix))).toMatchObject({
      ran: true,
      before: 'unknown',
      after: 'unknown',
    });
    expect(calls()).toBe(made);
    expect(await repairsIn(folder)).toEqual([
      expect.objectContaining({ checked: null, before: 'unknown', after: 'unknown', action: { use: 'function' } }),
    ]);
    expect(readdirSync(folder)).not.toContain('state/waiting-calls');
  });

  it('never undoes what the caller has done since: an idempotent write is not made again', async () => {
    const { clock, healer } = await open();
    let isBroken = true;
    let stored = '';
    const set = (value: string) =>
      clock.runUntil(
        healer.runOutcome(
          'set_config',
          async () => {
            if (isBroken) throw new Error('vpn tunnel is down: no route to host');
            stored = value;
            return 'ok';
          },
          { annotations: { idempotentHint: true, destructiveHint: true }, args: { value } },
        ),
      );
    await set('blue');
    isBroken = false;
    await set('green');
    const sig = healer.failures()[0]?.signature ?? '';
    await clock.runUntil(healer.repair(sig, () => {}, { name: 'vpn_connect' }));
    expect(stored).toBe('green');
  });

  it.each([
    ['the same call', { cluster: 'stage', b: 2 }, 0],
    ['the same arguments in another order', { b: 2, cluster: 'stage' }, 0],
    ['another call', { cluster: 'live', b: 2 }, 1],
  ])('lists a failure no longer once it has ended: after a success of %s', async (_what, args, left) => {
    const { healer, fail, fix } = await open();
    await fail('get_pods', { args: { cluster: 'stage', b: 2 } });
    expect(healer.failures()).toHaveLength(1);
    fix();
    await fail('get_pods', { args });
    expect(healer.failures()).toHaveLength(left);
  });

  it.each([{ destructiveHint: true }, { idempotentHint: true, destructiveHint: false }])(
    'makes no call again whose tool is not read-only any more: %j',
    async (later) => {
      const { clock, healer, fail, fix, calls } = await open();
      let hints: object = { readOnlyHint: true };
      await fail('get_pods', { annotations: () => hints });
      hints = later;
      const made = calls();
      const sig = healer.failures()[0]?.signature ?? '';
      expect(await clock.runUntil(healer.repair(sig, fix))).toMatchObject({ before: 'unknown', after: 'unknown' });
      expect(calls()).toBe(made);
    },
  );

  it('is the only one of its failure at a time', async () => {
    const { folder, clock, healer, fail, fix } = await open();
    await fail();
    const sig = healer.failures()[0]?.signature ?? '';
    const both = Promise.allSettled([1, 2].map(() => healer.repair(sig, fix, { name: 'vpn_connect' })));
    const [one, other] = await clock.runUntil(both);
    expect(one).toMatchObject({ value: { after: 'succeeded' } });
    expect(other).toMatchObject({
      reason: { message: expect.stringContaining('is already running: in this process') },
    });
    expect(await repairsIn(folder)).toHaveLength(1);
    const end = await lockRepair(join(folder, 'state'), systemClock, '0123456789abcdef');
    const second = lockRepair(join(folder, 'state'), systemClock, '0123456789abcdef');
    await expect(second).rejects.toThrow(new RegExp(`is already running: process ${process.pid} on `));
    await end();
    await (await lockRepair(join(folder, 'state'), systemClock, '0123456789abcdef'))();
  });

  it('is no evidence if the call fails in another way by then', async () => {
    const { folder, clock, healer, fail, change, fix } = await open();
    await fail();
    const sig = healer.failures()[0]?.signature ?? '';
    change('disk is full');
    const before = clock.runUntil(healer.repair(sig, fix, { name: 'vpn_connect' }));
    expect(await before).toMatchObject({ ran: true, before: 'unknown', after: 'succeeded' });
    const { clock: otherClock, ...second } = await open();
    await second.fail();
    const late = () => second.change('disk is full');
    const repair = second.healer.repair(second.healer.failures()[0]?.signature ?? '', late, { name: 'vpn_connect' });
    expect(await otherClock.runUntil(repair)).toMatchObject({ before: 'failed', after: 'unknown' });
    expect(await repairsIn(folder)).toMatchObject([{ before: 'unknown', after: 'succeeded' }]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, '5'])('refuses a patience of %s', async (patienceMs) => {
    const { healer, fail, calls } = await open();
    await fail();
    const options = { patienceMs: patienceMs as number };
    await expect(healer.repair(healer.failures()[0]?.signature ?? '', () => {}, options)).rejects.toThrow(
      /patienceMs is .*expected a finite number/,
    );
    expect(calls()).toBe(1);
  });

  it('is cancelled by its signal before it runs, and then ends its checks', async () => {
    const { clock, healer, fail } = await open();
    await fail();
    const sig = healer.failures()[0]?.signature ?? '';
    let ran = 0;
    const gone = healer.repair(sig, () => (ran += 1), { signal: AbortSignal.abort(new Error('not now')) });
    await expect(gone).rejects.toThrow('not now');
    expect(ran).toBe(0);
    const control = new AbortController();
    const { signal } = control;
    const startedAt = clock.monotonic();
    const cut = healer.repair(sig, () => control.abort(), { signal });
    expect(await clock.runUntil(cut)).toMatchObject({ ran: true, before: 'failed', after: 'unknown' });
    expect(clock.monotonic() - startedAt).toBeLessThan(1_000);
  });

  it('without a name is a note', async () => {
    const { folder, clock, healer, fail, fix } = await open();
    await fail();
    await clock.runUntil(healer.repair(healer.failures()[0]?.signature ?? '', fix));
    expect(await repairsIn(folder)).toMatchObject([{ action: { use: 'function' }, checked: null }]);
  });

  it('keeps nothing if checks are off', async () => {
    const { folder, healer, fail } = await open({ learn: { checks: false } });
    await fail();
    expect(healer.failures()).toEqual([]);
    expect(existsSync(join(folder, 'state', 'waiting-calls'))).toBe(false);
    await expect(healer.repair('0123456789abcdef', () => {})).rejects.toThrow('learn: { checks: false }');
  });

  it('of no open failure is refused, and one that throws is a failed one if the call still fails', async () => {
    const { folder, clock, healer, fail, fix } = await open();
    await expect(healer.repair('0123456789abcdef', () => {})).rejects.toThrow(TypeError);
    await fail();
    const broken = healer.repair(
      healer.failures()[0]?.signature ?? '',
      () => {
        throw new Error('login failed');
      },
      { name: 'vpn_connect' },
    );
    await expect(clock.runUntil(broken)).rejects.toThrow('login failed');
    const failed = [expect.objectContaining({ checked: 'call', before: 'failed', after: 'failed' })];
    expect(await repairsIn(folder)).toEqual(failed);
    const lucky = healer.repair(
      healer.failures()[0]?.signature ?? '',
      () => {
        fix();
        throw new Error('login failed');
      },
      { name: 'vpn_connect' },
    );
    await expect(clock.runUntil(lucky)).rejects.toThrow('login failed');
    expect(await repairsIn(folder)).toEqual(failed);
  });
});
