import { describe, expect, it } from 'vitest';
import { durationText, roughDuration, secondsText } from '../../src/text/duration.ts';

describe('a duration', () => {
  it.each([
    [0, '0 ms'],
    [340.4, '340 ms'],
    [999.6, '1.0 s'],
    [59_949, '59.9 s'],
    [59_950, '1 min 00 s'],
    [185_000, '3 min 05 s'],
  ])('of %d ms is %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });

  it('in seconds has as many digits as asked for', () => {
    expect([secondsText(1_040), secondsText(1_040, 2)]).toEqual(['1.0 s', '1.04 s']);
  });

  it.each([
    [3_000, '3.0 s'],
    [59_999, '60.0 s'],
    [60_000, '1 min'],
    [60_001, '2 min'],
  ])('of %d ms is roughly %s', (ms, text) => {
    expect(roughDuration(ms)).toBe(text);
  });
});
