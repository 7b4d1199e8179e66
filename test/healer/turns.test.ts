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
  it('go to it at once up to 10, and then one every 20 ms', async () => {
    const { clock, turns, went, taken } = line(13);
    expect(turns.expectedMs('default')).toBe(50);
    await clock.runUntil(Promise.all(taken));
    expect(went).toEqual([...Array(10).fill(0), 20, 40, 60]);
    expect(clock.pending).toBe(0);
    expect(turns.expectedMs('default')).toBe(20);
  });

  it('go in the order in which they came, also if there is room for a later one', async () => {
    const { clock, turns, taken } = line(12);
    const order: string[] = [];
    void taken[10]?.then(() => order.push('11th'));
    void taken[11]?.then(() => order.push('12th'));
    await clock.advance(20);
    void turns.take('default', new Cancellation()).then(() => order.push('last'));
    await clock.advance(100);
    expect(order).toEqual(['11th', '12th', 'last']);
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
    expect(went.filter((at) => at === 5_020).length).toBeLessThanOrEqual(10);
  });

  it('leave no timer behind once all were cancelled, and take no turn', async () => {
    const { clock, went, cancels, taken } = line(12);
    cancels[10]?.abort(undefined);
    expect(await taken[10]).toBe(false);
    expect(clock.pending).toBe(1);
    cancels[11]?.abort(undefined);
    expect(await taken[11]).toBe(false);
    expect(clock.pending).toBe(0);
    expect(went).toHaveLength(10);
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

  it('are told of each success at their upstream, until they no longer listen', () => {
    const { turns } = line(0);
    let told = 0;
    const forget = turns.onSuccess('default', () => {
      told += 1;
    });
    turns.recordSuccess('other');
    turns.recordReached('default');
    expect(told).toBe(0);
    turns.recordSuccess('default');
    forget();
    turns.recordSuccess('default');
    expect(told).toBe(1);
    expect(turns.wasReachedSince('default', 0)).toBe(true);
  });

  it('wait until a rate limit that most of them meet is over, for as long as it asks', async () => {
    const { clock, turns, taken } = line(12);
    turns.recordLimit('default', 0, 3_000);
    expect(turns.expectedMs('default')).toBeLessThan(1_000);
    await clock.advance(10);
    turns.recordLimit('default', 5, 3_000);
    expect(turns.expectedMs('default')).toBeGreaterThan(3_000);
    await clock.runUntil(Promise.all(taken));
    expect(clock.monotonic()).toBeGreaterThan(3_010);
    expect(clock.monotonic()).toBeLessThan(3_500);
  });
});
