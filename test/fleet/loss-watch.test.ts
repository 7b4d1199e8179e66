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
