import { describe, expect, it } from 'vitest';
import { readHeaderWait } from '../../src/diagnosis/waits/header-value.ts';

const now = Date.parse('2026-02-04T10:30:00.000Z');
const read = (value: string, date: string | null = null): number | null => readHeaderWait(value, date, () => now);

describe('a Retry-After', () => {
  it.each<readonly [value: string, ms: number]>([
    ['2', 2_000],
    ['0', 0],
    ['1.5', 1_500],
    ['+3', 3_000],
    [' 7 ', 7_000],
    ['"5"', 5_000],
    ['99999999', 99_999_999_000],
    ['2s', 2_000],
    ['2000ms', 2_000],
    ['1m30s', 90_000],
    ['2 seconds', 2_000],
    ['PT5S', 5_000],
    ['2, 1', 2_000],
    ['1, 2', 2_000],
    [String(now / 1_000 + 3), 3_000],
    [String(now + 2_500), 2_500],
    ['Wed, 04 Feb 2026 10:30:02 GMT', 2_000],
    ['Wednesday, 04-Feb-26 10:30:02 GMT', 2_000],
    ['Wed Feb  4 10:30:02 2026', 2_000],
    ['2026-02-04T10:30:02Z', 2_000],
    ['2026-02-04T12:30:02.500+02:00', 2_500],
    ['2026-02-04 10:30:02', 2_000],
    ['Wed, 04 Feb 2026 10:00:00 GMT', 0],
    ['2001-03-01T00:00:00Z', 0],
  ])('of %j is read', (value, ms) => {
    expect(read(value)).toBe(ms);
  });

  it.each(['-3', '', 'two', 'Wed, 99 Foo 2026', '3-1', '12/25', 'soon', '1e3', '2,', '2026-02', 'Feb 3'])(
    'of %j is unreadable, and no date',
    (value) => {
      expect(read(value)).toBeNull();
    },
  );

  it('is measured from the date of its response', () => {
    expect(read('Wed, 04 Feb 2026 10:30:02 GMT', 'Wed, 04 Feb 2026 10:30:01 GMT')).toBe(1_000);
    expect(read('Wed, 04 Feb 2026 10:30:02 GMT', '-3')).toBe(2_000);
  });
});
