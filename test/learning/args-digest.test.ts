import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDigestArgs } from '../../src/learning/args-digest.ts';
import { temporaryFolder } from '../event-log/events.ts';

describe('the digest of arguments', () => {
  it('is the same for the same arguments in any order, in every process of this machine', async () => {
    const stateDir = join(temporaryFolder(), 'state');
    const [one, other] = await Promise.all([loadDigestArgs(stateDir), loadDigestArgs(stateDir)]);
    const digest = one({ cluster: 'stage', page: { from: 1, to: 2 } });
    expect(digest).toMatch(/^[0-9a-f]{16}$/);
    expect(other({ page: { to: 2, from: 1 }, cluster: 'stage' })).toBe(digest);
    expect(one({ cluster: 'prod', page: { from: 1, to: 2 } })).not.toBe(digest);
  });

  it('differs from machine to machine, as its key is private', async () => {
    const folder = temporaryFolder();
    const digests = await Promise.all(['a', 'b'].map((name) => loadDigestArgs(join(folder, name))));
    expect(digests[0]?.({ id: 1 })).not.toBe(digests[1]?.({ id: 1 }));
    const path = join(folder, 'a/learning/key');
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
  });

  it('is null if the arguments are not known or are no data', async () => {
    const digest = await loadDigestArgs(join(temporaryFolder(), 'state'));
    const ring: Record<string, unknown> = {};
    ring.self = ring;
    expect([digest(undefined), digest(ring), digest({ big: 1n })]).toEqual([null, null, null]);
  });
});
