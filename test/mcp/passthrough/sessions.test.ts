import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configSchema } from '../../../src/config/schema.ts';
import { succeeded } from '../relay/scripted-healer.ts';
import { callOf, ExchangeBench, fine, json, type Received, ScriptedServer, until } from './passthrough-bench.ts';
import { SdkServer } from './sdk-server.ts';

let server: SdkServer;
let bench: ExchangeBench;
const clients: Client[] = [];

beforeEach(async () => {
  server = await new SdkServer().start();
  bench = await new ExchangeBench().start(server.url);
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await bench[Symbol.asyncDispose]();
  await server.stop();
});

const connect = async (headers: Record<string, string> = {}) => {
  const client = new Client({ name: 'test', version: '1' });
  const transport = new StreamableHTTPClientTransport(new URL(bench.url), { requestInit: { headers } });
  await client.connect(transport as Parameters<typeof client.connect>[0]);
  clients.push(client);
  return { client, transport };
};
const textOf = async (client: Client, name: string): Promise<string | undefined> => {
  const { content } = await client.callTool({ name, arguments: {} });
  return (content as { text?: string }[])[0]?.text;
};

describe('a session that the server has lost', () => {
  it.each([404, 400])(
    'is opened again without the client noticing, and the call is made once: status %i',
    async (status) => {
      server.options.unknownStatus = status;
      const { client, transport } = await connect();
      await client.setLoggingLevel('warning');
      const before = await textOf(client, 'whoami');
      expect(before).toBe(transport.sessionId);
      server.lose();
      server.calls = 0;
      const after = await textOf(client, 'whoami');
      expect([after === before, server.sessionIds]).toEqual([false, [after]]);
      expect([server.calls, transport.sessionId]).toEqual([1, before]);
      // It goes on so, and its responses name the session that the client knows.
      expect(await textOf(client, 'whoami')).toBe(after);
      expect((await client.listTools()).tools).toHaveLength(2);
      expect(server.notified.filter((method) => method === 'initialized')).toHaveLength(2);
      expect(bench.healer.healed).toEqual([]);
      expect(bench.err).toContain('healflow: the MCP server had lost a session; a new one was opened in its place\n');
      await transport.terminateSession();
      expect(server.sessionIds).toEqual([]);
    },
  );

  it('is opened once for all who call at the same time', async () => {
    const { client } = await connect();
    server.lose();
    const all = await Promise.all(Array.from({ length: 16 }, () => textOf(client, 'whoami')));
    expect([new Set(all).size, server.sessionIds.length, server.calls]).toEqual([1, 1, 16]);
  });

  it('notifies the client on its stream that the tools have changed, now or when it listens', async () => {
    const { client } = await connect();
    const heard: string[] = [];
    client.setNotificationHandler(ToolListChangedNotificationSchema, ({ method }) => void heard.push(method));
    await client.listTools();
    server.lose();
    server.options.extraTool = 'another';
    await textOf(client, 'whoami');
    await until(() => heard.length === 1);
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('another');
  });

  it('is the client’s to begin again where the server will not have it: the 404 passes as it is', async () => {
    const { transport } = await connect();
    server.lose();
    server.options.token = 'other';
    const headers = { 'Mcp-Session-Id': transport.sessionId ?? '', 'Mcp-Protocol-Version': '2025-11-25' };
    expect((await bench.send({ body: callOf(1, 'whoami'), headers })).status).toBe(401);
    const scripted = await new ScriptedServer().start();
    const body = '{"jsonrpc":"2.0","error":{"code":-32001,"message":"Session not found"},"id":null}';
    scripted.respond = ({ response }) => response.writeHead(404, { 'Content-Type': 'application/json' }).end(body);
    const other = await new ExchangeBench().start(scripted.url);
    const met = await other.send({
      body: '{"jsonrpc":"2.0","method":"notifications/x"}',
      headers: { 'Mcp-Session-Id': 'gone' },
    });
    expect([met.status, met.body.toString(), scripted.received.length]).toEqual([404, body, 1]);
    await other[Symbol.asyncDispose]();
    await scripted.stop();
  });

  it('with a server that is started again comes back as soon as it is there', async () => {
    bench.healer.attempts = 20;
    const { client } = await connect();
    const { port } = server;
    await server.stop();
    bench.healer.fix = async (_, attempt) => {
      if (attempt === 2) await server.start(port);
      return succeeded('retry_backoff');
    };
    expect(await textOf(client, 'once')).toBe('1');
    expect(bench.healer.healed[0]?.first).toMatchObject({ error: { code: 'ECONNREFUSED' } });
  });
});

