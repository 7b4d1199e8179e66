import { describe, expect, it } from 'vitest';
import { isTimeout, startTimeLimit } from '../../src/platform/time-limit.ts';
import { FakeClock } from '../support/fake-clock.ts';

describe('a time limit', () => {
  it('aborts with a TimeoutError when the time is up', async () => {
    const clock = new FakeClock();
    const { cancellation } = startTimeLimit(clock, 100, new AbortController().signal);
    await clock.advance(99);
    expect(cancellation.aborted).toBe(false);
    await clock.advance(1);
    expect(cancellation.reason).toMatchObject({ name: 'TimeoutError', message: 'not done within 100 ms' });
    expect(isTimeout(cancellation)).toBe(true);
  });

  it('aborts with the outer reason when the outer signal does, also if that was before', () => {
    const outer = new AbortController();
    const before = startTimeLimit(new FakeClock(), 100, outer.signal);
    outer.abort('enough');
    const after = startTimeLimit(new FakeClock(), 100, outer.signal);
    expect([before, after].map(({ cancellation }) => cancellation.reason)).toEqual(['enough', 'enough']);
    expect([before, after].map(({ cancellation }) => isTimeout(cancellation))).toEqual([false, false]);
  });

  it('that is released leaves no timer behind and no longer listens', () => {
    const clock = new FakeClock();
    const outer = new AbortController();
    const { cancellation, release } = startTimeLimit(clock, 100, outer.signal);
    release();
    outer.abort('enough');
    expect([cancellation.aborted, clock.pending]).toEqual([false, 0]);
  });
});
