import { describe, expect, it } from 'vitest';
import type { Row } from '../../src/fleet/database.ts';
import { FleetStateKeys } from '../../src/fleet/fleet-state-keys.ts';
import { FakeClock } from '../support/fake-clock.ts';

const silent = () => {
  const clock = new FakeClock();
  let statements = 0;
  const database = {
    answeredAt: null,
    query: <T extends object>(): Promise<Row<T>> => {
      statements += 1;
      return new Promise(() => {});
    },
  };
  const keys = new FleetStateKeys({ database, clock });
  /** How long it takes until a statement is given up, in ms. */
  const failsAfter = async (work: () => Promise<unknown>): Promise<number> => {
    const begun = clock.monotonic();
    const failed = work().then(
      () => Number.NaN,
      () => clock.monotonic() - begun,
    );
    return clock.runUntil(failed);
  };
  return { keys, failsAfter, statements: () => statements };
};

describe('the keys of a space whose database does not respond', () => {
  it('take no more than half of the time that a call has, and five seconds without a limit', async () => {
    const short = silent();
    expect(await short.failsAfter(() => short.keys.read(2_000))).toBeLessThanOrEqual(1_000);
    const long = silent();
    expect(await long.failsAfter(() => long.keys.use('id', 1))).toBe(5_000);
  });

  it('are not waited for again at once', async () => {
    const { keys, failsAfter, statements } = silent();
    await failsAfter(() => keys.read(2_000));
    expect(await failsAfter(() => keys.read(2_000))).toBe(0);
    expect(await failsAfter(() => keys.use('id', 1, 2_000))).toBe(0);
    expect(statements()).toBe(1);
  });
});
