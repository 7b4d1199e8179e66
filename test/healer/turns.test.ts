import { describe, expect, it } from 'vitest';
import { Turns } from '../../src/healer/turns.ts';
import { Cancellation } from '../../src/platform/cancellation.ts';
import { FakeClock } from '../support/fake-clock.ts';

const line = (count: number) => {
  const clock = new FakeClock();
  const turns = new Turns(clock);
  const went: number[] = [];
  const cancels = Array.from({ length: count }, () => new Cancellation());
  const taken = cancels.map((cancel) =>
    turns.take('default', cancel).then((isTurn) => {
      if (isTurn) went.push(clock.monotonic());
      return isTurn;
    }),
  );
  return { clock, turns, went, cancels, taken };
};

describe('calls that have waited for an upstream', () => {
  it('go to it at once up to 20, and then one every 20 ms', async () => {
    const { clock, turns, went, taken } = line(23);
    expect(turns.expectedMs('default')).toBe(80);
    await clock.runUntil(Promise.all(taken));
    expect(went).toEqual([...Array(20).fill(0), 20, 40, 60]);
    expect(clock.pending).toBe(0);
    expect(turns.expectedMs('default')).toBe(20);
  });

  it('go in the order in which they came, also if there is room for a later one', async () => {
    const { clock, turns, taken } = line(22);
    const order: string[] = [];
    void taken[20]?.then(() => order.push('21st'));
    void taken[21]?.then(() => order.push('22nd'));
    await clock.advance(20);
    void turns.take('default', new Cancellation()).then(() => order.push('last'));
    await clock.advance(100);
    expect(order).toEqual(['21st', '22nd', 'last']);
  });

  it('do not all go at one instant after the process was busy', async () => {
    const { clock, went } = line(200);
    const late: (() => void)[] = [];
    const timer = clock.setTimeout.bind(clock);
    clock.setTimeout = (callback, delayMs) => timer(() => late.push(callback), delayMs);
    await clock.advance(20);
    await clock.advance(5_000);
    for (const callback of late.splice(0)) callback();
    await clock.advance(0);
    expect(went.filter((at) => at === 5_020).length).toBeLessThanOrEqual(20);
  });

  it('leave no timer behind once all were cancelled, and take no turn', async () => {
    const { clock, went, cancels, taken } = line(22);
    cancels[20]?.abort(undefined);
    expect(await taken[20]).toBe(false);
    expect(clock.pending).toBe(1);
    cancels[21]?.abort(undefined);
    expect(await taken[21]).toBe(false);
    expect(clock.pending).toBe(0);
    expect(went).toHaveLength(20);
  });

  it('take no turn if they were cancelled before', async () => {
    const { turns } = line(0);
    const cancelled = new Cancellation();
    cancelled.abort(undefined);
    expect(await turns.take('default', cancelled)).toBe(false);
    expect(turns.expectedMs('default')).toBe(0);
  });

  it('take turns at each upstream by itself', async () => {
    const { turns } = line(30);
    expect(turns.expectedMs('other')).toBe(0);
    expect(await turns.take('other', new Cancellation())).toBe(true);
  });

  it('know whether one of them has reached it since a time', async () => {
    const { clock, turns } = line(0);
    expect(turns.wasReachedSince('default', 0)).toBe(false);
    await clock.advance(50);
    turns.recordReached('default');
    expect([49, 50, 51].map((at) => turns.wasReachedSince('default', at))).toEqual([true, true, false]);
    expect(turns.wasReachedSince('other', 0)).toBe(false);
  });
});
