import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { obtainTokens } from '../../../src/demo/world/grant.ts';
import { type OAuth, startOAuth } from '../../../src/demo/world/oauth.ts';
import { type Orders, startOrders } from '../../../src/demo/world/orders.ts';

let oauth: OAuth;
let orders: Orders;

beforeAll(async () => {
  oauth = await startOAuth({ accessTokenSeconds: 2 });
  orders = await startOrders(oauth.isActive);
});

afterAll(async () => {
  vi.useRealTimers();
  await Promise.all([oauth?.close(), orders?.close()]);
});

const list = async (token: string): Promise<number> =>
  (await fetch(orders.url, { headers: { authorization: `Bearer ${token}` } })).status;

const refresh = async (refreshToken: string) => {
  const response = await fetch(oauth.tokenEndpoint, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'refresh_token', client_id: oauth.clientId, refresh_token: refreshToken }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
};

describe('the OAuth server', () => {
  it('issues tokens that expire, and accepts a refresh token once', async () => {
    const { accessToken, refreshToken } = await obtainTokens(oauth);
    expect(await list(accessToken)).toBe(200);
    expect(await list('made-up')).toBe(401);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2_000 });
    expect(await list(accessToken)).toBe(401);
    expect(oauth.refreshes).toBe(0);
    const renewed = await refresh(refreshToken);
    expect(renewed.status).toBe(200);
    expect(renewed.body.refresh_token).not.toBe(refreshToken);
    expect(oauth.refreshes).toBe(1);
    expect(await list(renewed.body.access_token ?? '')).toBe(200);
    const again = await refresh(refreshToken);
    expect([again.status, again.body.error]).toEqual([400, 'invalid_grant']);
  });
});
