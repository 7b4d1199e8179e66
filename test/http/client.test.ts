import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { Endpoint, type EndpointOptions } from '../../src/http/client.ts';
import { FakeClock } from '../support/fake-clock.ts';

const servers: Server[] = [];
const endpoints: Endpoint[] = [];

const serve = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
};

const endpointOf = (url: string, options: Partial<EndpointOptions> = {}): Endpoint => {
  const endpoint = new Endpoint(url, { clock: systemClock, ...options });
  endpoints.push(endpoint);
  return endpoint;
};

afterEach(() => {
  for (const endpoint of endpoints.splice(0)) endpoint.close();
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

describe('an endpoint', () => {
  it('sends a request as given and returns the response unchanged', async () => {
    const url = await serve((request, response) => {
      response.writeHead(418, 'Teapot', ['X-A', '1', 'x-a', '2', 'Content-Encoding', 'gzip']);
      void text(request).then((body) => response.end(`${request.method} ${request.url} ${body}`));
    });
    const endpoint = endpointOf(`${url}?key=1`);
    const answer = await endpoint.send({ method: 'POST', headers: {}, body: Buffer.from('hi') });
    expect(answer).toMatchObject({ status: 418, statusText: 'Teapot' });
    expect(answer.rawHeaders.slice(0, 6)).toEqual(['X-A', '1', 'x-a', '2', 'Content-Encoding', 'gzip']);
    expect(await text(answer.body)).toBe('POST /mcp?key=1 hi');
    const other = await endpoint.send({ method: 'GET', headers: {}, pathAndQuery: '/.well-known/x' });
    expect(await text(other.body)).toBe('GET /.well-known/x ');
  });

  it('keeps the letter case and the repetition of headers, and sends none that concern the connection', async () => {
    const url = await serve((request, response) => response.end(JSON.stringify(request.rawHeaders)));
    const answer = await endpointOf(url).send({
      method: 'POST',
      headers: [
        ['X-Twice', '1'],
        ['MCP-Session-Id', 's'],
        ['x-twice', '2'],
        ['Host', 'evil.example'],
        ['Content-Length', '99'],
        ['Transfer-Encoding', 'chunked'],
      ],
      body: Buffer.from('ü'),
    });
    const raw = JSON.parse(await text(answer.body)) as string[];
    expect(raw.slice(0, 6)).toEqual(['X-Twice', '1', 'X-Twice', '2', 'MCP-Session-Id', 's']);
    const pairs = Object.fromEntries(raw.flatMap((name, at) => (at % 2 ? [] : [[name.toLowerCase(), raw[at + 1]]])));
    expect(pairs).toMatchObject({ host: new URL(url).host, 'content-length': '2' });
    expect(pairs['transfer-encoding']).toBeUndefined();
    expect(pairs['accept-encoding']).toBeUndefined();
  });

  it('sends a header that was set with every later request, in place of a request’s own', async () => {
    const url = await serve((request, response) => response.end(request.headers.authorization));
    const endpoint = endpointOf(url, { headers: { Authorization: 'Bearer old-dummy' } });
    const ask = async (): Promise<string> =>
      text((await endpoint.send({ method: 'GET', headers: { authorization: 'Bearer theirs-dummy' } })).body);
    expect(await ask()).toBe('Bearer old-dummy');
    endpoint.setHeader('authorization', 'Bearer new-dummy');
    expect(await ask()).toBe('Bearer new-dummy');
  });

  it('sends the name and password of its URL, and shows neither these nor the query', async () => {
    const url = await serve((request, response) => response.end(request.headers.authorization));
    const endpoint = endpointOf(`${url.replace('//', '//me:p%40ss@')}?key=dummy`);
    const answer = await endpoint.send({ method: 'GET', headers: {} });
    expect(await text(answer.body)).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
    expect(endpoint.shown).toBe(url);
  });

  it('follows no redirect', async () => {
    const url = await serve((_, response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end());
    expect((await endpointOf(url).send({ method: 'POST', headers: {} })).status).toBe(307);
  });

  it('uses one connection for requests that follow each other', async () => {
    const ports = new Set<number | undefined>();
    const url = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end();
    });
    const endpoint = endpointOf(url);
    for (let turn = 0; turn < 3; turn += 1) {
      const { body } = await endpoint.send({ method: 'POST', headers: {}, body: Buffer.from('x') });
      await text(body);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(ports.size).toBe(1);
  });

  it('rejects with the code of a connection that is refused', async () => {
    const url = await serve(() => {});
    await new Promise((resolve) => servers.pop()?.close(resolve));
    await expect(endpointOf(url).send({ method: 'GET', headers: {} })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
      syscall: 'connect',
    });
  });

  it('gives a connection up that does not come about in time, as one that was never made', async () => {
    // It takes the connection and never answers the TLS handshake.
    const silent = createTcpServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const clock = new FakeClock();
    const endpoint = endpointOf(`https://127.0.0.1:${port}/`, { clock, connectTimeoutMs: 10_000 });
    const connected = new Promise((resolve) => silent.once('connection', resolve));
    const sent = endpoint.send({ method: 'GET', headers: {} });
    sent.catch(() => {});
    await connected;
    await clock.advance(10_000);
    await expect(sent).rejects.toMatchObject({ code: 'ETIMEDOUT', syscall: 'connect' });
    silent.close();
  });

  // Node then takes its listener off the connection before the connection says why it was ended: an uncaught error.
  it('survives a signal that aborts when the whole response has arrived but not its end', async () => {
    const url = await serve((_request, response) => response.end('data: whole\n\n'));
    const endpoint = endpointOf(url);
    const control = new AbortController();
    const { body } = await endpoint.send({ method: 'GET', headers: {}, signal: control.signal });
    const closed = new Promise((resolve) => body.once('close', resolve));
    body.on('error', () => {});
    body.once('data', () => control.abort());
    await closed;
    await new Promise((resolve) => setImmediate(resolve));
    const answer = await endpoint.send({ method: 'GET', headers: {} });
    expect(await text(answer.body)).toBe('data: whole\n\n');
  });

  it('ends a request, and a response that is still arriving, when the signal aborts', async () => {
    const closed: string[] = [];
    const url = await serve((request, response) => {
      response.once('close', () => closed.push(request.url ?? ''));
      if (request.url === '/stream') response.write('first');
    });
    const endpoint = endpointOf(url);
    const control = new AbortController();
    const silent = endpoint.send({ method: 'GET', headers: {}, signal: control.signal });
    const { body } = await endpoint.send({
      method: 'GET',
      headers: {},
      signal: control.signal,
      pathAndQuery: '/stream',
    });
    const broken = new Promise((resolve) => body.once('error', resolve));
    control.abort();
    await expect(silent).rejects.toMatchObject({ name: 'AbortError' });
    expect(await broken).toBeInstanceOf(Error);
    await expect.poll(() => closed.sort()).toEqual(['/mcp', '/stream']);
  });
});

describe('a redirect', () => {
  /** A server whose first path redirects; resolves with its URL and what it received. */
  const redirecting = async (status: number, location: string): Promise<{ url: string; seen: string[] }> => {
    const seen: string[] = [];
    const url = await serve((request, response) => {
      const { method, url: path, headers } = request;
      void text(request).then((body) => {
        seen.push(`${method} ${path} ${headers.authorization} ${body}`);
        if (path === '/mcp') response.writeHead(status, { location }).end('moved');
        else response.end('there');
      });
    });
    return { url, seen };
  };
  const post = (endpoint: Endpoint) =>
    endpoint.send({ method: 'POST', headers: { Authorization: 'Bearer dummy' }, body: Buffer.from('hi') });

  it.each([301, 302, 307, 308])(
    'with %d within the origin is followed with the same method, headers and body',
    async (status) => {
      const { url, seen } = await redirecting(status, '/mcp/?a=1');
      const endpoint = endpointOf(url);
      for (let turn = 0; turn < 2; turn += 1) {
        const answer = await post(endpoint);
        expect(await text(answer.body)).toBe('there');
        expect(answer.redirect).toBeUndefined();
      }
      const first = 'POST /mcp Bearer dummy hi';
      const second = 'POST /mcp/?a=1 Bearer dummy hi';
      const isPermanent = status === 301 || status === 308;
      expect(seen).toEqual(isPermanent ? [first, second, second] : [first, second, first, second]);
    },
  );

  it('to another origin is not followed', async () => {
    const { url, seen } = await redirecting(307, 'http://other.example/mcp?key=dummy');
    const answer = await post(endpointOf(url));
    expect(answer).toMatchObject({ status: 307, redirect: { shown: 'http://other.example/mcp' } });
    expect(seen).toHaveLength(1);
  });

  it.each([
    [303, '/result', 'a 303'],
    [302, '/login?next=/mcp', 'login page'],
    [307, 'http://[', 'cannot be followed'],
  ])('with %d to %s is not followed for a POST', async (status, location, reason) => {
    const { url, seen } = await redirecting(status, location);
    const answer = await post(endpointOf(url));
    expect(answer.redirect?.reason).toContain(reason);
    expect(seen).toHaveLength(1);
  });

  it('with 303 is followed for a GET', async () => {
    const { url } = await redirecting(303, '/mcp/');
    const answer = await endpointOf(url).send({ method: 'GET', headers: {} });
    expect(await text(answer.body)).toBe('there');
  });

  it('that leads in a circle ends', async () => {
    const { url, seen } = await redirecting(307, '/mcp');
    expect((await post(endpointOf(url))).redirect?.reason).toContain('after 5 others');
    expect(seen).toHaveLength(6);
  });

  it('is not followed by an endpoint that passes redirects', async () => {
    const { url } = await redirecting(307, '/mcp/');
    const answer = await post(endpointOf(url, { followsRedirects: false }));
    expect(answer).toMatchObject({ status: 307, headers: { location: '/mcp/' } });
  });

  describe('of a request that must not be carried out twice', () => {
    const call = (endpoint: Endpoint, mayFollow: () => Promise<boolean>) =>
      endpoint.send({ method: 'POST', headers: {}, body: Buffer.from('hi'), mayFollow });
    const always = async (): Promise<boolean> => true;

    it.each([301, 302])('with %d is not followed', async (status) => {
      const { url, seen } = await redirecting(status, '/mcp/');
      const answer = await call(endpointOf(url), always);
      expect(answer.redirect?.reason).toContain('may have been carried out');
      expect(seen).toHaveLength(1);
    });

    it.each([307, 308])('with %d is followed as often as it may', async (status) => {
      const { url, seen } = await redirecting(status, '/mcp');
      let left = 2;
      const answer = await call(endpointOf(url), async () => left-- > 0);
      expect(answer.redirect?.reason).toContain('attempts');
      expect(seen).toHaveLength(3);
    });

    it('goes at once where the last request was redirected to', async () => {
      const { url, seen } = await redirecting(307, '/mcp/');
      const endpoint = endpointOf(url);
      for (const send of [post, call, call, post]) await text((await send(endpoint, always)).body);
      expect(seen.map((line) => line.split(' ')[1])).toEqual(['/mcp', '/mcp/', '/mcp/', '/mcp/', '/mcp', '/mcp/']);
    });

    it('goes to the first place again if others are not redirected any more', async () => {
      let isRedirecting = true;
      const seen: (string | undefined)[] = [];
      const url = await serve((request, response) => {
        seen.push(request.url);
        if (isRedirecting && request.url === '/mcp') response.writeHead(307, { location: '/new' }).end();
        else response.end('there');
      });
      const endpoint = endpointOf(url);
      await text((await post(endpoint)).body);
      isRedirecting = false;
      await text((await post(endpoint)).body);
      await text((await call(endpoint, always)).body);
      expect(seen).toEqual(['/mcp', '/new', '/mcp', '/mcp']);
    });

    it('may have been carried out if the next place cannot be reached', async () => {
      const url = await serve((_, response) => {
        servers.at(-1)?.close();
        response.writeHead(307, { location: '/mcp/', connection: 'close' }).end();
      });
      await expect(call(endpointOf(url), always)).rejects.toMatchObject({ code: 'ECONNRESET' });
    });
  });

  it('that was learned is forgotten if the new place is gone', async () => {
    let isGone = false;
    const url = await serve((request, response) => {
      if (request.url !== '/mcp') response.writeHead(isGone ? 404 : 200).end();
      else if (isGone) response.end('back');
      else response.writeHead(308, { location: '/new' }).end();
    });
    const endpoint = endpointOf(url);
    await post(endpoint);
    isGone = true;
    expect((await post(endpoint)).status).toBe(404);
    expect(await text((await post(endpoint)).body)).toBe('back');
  });
});

describe('a connection that is kept', () => {
  it.each([
    [1, 2],
    [30, 1],
  ])(
    'is not used again when the server is about to close it (Keep-Alive: timeout=%d)',
    async (seconds, connections) => {
      const sockets = new Set<unknown>();
      const url = await serve((request, response) => {
        sockets.add(request.socket);
        response.writeHead(200, { connection: 'keep-alive', 'keep-alive': `timeout=${seconds}` }).end();
      });
      const endpoint = endpointOf(url);
      for (let turn = 0; turn < 2; turn += 1) {
        const { body } = await endpoint.send({ method: 'GET', headers: {} });
        await text(body);
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(sockets.size).toBe(connections);
    },
  );
});