describe('a session', () => {
  const initialize = JSON.stringify({
    jsonrpc: '2.0',
    id: 0,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
  });

  it('is only for those who have begun it: another Authorization gets a 404, and the server hears nothing', async () => {
    const { transport } = await connect({ Authorization: 'Bearer one' });
    const id = { 'Mcp-Session-Id': transport.sessionId ?? '' };
    const body = callOf(1, 'whoami');
    const other = await bench.send({ body, headers: { ...id, Authorization: 'Bearer two' } });
    const none = await bench.send({ body, headers: id });
    expect([other.status, none.status, server.calls]).toEqual([404, 404, 0]);
    expect(JSON.parse(other.body.toString())).toMatchObject({ error: { code: -32_001 } });
    expect((await bench.send({ body, headers: { ...id, Authorization: 'Bearer one' } })).status).toBe(200);
  });

  it('goes on with a token that was renewed: after a 401, or for the same subject', async () => {
    const { transport } = await connect({ Authorization: 'Bearer one' });
    const id = { 'Mcp-Session-Id': transport.sessionId ?? '' };
    const body = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';
    server.options.token = 'two';
    expect((await bench.send({ body, headers: { ...id, Authorization: 'Bearer one' } })).status).toBe(401);
    expect((await bench.send({ body, headers: { ...id, Authorization: 'Bearer two' } })).status).toBe(200);
    expect((await bench.send({ body, headers: { ...id, Authorization: 'Bearer one' } })).status).toBe(404);

    server.options.token = undefined;
    const token = (claims: object): string =>
      `Bearer ${['{"alg":"none"}', JSON.stringify(claims)].map((part) => Buffer.from(part).toString('base64url')).join('.')}.x`;
    const jwt = await connect({ Authorization: token({ iss: 'a', sub: 'me', exp: 1 }) });
    const headers = { 'Mcp-Session-Id': jwt.transport.sessionId ?? '' };
    const later = { ...headers, Authorization: token({ iss: 'a', sub: 'me', exp: 2 }) };
    const foreign = { ...headers, Authorization: token({ iss: 'a', sub: 'you', exp: 2 }) };
    expect((await bench.send({ body, headers: later })).status).toBe(200);
    expect((await bench.send({ body, headers: foreign })).status).toBe(404);
  });

  it('is forgotten when it was ended, when it was idle, or when there are too many', async () => {
    await bench[Symbol.asyncDispose]();
    const { proxy } = configSchema.parse({});
    bench = await new ExchangeBench().start(server.url, { http: { ...proxy.http, maxSessions: 2 } });
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      const met = await bench.send({ body: initialize });
      ids.push(met.headers['mcp-session-id'] as string);
    }
    server.lose();
    const list = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';
    const statuses = await Promise.all(
      ids.map(async (id) => (await bench.send({ body: list, headers: { 'Mcp-Session-Id': id } })).status),
    );
    // The oldest was forgotten; what the server says of it passes.
    expect(statuses).toEqual([404, 200, 200]);
    const ended = await bench.send({ method: 'DELETE', headers: { 'Mcp-Session-Id': ids[1] ?? '' } });
    const after = await bench.send({ body: list, headers: { 'Mcp-Session-Id': ids[1] ?? '' } });
    expect([ended.status, after.status]).toEqual([200, 404]);
  });
});

