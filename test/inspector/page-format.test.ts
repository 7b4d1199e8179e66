import { describe, expect, it } from 'vitest';
import { byteSize, coarseDuration, left } from '../../src/inspector/page/text/format.ts';

describe('a number on the page', () => {
  it('of a duration or a size has one unit', () => {
    const durations = [-5, 59_999, 60_000, 3_599_999, 3_600_000, 172_799_999, 172_800_000].map(coarseDuration);
    expect(durations).toEqual(['0 s', '59 s', '1 min', '59 min', '1 h', '47 h', '2 days']);
    expect([0, 1, 999, 4_096, 48_200_000].map(byteSize)).toEqual([
      '0 bytes',
      '1 byte',
      '999 bytes',
      '4.1 KB',
      '48.2 MB',
    ]);
    expect([left(null, 0), left(1_000, 1_000), left(61_500, 1_000)]).toEqual(['–', 'expired', '1 min 1 s left']);
  });
});
