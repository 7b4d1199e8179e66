import { describe, expect, it } from 'vitest';
import { OutcomeHistory } from '../../src/event-log/outcomes-over-time.ts';

const at = (ms: number): string => new Date(ms).toISOString();

describe('ends of runs over time', () => {
  it('are counted in buckets that widen, and none is lost', () => {
    const counter = new OutcomeHistory();
    const runs = 5_000;
    for (let number = 0; number < runs; number += 1) counter.add(at(number * 3_600_000), 'healed');
    const { bucketMs, buckets } = counter.overTime;
    expect(buckets.length).toBeLessThanOrEqual(512);
    expect(buckets.reduce((sum, { healed }) => sum + healed, 0)).toBe(runs);
    expect(buckets.every(({ t }, index) => t % bucketMs === 0 && t > (buckets[index - 1]?.t ?? -1))).toBe(true);
  });

  it('widen a single time far away at once', () => {
    const counter = new OutcomeHistory();
    for (let minute = 0; minute < 512; minute += 1) counter.add(at(minute * 60_000), 'failed');
    counter.add(at(8.64e15), 'unknown');
    const { buckets } = counter.overTime;
    expect(buckets.at(-1)).toMatchObject({ unknown: 1 });
    expect(buckets.length).toBeLessThanOrEqual(512);
  });

  it('leave out what is no time and no end', () => {
    const counter = new OutcomeHistory();
    counter.add('once', 'healed');
    counter.add(at(0), 'succeeded');
    expect(counter.overTime.buckets).toEqual([]);
  });
});
