import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlastRadius } from '../../src/limits/blast-radius.ts';
import { CircuitBreaker } from '../../src/limits/breaker.ts';
import { TokenBucket } from '../../src/limits/token-bucket.ts';

fc.configureGlobal({ seed: 20_260_204 });

describe('CircuitBreaker', () => {
  const broken = () => {
    const breaker = new CircuitBreaker({ failures: 3, openMs: 1_000 });
    for (const at of [0, 10, 20]) breaker.failed(at);
    return breaker;
  };

  it('opens after the configured number of consecutive failures', () => {
    const breaker = new CircuitBreaker({ failures: 3, openMs: 1_000 });
    breaker.failed(0);
    breaker.failed(1);
    breaker.succeeded();
    breaker.failed(2);
    breaker.failed(3);
    expect(breaker.state).toBe('Closed');
    breaker.failed(4);
    expect(breaker.state).toBe('Open');
    expect(breaker.tryAcquire(5)).toBe('refused');
  });

  it('lets one run try after the rest, and only one', () => {
    const breaker = broken();
    expect(breaker.tryAcquire(1_019)).toBe('refused');
    expect(breaker.tryAcquire(1_020)).toBe('trial');
    expect(breaker.state).toBe('HalfOpen');
    expect(breaker.tryAcquire(1_021)).toBe('refused');
  });

  it('closes when the trial succeeds and opens again when it fails', () => {
    const healed = broken();
    healed.tryAcquire(2_000);
    healed.succeeded();
    expect(healed.state).toBe('Closed');
    const still = broken();
    still.tryAcquire(2_000);
    still.failed(2_001);
    expect(still.state).toBe('Open');
    expect(still.tryAcquire(3_000)).toBe('refused');
    expect(still.tryAcquire(3_001)).toBe('trial');
  });

  it('gives the trial to the next one where the first gave up', () => {
    const breaker = broken();
    breaker.tryAcquire(2_000);
    breaker.abandoned();
    expect(breaker.tryAcquire(2_001)).toBe('trial');
  });

  it('opens at once if a run has waited in vain, from then on for the whole time', () => {
    const breaker = new CircuitBreaker({ failures: 3, openMs: 1_000 });
    breaker.outlasted(500);
    expect([breaker.tryAcquire(1_499), breaker.tryAcquire(1_500)]).toEqual(['refused', 'trial']);
    breaker.outlasted(1_600);
    expect([breaker.tryAcquire(2_599), breaker.tryAcquire(2_600)]).toEqual(['refused', 'trial']);
  });

  it('stays open no longer if another run has waited in vain too', () => {
    const breaker = new CircuitBreaker({ failures: 3, openMs: 1_000 });
    breaker.outlasted(0);
    breaker.outlasted(900);
    expect(breaker.tryAcquire(1_000)).toBe('trial');
  });

  it('closes when any call succeeds', () => {
    const breaker = broken();
    breaker.succeeded();
    expect(breaker.tryAcquire(21)).toBe('allowed');
    expect(breaker.isClean).toBe(true);
  });
});

describe('TokenBucket', () => {
  it('gives what it holds, and then as much as flows in', () => {
    const bucket = new TokenBucket({ capacity: 2, windowMs: 1_000, at: 0 });
    expect([bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([0, 0, null]);
    expect([bucket.take(499), bucket.take(500), bucket.take(500)]).toEqual([null, 0, null]);
  });

  it('promises the next tokens to those who may wait for them', () => {
    const bucket = new TokenBucket({ capacity: 2, windowMs: 1_000, at: 0 });
    expect([1, 2, 3, 4, 5].map(() => bucket.take(0, 1_000))).toEqual([0, 0, 500, 1_000, null]);
    expect(bucket.used(0)).toBe(4);
    expect(bucket.take(500, 999)).toBeNull();
    expect(bucket.take(500, 1_000)).toBe(1_000);
    expect(bucket.used(10_000)).toBe(0);
    expect([bucket.take(10_000), bucket.take(10_000), bucket.take(10_000)]).toEqual([0, 0, null]);
  });

  it('never gives more than its capacity and the inflow together', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 5_000 }),
        fc.array(fc.nat({ max: 300 }), { maxLength: 200 }),
        (capacity, windowMs, steps) => {
          const bucket = new TokenBucket({ capacity, windowMs, at: 0 });
          let at = 0;
          let taken = 0;
          for (const step of steps) {
            at += step;
            if (bucket.take(at) === 0) taken += 1;
          }
          expect(taken).toBeLessThanOrEqual(capacity + (at * capacity) / windowMs + 1e-6);
        },
      ),
    );
  });
});

describe('BlastRadius', () => {
  const guard = () => new BlastRadius({ maxShare: 0.5, minTools: 4, windowMs: 1_000 });

  it('says no when more than the share of the tools fail at once', () => {
    const radius = guard();
    for (const tool of ['a', 'b', 'c', 'd']) radius.note(tool, false, 0);
    radius.note('a', true, 1);
    radius.note('b', true, 2);
    expect(radius.excess(3)).toBeNull();
    radius.note('c', true, 4);
    expect(radius.excess(5)).toEqual({ failing: 3, inUse: 4 });
  });

  it('forgets what lies back and forgives what works again', () => {
    const radius = guard();
    for (const tool of ['a', 'b', 'c', 'd']) radius.note(tool, true, 0);
    expect(radius.excess(1)).not.toBeNull();
    radius.note('a', false, 2);
    radius.note('b', false, 2);
    expect(radius.excess(3)).toBeNull();
    expect(radius.excess(2_000)).toBeNull();
  });

  it('says nothing with few tools, or where it is switched off', () => {
    const few = guard();
    for (const tool of ['a', 'b', 'c']) few.note(tool, true, 0);
    expect(few.excess(1)).toBeNull();
    const off = new BlastRadius({ maxShare: 1, minTools: 1, windowMs: 1_000 });
    off.note('a', true, 0);
    expect(off.excess(1)).toBeNull();
  });
});
