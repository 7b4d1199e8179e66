import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MachineLockStore } from '../../src/sharing/machine-lock-store.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** Takes a lease, and after `forMs` tries to take it again: how the second attempt sees the holder of the first. */
const heldFor = async (forMs: number, limitMs: number | null) => {
  const clock = new FakeClock();
  const stateDir = realpathSync(mkdtempSync(join(tmpdir(), 'healflow-store-')));
  const store = new MachineLockStore({ stateDir, clock });
  const request = { key: 'host:kube_login:default', identity: 'a'.repeat(32), exclusive: 'b'.repeat(32), limitMs };
  const lease = await store.take(request);
  expect(lease.busy).toBe(false);
  await clock.advance(forMs);
  return store.take(request);
};

describe('the holder of a lease', () => {
  it.each([
    ['at the timeout of its fix', 30_000, false],
    ['just after the timeout of its fix', 30_001, false],
    ['10 s after the timeout of its fix', 40_000, false],
    ['just over 10 s after the timeout of its fix', 40_001, true],
  ])('%s, after %i ms: overdue is %s', async (_, forMs, overdue) => {
    expect(await heldFor(forMs, 30_000)).toMatchObject({ busy: true, forMs, overdue });
  });

  it('is never overdue if a person is asked', async () => {
    expect(await heldFor(86_400_000, null)).toMatchObject({ busy: true, forMs: 86_400_000, overdue: false });
  });
});
