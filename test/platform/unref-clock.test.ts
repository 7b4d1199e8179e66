import { expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { unrefClock } from '../../src/platform/unref-clock.ts';
import { FakeClock } from '../support/fake-clock.ts';

it('none of its timers keeps the process from ending', () => {
  const clock = unrefClock(systemClock);
  const timer = clock.setTimeout(() => {}, 60_000);
  expect((timer as NodeJS.Timeout).hasRef()).toBe(false);
  clock.clearTimeout(timer);
});

it('keeps the time of a clock whose timers are plain numbers', async () => {
  const inner = new FakeClock();
  const clock = unrefClock(inner);
  const fired: number[] = [];
  clock.setTimeout(() => fired.push(clock.monotonic()), 100);
  clock.clearTimeout(clock.setTimeout(() => fired.push(-1), 50));
  await inner.advance(100);
  expect(fired).toEqual([inner.monotonic()]);
  expect(clock.now()).toBe(inner.now());
});
