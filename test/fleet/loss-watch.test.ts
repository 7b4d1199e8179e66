import { expect, it } from 'vitest';
import { FleetDatabaseError } from '../../src/fleet/database-error.ts';
import { LossWatch } from '../../src/fleet/loss-watch.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { MemoryLossNote } from './memory-loss-note.ts';

it('tells the next process of the machine of a wait that a timer has ended a moment too early', async () => {
  const clock = new FakeClock();
  const note = new MemoryLossNote();
  const [first, next] = [1, 2].map(() => new LossWatch(clock, () => null, note));
  expect(first?.ask(6_000)).toBe(3_000);
  await clock.advance(2_999);
  expect(await first?.isLost(new FleetDatabaseError('lost', 'no response within 3.0 s'), 6_000)).toBe(true);
  expect(next?.ask(6_000)).toBe(250);
});

it('gives a slow database more time with each response, up to half of what the call has', async () => {
  const clock = new FakeClock();
  let answeredAt: number | null = null;
  const watch = new LossWatch(clock, () => answeredAt);
  const silence = new FleetDatabaseError('lost', 'no response within 5.0 s');
  expect(watch.ask(24_000)).toBe(5_000);
  await clock.advance(4_000);
  answeredAt = clock.monotonic();
  await clock.advance(1_000);
  expect(watch.leftMs(24_000)).toBe(4_000);
  expect(await watch.isLost(silence, 24_000)).toBe(false);
  await clock.advance(4_000);
  answeredAt = clock.monotonic();
  expect(watch.leftMs(24_000)).toBe(3_000);
  await clock.advance(3_000);
  expect(await watch.isLost(silence, 24_000)).toBe(true);
});