describe('the proxy’s own token', () => {
  const renews = (): void => {
    bench.healer.fix = async () => {
      bench.control.setHeader?.('Authorization', 'Bearer fresh');
      return succeeded('token_refresh');
    };
  };
  const start = async (ownsToken: boolean): Promise<void> => {
    await bench[Symbol.asyncDispose]();
    server.options.token = 'fresh';
    bench = await new ExchangeBench().start(server.url, {
      ownsToken: () => ownsToken,
      headers: { Authorization: 'Bearer stale' },
    });
    renews();
  };

  it('is renewed where any request meets a 401, and sent with all later ones', async () => {
    await start(true);
    const { client } = await connect();
    expect(await textOf(client, 'once')).toBe('1');
    expect(bench.healer.healed.map(({ tool }) => tool)).toEqual(['initialize']);
    expect(bench.healer.healed[0]?.options.annotations).toEqual({ readOnlyHint: true });
    server.options.token = 'fresher';
    bench.healer.fix = async () => {
      bench.control.setHeader?.('Authorization', 'Bearer fresher');
      return succeeded('token_refresh');
    };
    expect(await textOf(client, 'once')).toBe('2');
    expect(bench.healer.healed.map(({ tool }) => tool)).toEqual(['initialize', 'once']);
  });

  it('is none of its business where the client logs in by itself: the 401 passes with its challenge', async () => {
    await start(false);
    const met = await bench.send({ body: initializeOf() });
    expect([met.status, met.headers['www-authenticate']]).toEqual([401, 'Bearer error="invalid_token"']);
    expect(met.body.toString()).toBe('Unauthorized');
    expect(bench.healer.healed).toEqual([]);
  });

  const initializeOf = (): string => '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{}}';
});

describe('what healflow asks the server itself', () => {
  it('goes out in the session of the client: a fix may call a tool', async () => {
    const { client } = await connect();
    await textOf(client, 'whoami');
    const result = await bench.control.callTool?.('whoami', {}, new AbortController().signal);
    expect(result).toMatchObject({ content: [{ text: server.sessionIds[0] }] });
    await expect(bench.control.callTool?.('once', { x: 1 }, AbortSignal.abort())).rejects.toThrow();
  });
});

