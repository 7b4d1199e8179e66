import { expect, it } from 'vitest';
import { inTime } from '../../src/fleet/in-time.ts';
import { FakeClock } from '../support/fake-clock.ts';

const never = new Promise<never>(() => {});

it('gives up once the time is over', async () => {
  const clock = new FakeClock();
  const waiting = inTime(clock, never, 5_000, undefined);
  const failed = expect(waiting).rejects.toThrow('no response within 5.0 s');
  await clock.advance(5_001);
  await failed;
  expect(clock.pending).toBe(0);
});

it('goes on if the database has responded to a part meanwhile', async () => {
  const clock = new FakeClock();
  const more = [2_000, 0];
  let isDone = (_: string): void => {};
  const work = new Promise<string>((resolve) => {
    isDone = resolve;
  });
  const waiting = inTime(clock, work, 5_000, undefined, () => more.shift() ?? 0);
  await clock.advance(6_500);
  isDone('taken');
  expect(await waiting).toBe('taken');
});

it('takes what arrives right after its timer, as in a process that could not run', async () => {
  const clock = new FakeClock();
  const work = new Promise<string>((resolve) => {
    clock.setTimeout(() => clock.setTimeout(() => resolve('taken'), 0), 5_000);
  });
  const waiting = inTime(clock, work, 5_000, undefined);
  await clock.advance(5_001);
  expect(await waiting).toBe('taken');
});
