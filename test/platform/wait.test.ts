import { describe, expect, it } from 'vitest';
import { Cancellation } from '../../src/platform/cancellation.ts';
import { aborted, sleep, untilAborted, within } from '../../src/platform/wait.ts';
import { FakeClock } from '../support/fake-clock.ts';

const never = new Promise<never>(() => {});

describe('sleep', () => {
  it('resolves with true when the time has passed', async () => {
    const clock = new FakeClock();
    const slept = sleep(clock, 100);
    await clock.advance(100);
    expect(await slept).toBe(true);
  });

  it.each([
    ['a signal', () => new AbortController()],
    ['a cancellation', () => new Cancellation()],
  ])('resolves with false when %s aborts, and leaves no timer behind', async (_what, make) => {
    const clock = new FakeClock();
    const control = make();
    const slept = sleep(clock, 100, control instanceof Cancellation ? control : control.signal);
    expect(clock.pending).toBe(1);
    control.abort('enough');
    expect(await slept).toBe(false);
    expect(clock.pending).toBe(0);
  });

  it('does not start when it is cancelled already', async () => {
    const clock = new FakeClock();
    expect(await sleep(clock, 100, AbortSignal.abort())).toBe(false);
    expect(clock.pending).toBe(0);
  });
});

describe('untilAborted', () => {
  it('settles like the work', async () => {
    const { signal } = new AbortController();
    expect(await untilAborted(Promise.resolve(1), signal)).toBe(1);
    await expect(untilAborted(Promise.reject(new Error('broke')), signal)).rejects.toThrow('broke');
  });

  it('rejects with the reason when it is cancelled, also if that was before', async () => {
    const control = new AbortController();
    const waiting = untilAborted(never, control.signal);
    control.abort('enough');
    await expect(waiting).rejects.toBe('enough');
    await expect(untilAborted(never, control.signal)).rejects.toBe('enough');
  });
});

describe('aborted', () => {
  it('resolves when the signal aborts, also if that was before', async () => {
    const control = new AbortController();
    const waiting = aborted(control.signal);
    control.abort();
    await waiting;
    await aborted(control.signal);
  });
});

describe('within', () => {
  it('resolves with true if one of the promises is in time, and leaves no timer behind', async () => {
    const clock = new FakeClock();
    expect(await within(clock, 100, [never, Promise.resolve()])).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('resolves with false if none is in time', async () => {
    const clock = new FakeClock();
    const waiting = within(clock, 100, [never]);
    await clock.advance(100);
    expect(await waiting).toBe(false);
  });

  it('rejects if one of the promises does, and leaves no timer behind', async () => {
    const clock = new FakeClock();
    await expect(within(clock, 100, [Promise.reject(new Error('broke'))])).rejects.toThrow('broke');
    expect(clock.pending).toBe(0);
  });
});
