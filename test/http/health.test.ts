import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { withHealth } from '../../src/http/health.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const serve = async (isReady: () => boolean | Promise<boolean>): Promise<string> => {
  const server = createServer(withHealth((_, response) => void response.writeHead(404).end('other'), { isReady }));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const get = async (url: string, method = 'GET'): Promise<[status: number, body: string]> => {
  const response = await fetch(url, { method, headers: { connection: 'close' } });
  return [response.status, await response.text()];
};

it('says that the process runs, whether it is ready or not', async () => {
  const url = await serve(() => false);
  expect(await get(`${url}/healthz`)).toEqual([200, '{"status":"ok"}']);
  expect(await get(`${url}/healthz?from=lb`, 'HEAD')).toEqual([200, '']);
});

it('says whether it is ready, without a reason', async () => {
  let isReady = true;
  const url = await serve(() => isReady);
  expect(await get(`${url}/readyz`)).toEqual([200, '{"status":"ok"}']);
  isReady = false;
  expect(await get(`${url}/readyz`)).toEqual([503, '{"status":"unavailable"}']);
  expect(await get(`${url}/readyz`, 'HEAD')).toEqual([503, '']);
});

it('is not ready if the check fails', async () => {
  const url = await serve(() => Promise.reject(new Error('secret-dummy')));
  expect(await get(`${url}/readyz`)).toEqual([503, '{"status":"unavailable"}']);
});

it('checks once for all who ask meanwhile', async () => {
  let checks = 0;
  let finish: (isReady: boolean) => void = () => {};
  const url = await serve(() => {
    checks += 1;
    return new Promise((resolve) => {
      finish = resolve;
    });
  });
  const first = get(`${url}/readyz`);
  const second = get(`${url}/readyz`);
  while ((await get(`${url}/healthz`))[0] !== 200 || checks === 0);
  finish(true);
  expect([(await first)[0], checks]).toEqual([200, 1]);
  finish(true);
  expect((await second)[0]).toBe(200);
});

it('passes every other path, and accepts no other method', async () => {
  const url = await serve(() => true);
  expect(await get(`${url}/healthz/x`)).toEqual([404, 'other']);
  expect(await get(`${url}/readyz`, 'POST')).toEqual([405, '']);
});
