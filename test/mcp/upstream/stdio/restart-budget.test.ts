import { describe, expect, it } from 'vitest';
import { RestartBudget } from '../../../../src/mcp/upstream/stdio/restart-budget.ts';

describe('RestartBudget', () => {
  it('allows the first restart at once, and delays each later one more, up to 5 s', () => {
    const budget = new RestartBudget({ maxRestarts: 10, windowMs: 60_000 });
    expect(Array.from({ length: 6 }, () => budget.take(0))).toEqual([0, 100, 400, 1_600, 5_000, 5_000]);
  });

  it('allows a maximum of restarts per window, and more once the window has moved on', () => {
    const budget = new RestartBudget({ maxRestarts: 2, windowMs: 60_000 });
    expect([budget.take(0), budget.take(30_000), budget.take(59_999)]).toEqual([0, 100, undefined]);
    expect([budget.take(60_000), budget.take(60_001)]).toEqual([100, undefined]);
  });

  it('forgets the restarts before a server that has responded', () => {
    const budget = new RestartBudget({ maxRestarts: 2, windowMs: 60_000 });
    expect([budget.take(0), budget.take(1), budget.take(2)]).toEqual([0, 100, undefined]);
    budget.reset();
    expect([budget.take(3), budget.take(4), budget.take(5)]).toEqual([0, 100, undefined]);
  });

  it('allows none if none are allowed', () => {
    expect(new RestartBudget({ maxRestarts: 0, windowMs: 60_000 }).take(0)).toBeUndefined();
  });
});
