import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const bench = join(import.meta.dirname, '../../bench');
const { resultsPage } = await import(join(bench, 'harness/page.mjs'));
const { mark } = await import(join(bench, 'harness/report.mjs'));

describe('the page of the benchmarks', () => {
  it('is what its results and notes make: `npm run bench -- --page` makes it again', () => {
    expect(readFileSync(join(bench, 'RESULTS.md'), 'utf8')).toBe(resultsPage(bench));
  });

  it('holds a bound that is reached exactly, and marks one that is missed', () => {
    expect(mark('time', 2.5, { atMost: 2.5, unit: ' x' })).toMatchObject({ holds: true });
    expect(mark('time', 2.51, { atMost: 2.5, unit: ' x' })).toMatchObject({ holds: false });
    expect(mark('rate', 0.8, { atLeast: 0.8 })).toMatchObject({ holds: true });
    expect(mark('rate', 0.79, { atLeast: 0.8 })).toMatchObject({ holds: false });
    expect(mark('rate', Number.NaN, { atLeast: 0.8 })).toMatchObject({ holds: false });
  });
});
