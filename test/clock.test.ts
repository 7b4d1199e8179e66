import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../src/clock.ts';

describe('the system clock', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('does not call back at once where the delay is longer than a timer can be', () => {
    const requested = vi.spyOn(globalThis, 'setTimeout');
    systemClock.setTimeout(() => {}, 3_000_000_000);
    // Node calls back after 1 ms where a delay does not fit into 32 bits.
    expect(requested).toHaveBeenCalledWith(expect.any(Function), 2_147_483_647);
  });

  it('calls back after the delay, unless it is cleared', () => {
    const called = vi.fn();
    const cleared = vi.fn();
    systemClock.setTimeout(called, 50);
    systemClock.clearTimeout(systemClock.setTimeout(cleared, 50));
    vi.advanceTimersByTime(49);
    expect(called).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(called).toHaveBeenCalledOnce();
    expect(cleared).not.toHaveBeenCalled();
  });
});
