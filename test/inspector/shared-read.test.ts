import { describe, expect, it } from 'vitest';
import { SharedRead } from '../../src/inspector/shared-read.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** A read whose results the test gives, in any order. */
const setUp = () => {
  const clock = new FakeClock();
  const reads: { resolve(value: string): void; reject(error: Error): void }[] = [];
  const shared = new SharedRead<string>({
    read: () =>
      new Promise((resolve, reject) => {
        reads.push({ resolve, reject });
      }),
    explain: (error) => `failed: ${(error as Error).message}`,
    clock,
    freshMs: 1_000,
  });
  return { clock, reads, shared };
};

describe('what viewers read together', () => {
  it('is read once for all who ask at the same time, and again only after a while', async () => {
    const { clock, reads, shared } = setUp();
    const asked = [shared.get(), shared.get(), shared.get()];
    expect(reads).toHaveLength(1);
    reads[0]?.resolve('a');
    expect(await Promise.all(asked)).toEqual(Array(3).fill({ value: 'a', problem: null, ageMs: 0 }));
    await clock.advance(999);
    expect(await shared.get()).toEqual({ value: 'a', problem: null, ageMs: 999 });
    await clock.advance(1);
    const next = shared.get();
    expect(reads).toHaveLength(2);
    reads[1]?.resolve('b');
    expect(await next).toEqual({ value: 'b', problem: null, ageMs: 0 });
  });

  it('is not read if nobody asks', async () => {
    const { clock, reads } = setUp();
    await clock.advance(3_600_000);
    expect(reads).toEqual([]);
  });

  it('is what was read last if a read fails, with the reason and its age', async () => {
    const { clock, reads, shared } = setUp();
    const first = shared.get();
    reads[0]?.reject(new Error('lost'));
    expect(await first).toEqual({ value: null, problem: 'failed: lost', ageMs: 0 });
    await clock.advance(1_000);
    const second = shared.get();
    reads[1]?.resolve('a');
    expect(await second).toEqual({ value: 'a', problem: null, ageMs: 0 });
    await clock.advance(5_000);
    const third = shared.get();
    reads[2]?.reject(new Error('lost again'));
    expect(await third).toEqual({ value: 'a', problem: 'failed: lost again', ageMs: 5_000 });
  });

  it('is read again after a change, also if an older read ends later', async () => {
    const { reads, shared } = setUp();
    const before = shared.get();
    shared.expire();
    const after = shared.get();
    expect(reads).toHaveLength(2);
    reads[1]?.resolve('new');
    expect(await after).toMatchObject({ value: 'new' });
    reads[0]?.resolve('old');
    expect(await before).toMatchObject({ value: 'new' });
    expect(await shared.get()).toMatchObject({ value: 'new' });
  });
});
