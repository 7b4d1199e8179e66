import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTimestamp } from '../../src/event-log/timestamp.ts';

fc.configureGlobal({ seed: 20_260_204 });

describe('the instant of a timestamp', () => {
  it('is what Date.parse makes of it', () => {
    const part = (digits: number) =>
      fc.integer({ min: 0, max: 10 ** digits - 1 }).map((n) => `${n}`.padStart(digits, '0'));
    const anything = fc
      .tuple(part(4), part(2), part(2), fc.constantFrom('T', ' ', 't'), part(2), part(2), part(2), part(3))
      .map(
        ([year, month, day, between, hour, minute, second, ms]) =>
          `${year}-${month}-${day}${between}${hour}:${minute}:${second}.${ms}Z`,
      );
    const instants = fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
    const broken = fc
      .tuple(instants, fc.nat({ max: 23 }), fc.string({ minLength: 1, maxLength: 1 }))
      .map(([text, at, other]) => text.slice(0, at) + other + text.slice(at + 1));
    fc.assert(
      fc.property(fc.oneof(instants, anything, broken, fc.string()), (text) => {
        expect(parseTimestamp(text)).toBe(Date.parse(text));
      }),
      { numRuns: 5_000, seed: 3 },
    );
  });
});
