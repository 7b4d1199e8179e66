import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { Endpoint } from '../../src/http/client.ts';
import { EnvProxy, hasEnvProxy } from '../../src/platform/env-proxy.ts';
import { ForwardProxy } from '../support/forward-proxy.ts';

let target: Server;
let url: string;
let forward: ForwardProxy;
let address: string;
const open: (Endpoint | EnvProxy)[] = [];

beforeEach(async () => {
  target = createServer((request, response) => {
    void text(request).then((body) => {
      response.writeHead(201, 'Made', ['X-Case', 'a', 'Content-Type', 'text/plain']);
      response.end(`${request.method} ${request.url} ${request.headers.authorization} ${body}`);
    });
  });
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(target.address() as AddressInfo).port}/mcp`;
  forward = new ForwardProxy();
  address = await forward.listen();
});

afterEach(() => {
  for (const one of open.splice(0)) one.close();
  forward.close();
  target.close();
  target.closeAllConnections();
});

const endpointWith = (env: NodeJS.ProcessEnv): Endpoint => {
  const endpoint = new Endpoint(url, { clock: systemClock, envProxy: new EnvProxy(env, 5_000) });
  open.push(endpoint);
  return endpoint;
};
const post = (endpoint: Endpoint) =>
  endpoint.send({ method: 'POST', headers: { Authorization: 'Bearer dummy' }, body: Buffer.from('hi') });

describe('a request with a proxy in the environment', () => {
  it.each(['HTTP_PROXY', 'http_proxy'])('goes through the proxy of %s', async (name) => {
    const answer = await post(endpointWith({ [name]: address }));
    expect(answer).toMatchObject({ status: 201, statusText: 'Created', headers: { 'x-case': 'a' } });
    expect(answer.rawHeaders.slice(0, 2)).toEqual(['X-Case', 'a']);
    expect(answer.body.headers['content-type']).toBe('text/plain');
    expect(await text(answer.body)).toBe('POST /mcp Bearer dummy hi');
    expect(forward.asked).toEqual([`POST ${url}`]);
  });

  it('goes directly if the host is in NO_PROXY', async () => {
    for (const name of ['NO_PROXY', 'no_proxy']) {
      const answer = await post(endpointWith({ HTTP_PROXY: address, [name]: 'example.com,127.0.0.1' }));
      expect(await text(answer.body)).toContain('Bearer dummy');
    }
    expect(forward.asked).toEqual([]);
  });

  it('goes through a tunnel if it is for https', async () => {
    const secure = new URL(url);
    const envProxy = new EnvProxy({ HTTPS_PROXY: address.replace('http://', '') });
    open.push(envProxy);
    // The target speaks no TLS: only the tunnel counts here.
    await expect(envProxy.fetch(`https://${secure.host}/token`, {})).rejects.toThrow();
    expect(forward.asked[0]).toBe(`CONNECT ${secure.host}`);
  });

  it('fails if the proxy is not reached', async () => {
    forward.close();
    await expect(post(endpointWith({ HTTP_PROXY: address }))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('ends when it is aborted', async () => {
    target.removeAllListeners('request').on('request', (_, response) => response.writeHead(200).write('x'));
    const control = new AbortController();
    const endpoint = endpointWith({ HTTP_PROXY: address });
    const { body } = await endpoint.send({ method: 'GET', headers: {}, signal: control.signal });
    control.abort();
    await expect(text(body)).rejects.toThrow();
  });
});

it('is used only if a variable names it', () => {
  expect(hasEnvProxy({ NO_PROXY: '*' })).toBe(false);
  expect(hasEnvProxy({ HTTP_PROXY: ' ' })).toBe(false);
  expect(hasEnvProxy({ https_proxy: 'http://proxy.example:3128' })).toBe(true);
});
