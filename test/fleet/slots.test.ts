import { describe, expect, it } from 'vitest';
import { FleetDatabaseError } from '../../src/fleet/database-error.ts';
import { type SlotDatabase, SlotStore } from '../../src/fleet/slots.ts';
import { sleep } from '../../src/platform/wait.ts';
import { FixSharing } from '../../src/sharing/share.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { fixRequest } from '../support/healer.ts';
import { MemoryLockStore } from './memory-lock-store.ts';
import { Runs, seededRandom } from './scene.ts';

const world = (machines: number, atOnce: number, mode: 'auto' | 'ask' = 'auto') => {
  const clock = new FakeClock();
  const runs = new Runs();
  const fleet = { taken: 0, most: 0, isThere: true };
  const slots: SlotDatabase = {
    answeredAt: null,
    take: async (_key, count) => {
      if (!fleet.isThere) throw new FleetDatabaseError('lost', 'connect ECONNREFUSED');
      if (fleet.taken >= count) return null;
      fleet.taken += 1;
      fleet.most = Math.max(fleet.most, fleet.taken);
      return {
        broken: new Promise(() => {}),
        release: async () => {
          fleet.taken -= 1;
        },
      };
    },
  };
  const calls = Array.from({ length: machines }, (_, at) => {
    const random = seededRandom(at + 1);
    const store = new SlotStore({ machine: new MemoryLockStore(), slots, atOnce, clock, random });
    const sharing = new FixSharing({ clock, random, store, warn: () => {} });
    const fix = sharing.share(runs.fix(`${at}`, { scope: 'machine', mode }, () => sleep(clock, 1_000)));
    return (signal = new AbortController().signal) => fix.run(fixRequest({ signal, approve: () => true }));
  });
  return { clock, runs, fleet, calls };
};

describe('`fleet.atOnce`', () => {
  it('limits how many machines run the same fix at the same time; the others run it after them', async () => {
    const { clock, runs, fleet, calls } = world(10, 3);
    const reports = await clock.runUntil(Promise.all(calls.map((call) => call())));
    expect(reports.map(({ status }) => status)).toEqual(reports.map(() => 'succeeded'));
    expect([runs.by.length, runs.mostAtOnce, fleet.taken]).toEqual([10, 3, 0]);
  });

  it('limits nothing without the database', async () => {
    const { clock, runs, fleet, calls } = world(4, 1);
    fleet.isThere = false;
    await clock.runUntil(Promise.all(calls.map((call) => call())));
    expect(runs.mostAtOnce).toBe(4);
  });

  it('limits nothing where a person is asked', async () => {
    const { clock, runs, calls } = world(4, 1, 'ask');
    await clock.runUntil(Promise.all(calls.map((call) => call())));
    expect(runs.mostAtOnce).toBe(4);
  });

  it('says so to a call that cannot wait for its turn', async () => {
    const { clock, runs, calls } = world(2, 1);
    const [first, second] = calls;
    const running = first?.();
    await clock.advance(100);
    const leaver = new AbortController();
    const left = second?.(leaver.signal);
    await clock.advance(100);
    leaver.abort(new DOMException('late', 'TimeoutError'));
    await clock.advance(1);
    expect(await left).toMatchObject({
      code: 'FIX_BUSY',
      reason: expect.stringContaining('as many machines as `fleet.atOnce: 1` allows'),
    });
    await clock.advance(1_000);
    await running;
    expect(runs.by).toEqual(['0']);
  });
});
