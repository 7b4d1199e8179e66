import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDigestArgs } from '../../src/learning/args-digest.ts';
import { printOf } from '../../src/learning/args-print.ts';
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

  it('is null for arguments over about 4 KB, which are not serialised', async () => {
    const digest = await loadDigestArgs(join(temporaryFolder(), 'state'));
    expect(digest({ text: 'x'.repeat(4_000) })).toMatch(/^[0-9a-f]{16}$/);
    expect([digest({ text: 'x'.repeat(4_096) }), digest({ list: Array(2_000).fill(10) })]).toEqual([null, null]);
    expect(digest({ data: new Uint8Array(8) })).toBeNull();
  });
});

describe('the print of arguments', () => {
  it('is the same for the same data in any order', () => {
    const at = new Date(0);
    const one = printOf({ id: 1, at, page: { from: 1, to: 2 }, none: null });
    expect(one).not.toBeNull();
    const other = { none: null, page: { to: 2, from: 1, no: undefined }, at: at.toISOString(), id: 1 };
    expect(printOf(other)).toBe(one);
  });

  it('differs for nearly all other data', () => {
    const prints = Array.from({ length: 10_000 }, (_, id) => printOf({ id, path: `/data/${id % 7}`, list: [id, 1] }));
    expect(new Set(prints).size).toBeGreaterThan(9_990);
    expect(printOf({ a: 1, b: 2 })).not.toBe(printOf({ a: 2, b: 1 }));
    expect(printOf({ list: [1, 2] })).not.toBe(printOf({ list: [2, 1] }));
  });
});
