import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startCluster } from '../../../src/demo/world/cluster.ts';
import { logInToCluster, readCredentials } from '../../../src/demo/world/credentials.ts';
import { startFlakyBuilds } from '../../../src/demo/world/flaky-builds.ts';
import { startLimitedSearch } from '../../../src/demo/world/limiter.ts';
import { startPackages } from '../../../src/demo/world/packages.ts';
import { openTunnel } from '../../../src/demo/world/tunnel.ts';
import { startVpn } from '../../../src/demo/world/vpn.ts';

const ends: (() => unknown)[] = [];
const started = async <T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
  const part = await starting;
  ends.push(() => part.close());
  return part;
};

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const get = (url: string, token = ''): Promise<Response> =>
  fetch(url, { headers: { authorization: `Bearer ${token}` } });

describe('a cluster', () => {
  it('lists its pods with a valid login, until the logins expire', async () => {
    const cluster = await started(startCluster(['web']));
    const pods = `${cluster.url}/api/v1/pods`;
    expect((await get(pods, 'made-up')).status).toBe(401);
    const folder = await mkdtemp(join(tmpdir(), 'healflow-test-'));
    ends.push(() => rm(folder, { recursive: true }));
    const file = join(folder, 'credentials.json');
    await logInToCluster(file, 'other', cluster.url);
    await logInToCluster(file, 'mine', cluster.url);
    const { other, mine } = await readCredentials(file);
    expect(await (await get(pods, mine)).json()).toMatchObject({ items: ['web'] });
    cluster.expireLogins();
    expect((await get(pods, mine)).status).toBe(401);
    expect([cluster.logins, cluster.rejected]).toEqual([2, 2]);
    await logInToCluster(file, 'mine', cluster.url);
    expect((await get(pods, (await readCredentials(file)).mine)).status).toBe(200);
    expect((await readCredentials(file)).other).toBe(other);
    expect(await readFile(file, 'utf8')).not.toContain(mine ?? '');
  });
});

describe('the search with a rate limit', () => {
  it('accepts its quota, rejects the next request with Retry-After, and accepts requests again after that', async () => {
    let now = 5_000;
    const search = await started(startLimitedSearch(() => now));
    for (let request = 1; request <= 3; request += 1) expect((await get(search.url)).status).toBe(200);
    const refused = await get(search.url);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    now += 1_000;
    expect((await get(search.url)).status).toBe(200);
    expect([search.answered, search.rejected]).toEqual([4, 1]);
  });

  it('rejects the next request, however late, once its quota is used up', async () => {
    const search = await started(startLimitedSearch());
    search.useUp();
    expect((await get(search.url)).status).toBe(429);
    search.useUp();
    expect((await get(search.url)).status).toBe(429);
  });
});

describe('the build server', () => {
  it('resets one connection, responds with 503 to the next, and then works', async () => {
    const builds = await started(startFlakyBuilds());
    builds.failNext(2);
    await expect(get(builds.url)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect((await get(builds.url)).status).toBe(503);
    expect((await get(builds.url)).status).toBe(200);
    expect([builds.failed, builds.answered]).toEqual([2, 1]);
  });
});

describe('the packages', () => {
  it('move away from the paths in an older index', async () => {
    const packages = await started(startPackages());
    const index = async () => (await (await get(`${packages.url}/index.json`)).json()) as { stone: string };
    const { stone } = await index();
    expect((await get(packages.url + stone)).status).toBe(200);
    packages.republish();
    expect((await get(packages.url + stone)).status).toBe(404);
    expect((await get(packages.url + (await index()).stone)).status).toBe(200);
    expect([packages.indexReads, packages.notFound]).toEqual([2, 1]);
  });
});

describe('the wiki behind the tunnel', () => {
  it('refuses connections until the tunnel is up, and again once its remote end has closed it', async () => {
    const vpn = await started(startVpn());
    const page = `http://127.0.0.1:${vpn.port}`;
    await expect(get(page)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    const tunnel = await openTunnel(vpn.tunnel);
    expect((await get(page)).status).toBe(200);
    await vi.waitUntil(() => vpn.tunnels === 1);
    await vpn.close();
    await tunnel.ended;
    // A kept-alive connection may have to close first.
    await vi.waitFor(() => expect(get(page)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } }));
    expect(vpn.reads).toBe(1);
  });
});
