import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../fixes/retry-backoff.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { callOf, catalogueOf, diagnosisOf, fixOf, requestOf } from './support.ts';

fc.configureGlobal({ seed: 20_260_204 });

describe('backoffMs', () => {
  it('draws a random part of 200 ms * 2^n, at most 5 s', () => {
    const entry = { baseMs: 200, maxMs: 5_000 };
    const most = [1, 2, 3, 4, 5, 6, 7].map((attempt) => backoffMs(() => 1, entry, attempt));
    expect(most).toEqual([200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
    expect(backoffMs(() => 0.25, entry, 3)).toBe(200);
    expect(backoffMs(() => 0, entry, 3)).toBe(0);
  });

  it('never leaves its bounds', () => {
    const part = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(
        part,
        fc.nat(10_000),
        fc.nat(60_000),
        fc.integer({ min: 1, max: 2_000 }),
        (p, baseMs, maxMs, attempt) => {
          const waitMs = backoffMs(() => p, { baseMs, maxMs }, attempt);
          expect(waitMs).toBeGreaterThanOrEqual(0);
          expect(waitMs).toBeLessThanOrEqual(maxMs);
        },
      ),
    );
  });
});

describe('retry_backoff', () => {
  it('is available without configuration, and waits on the clock what it drew', async () => {
    const clock = new FakeClock();
    const fix = fixOf('retry_backoff', {}, { clock }, { attempt: 2 });
    const report = fix.run(requestOf({ attempt: 2 }));
    await clock.advance(199);
    expect(clock.pending).toBeGreaterThan(0);
    await clock.advance(1);
    expect(await report).toEqual({
      fix: 'retry_backoff',
      status: 'succeeded',
      reason: 'waited 200 ms: a random part of at most 400 ms',
      durationMs: 200,
    });
    expect(clock.pending).toBe(0);
  });

  it('does not come back earlier than the failure asks', async () => {
    const fix = fixOf('retry_backoff', {}, {}, { diagnosis: diagnosisOf({ retryAfterMs: 3_000 }) });
    expect(fix.description).toBe('waits 3000 ms: as the failure asks');
  });

  it('is refused where the wait is longer than the deadline leaves', () => {
    expect(catalogueOf({}).select('retry_backoff', callOf({ remainingMs: 99 }))).toEqual({
      code: 'WAIT_EXCEEDS_DEADLINE',
      reason: 'the wait would be 100 ms (a random part of at most 200 ms), the deadline leaves 99 ms',
    });
  });

  it('can be switched off', () => {
    expect(catalogueOf({ retry_backoff: false }).select('retry_backoff', callOf())).toEqual({
      code: 'FIX_NOT_CONFIGURED',
      reason: 'retry_backoff is switched off',
    });
  });

  it('ends at once when the caller gives up', async () => {
    const clock = new FakeClock();
    const control = new AbortController();
    const report = fixOf('retry_backoff', {}, { clock }).run(requestOf({ signal: control.signal }));
    await clock.advance(40);
    control.abort();
    expect(await report).toMatchObject({
      status: 'cancelled',
      reason: 'the caller gave up: 40 of 100 ms were waited',
      durationMs: 40,
    });
    expect(clock.pending).toBe(0);
  });

  it('is not started for a caller who is gone already', async () => {
    const report = await fixOf('retry_backoff', {}, {}).run(requestOf({ signal: AbortSignal.abort() }));
    expect(report).toMatchObject({ status: 'cancelled', durationMs: 0 });
  });
});

describe('wait_retry', () => {
  it.each([
    [1_500, 'waited 1500 ms: as the failure asks'],
    [0, 'waited 0 ms: as the failure asks'],
    [null, 'waited 1000 ms: the failure names no time'],
  ])('given retryAfterMs %s, it %s', async (retryAfterMs, reason) => {
    const clock = new FakeClock();
    const report = fixOf('wait_retry', {}, { clock }, { diagnosis: diagnosisOf({ retryAfterMs }) }).run(requestOf());
    await clock.advance(retryAfterMs ?? 1_000);
    expect(await report).toMatchObject({ status: 'succeeded', reason, durationMs: retryAfterMs ?? 1_000 });
  });

  it('is refused at once where more is asked than the deadline leaves', () => {
    const call = callOf({ diagnosis: diagnosisOf({ retryAfterMs: 60_000 }), remainingMs: 44_000 });
    expect(catalogueOf({}).select('wait_retry', call)).toEqual({
      code: 'WAIT_EXCEEDS_DEADLINE',
      reason: 'the wait would be 60000 ms (as the failure asks), the deadline leaves 44000 ms',
    });
  });

  it('waits up to the deadline, unless a shorter timeoutMs is configured', () => {
    const call = callOf({ diagnosis: diagnosisOf({ retryAfterMs: 40_000 }) });
    expect(catalogueOf({}).select('wait_retry', call)).toHaveProperty('run');
    expect(catalogueOf({ wait_retry: { timeoutMs: 5_000 } }).select('wait_retry', call)).toMatchObject({
      code: 'WAIT_EXCEEDS_DEADLINE',
    });
  });
});