describe('OAuth beside the server', () => {
  let scripted: ScriptedServer;
  let proxy: ExchangeBench;

  beforeEach(async () => {
    scripted = await new ScriptedServer().start();
    proxy = await new ExchangeBench().start(`http://127.0.0.1:${scripted.port}/api/v1/mcp?tenant=a`, {
      headers: { Authorization: 'Bearer of-the-proxy' },
    });
  });

  afterEach(async () => {
    await proxy[Symbol.asyncDispose]();
    await scripted.stop();
  });

  const origin = (): string => `http://127.0.0.1:${scripted.port}`;
  const own = (): string => new URL(proxy.url).origin;

  it('names the proxy where a client compares addresses, and nothing else is changed', async () => {
    const metadata = `${origin()}/.well-known/oauth-protected-resource/api/v1/mcp`;
    scripted.respond = (asked: Received) => {
      if (asked.request.url?.startsWith('/.well-known/oauth-protected-resource')) {
        json(asked, { x: 1.5, resource: `${origin()}/api/v1/mcp`, authorization_servers: [`${origin()}/auth`] });
      } else {
        asked.response
          .writeHead(401, { 'WWW-Authenticate': `Bearer realm="a", resource_metadata="${metadata}"` })
          .end();
      }
    };
    const refused = await proxy.send({ body: '{"jsonrpc":"2.0","id":1,"method":"vendor/x"}' });
    const place = `${own()}/.well-known/oauth-protected-resource/mcp`;
    expect(refused.headers['www-authenticate']).toBe(`Bearer realm="a", resource_metadata="${place}"`);
    const fetched = await proxy.send({ method: 'GET', path: new URL(place).pathname });
    expect(fetched.body.toString()).toBe(
      `{"x":1.5,"resource":"${own()}/mcp","authorization_servers":["${origin()}/auth"]}`,
    );
    expect(scripted.received.map(({ request }) => [request.url, request.headers.authorization])).toEqual([
      ['/api/v1/mcp?tenant=a', 'Bearer of-the-proxy'],
      // What the proxy sends to the MCP server concerns nobody beside it.
      ['/.well-known/oauth-protected-resource/api/v1/mcp', undefined],
    ]);
  });

  it('passes what leads elsewhere, and follows a redirect of the MCP server within its host', async () => {
    scripted.respond = (asked) => {
      const { response, request } = asked;
      if (request.url?.startsWith('/api/v1/mcp/')) json(asked, fine(1));
      else {
        const place = request.method === 'GET' ? 'https://login.example/x' : `${origin()}/api/v1/mcp/?tenant=a`;
        response.writeHead(308, { Location: place }).end();
      }
    };
    expect((await proxy.send({ method: 'GET', path: '/authorize?a=b' })).headers.location).toBe(
      'https://login.example/x',
    );
    expect(await proxy.send({ body: '{"jsonrpc":"2.0","id":1,"method":"x"}' })).toMatchObject({ status: 200 });
    expect(await proxy.send({ body: '{"jsonrpc":"2.0","id":1,"method":"x"}' })).toMatchObject({ status: 200 });
    expect(scripted.received.map(({ request }) => request.url)).toEqual([
      '/authorize?a=b',
      '/api/v1/mcp?tenant=a',
      '/api/v1/mcp/?tenant=a',
      '/api/v1/mcp/?tenant=a',
    ]);
  });

  it('makes the proxy ready while it responds', async () => {
    scripted.respond = ({ response }) => response.writeHead(405).end();
    const ready = () => fetch(new URL('/readyz', proxy.url)).then(({ status }) => status);
    expect(await ready()).toBe(200);
    expect(scripted.received.map(({ request }) => `${request.method} ${request.url}`)).toEqual([
      'HEAD /api/v1/mcp?tenant=a',
    ]);
    await scripted.stop();
    expect(await ready()).toBe(503);
    expect((await fetch(new URL('/healthz', proxy.url))).status).toBe(200);
  });

  it('tells clients why a redirect to another origin is not followed, and that origin nothing', async () => {
    const elsewhere: unknown[] = [];
    const other = createServer((request, response) => {
      elsewhere.push(request.headers);
      response.end();
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const place = `http://127.0.0.1:${(other.address() as AddressInfo).port}/mcp`;
    scripted.respond = ({ response }) => response.writeHead(307, { Location: `${place}?key=dummy` }).end();
    for (const body of [callOf(1, 'a'), '{"jsonrpc":"2.0","id":1,"method":"tools/list"}']) {
      const { status, body: bytes } = await proxy.send({ body });
      const text = bytes.toString();
      expect(status).toBe(502);
      expect(text).toContain(`redirects to ${place}, but it is another origin`);
      expect(text).not.toContain('dummy');
    }
    expect(elsewhere).toEqual([]);
    other.close();
  });

  it('is reported to a server under its own path too', async () => {
    scripted.respond = (asked) => json(asked, fine(1));
    await proxy.send({ body: callOf(1, 'a'), path: '/api/v1/mcp?x=1' });
    await proxy.send({ body: callOf(1, 'a'), path: '/mcp/sub?x=1' });
    expect(scripted.received.map(({ request }) => request.url)).toEqual([
      '/api/v1/mcp?tenant=a&x=1',
      '/api/v1/mcp/sub?tenant=a&x=1',
    ]);
  });
});
