import { describe, expect, it } from 'vitest';
import type { Json } from '../../relay/relay-bench.ts';
import { event, json, result, text } from './scripted-server.ts';
import { startBench } from './upstream-bench.ts';

const line = (message: Json): string => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`;
const initialize = { id: 'i', method: 'initialize', params: { protocolVersion: '2025-11-25' } };

describe('a session over HTTP', () => {
  it('keeps the order of a client that does not wait, and has its id and version in every request after the first', async () => {
    const { server, proxy } = await startBench();
    proxy.send(
      line(initialize) +
        line({ method: 'notifications/initialized' }) +
        line({ id: 1, method: 'tools/list' }) +
        line({ id: 2, method: 'tools/call', params: { name: 'pods' } }),
    );
    await proxy.until(() => proxy.messages.length === 3);
    await proxy.until(() => server.streams.length === 1);
    expect(server.whats.slice(0, 2)).toEqual(['initialize', 'notifications/initialized']);
    expect(server.whats.slice(2).sort()).toEqual(['GET', 'tools/call', 'tools/list']);
    const [first, ...rest] = server.received;
    expect(first?.headers).toMatchObject({
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
    });
    expect(first?.headers['mcp-session-id']).toBeUndefined();
    expect(first?.headers['mcp-protocol-version']).toBeUndefined();
    for (const { headers } of rest) {
      expect(headers).toMatchObject({ 'mcp-session-id': 'session-1', 'mcp-protocol-version': '2025-11-25' });
      expect(headers['mcp-method']).toBeUndefined();
    }
    expect(await proxy.end()).toBe(0);
    expect(server.of('DELETE')[0]?.headers).toMatchObject({ 'mcp-session-id': 'session-1' });
  });

  it('passes the server’s messages on its stream to the client, and the client’s responses to the server', async () => {
    const { server, proxy } = await startBench();
    await proxy.connect();
    const stream = await proxy.until(() => server.streams[0]);
    event(stream, { jsonrpc: '2.0', id: 9, method: 'roots/list' });
    event(stream, { jsonrpc: '2.0', method: 'notifications/message', params: { data: 'x' } });
    await proxy.until(() => proxy.messages.length === 3);
    expect(proxy.messages.slice(1).map(({ method }) => method)).toEqual(['roots/list', 'notifications/message']);
    proxy.send(line({ id: 9, result: { roots: [] } }));
    const answer = await proxy.until(() => server.of('message')[0]);
    expect(answer.body).toEqual({ jsonrpc: '2.0', id: 9, result: { roots: [] } });
  });

  it('passes messages that the server sends before its response, in that order', async () => {
    const { server, proxy } = await startBench();
    server.on.set('tools/call', ({ body }, response) => {
      event(response, { jsonrpc: '2.0', id: 'e', method: 'elicitation/create', params: {} });
      server.on.set('message', (_, accepted) => {
        accepted.writeHead(202).end();
        event(response, text(body.id, 'done'));
        response.end();
      });
    });
    await proxy.connect();
    proxy.send(line({ id: 1, method: 'tools/call', params: { name: 'ask' } }));
    await proxy.until(() => proxy.messages.length === 2);
    proxy.send(line({ id: 'e', result: { action: 'accept' } }));
    await proxy.until(() => proxy.messages.length === 3);
    expect(proxy.messages[2]).toEqual(text(1, 'done'));
  });

  it('asks a server without a stream of its own only once', async () => {
    const { server, proxy } = await startBench();
    server.on.set('GET', (_, response) => response.writeHead(405).end());
    await proxy.connect();
    await proxy.until(() => server.of('GET').length === 1);
    await proxy.text('pods');
    expect(server.of('GET')).toHaveLength(1);
  });

  it('takes a 404 to the first request for a stream as no sign of a lost session', async () => {
    const { server, proxy } = await startBench();
    server.on.set('GET', (_, response) => response.writeHead(404).end('Cannot GET /mcp'));
    await proxy.connect();
    await proxy.until(() => server.of('GET').length === 1);
    await proxy.text('pods');
    await proxy.text('pods');
    expect(server.of('GET')).toHaveLength(1);
    expect(server.of('initialize')).toHaveLength(1);
  });

  it('opens one new session if the stream says that the old one is lost', async () => {
    const { server, proxy } = await startBench();
    server.on.set('GET', (_, response) => json(response, { error: 'Session not found' }, 404));
    await proxy.connect();
    await proxy.until(() => server.of('GET').length === 2);
    await proxy.text('pods');
    await proxy.text('pods');
    expect(server.of('GET')).toHaveLength(2);
    expect(server.of('initialize')).toHaveLength(2);
  });

  it.each([400, 404, 405, 409])(
    'asks for a stream again that was refused with %d after it had worked',
    async (status) => {
      const { server, proxy } = await startBench();
      await proxy.connect();
      const stream = await proxy.until(() => server.streams[0]);
      let refusals = 0;
      server.on.set('GET', (request, response) => {
        refusals += 1;
        if (refusals > 1) return server.usual(request, response);
        response.writeHead(status).end('session already exists');
      });
      // The message makes the pause the one that the server asks for.
      event(stream, { jsonrpc: '2.0', method: 'notifications/message', params: {} }, { retry: 5 });
      stream.end();
      await proxy.until(() => server.streams[1]);
      expect(refusals).toBe(2);
      expect(await proxy.text('pods')).toBe('pods');
    },
  );

  it('resumes a stream of the server that has ended, after the delay that the server requested', async () => {
    const { server, proxy } = await startBench();
    await proxy.connect();
    const stream = await proxy.until(() => server.streams[0]);
    event(stream, { jsonrpc: '2.0', method: 'notifications/message', params: {} }, { id: '41', retry: 5 });
    stream.end();
    await proxy.until(() => server.streams[1]);
    expect(server.of('GET').map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '41']);
  });

  it('passes a cancellation, and no longer waits for the stream of its request', async () => {
    const { server, proxy } = await startBench({ limits: { graceMs: 20 } });
    server.on.set('tools/call', (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
    });
    await proxy.connect();
    proxy.send(line({ id: 1, method: 'tools/call', params: { name: 'slow' } }));
    const call = await proxy.until(() => server.of('tools/call')[0]);
    proxy.send(line({ method: 'notifications/cancelled', params: { requestId: 1, reason: 'no' } }));
    const cancelled = await proxy.until(() => server.of('notifications/cancelled')[0]);
    expect(cancelled.body.params).toEqual({ requestId: 1, reason: 'no' });
    await proxy.until(() => call.isClosed);
    expect(proxy.messages).toHaveLength(1);
  });

  it('heals the handshake itself', async () => {
    const { server, proxy } = await startBench({ headers: { Authorization: 'Bearer old-dummy' } });
    proxy.healer.fix = async () => {
      proxy.control?.setHeader?.('authorization', 'Bearer new-dummy');
      return undefined;
    };
    server.on.set('initialize', (request, response) => {
      if (request.headers.authorization === 'Bearer new-dummy') server.usual(request, response);
      else json(response, '{"error":"invalid_token"}', 401, { 'www-authenticate': 'Bearer' });
    });
    await proxy.connect();
    expect(proxy.messages[0]).toMatchObject({ id: 1, result: { protocolVersion: '2025-11-25' } });
    expect(proxy.healer.healed[0]).toMatchObject({
      tool: 'initialize',
      first: { error: { status: 401, body: '{"error":"invalid_token"}' } },
      options: { annotations: { readOnlyHint: true } },
    });
    expect(await proxy.text('pods')).toBe('pods');
  });

  it('gets notifications/initialized again before the next request, if it did not accept it', async () => {
    const { server, proxy } = await startBench();
    let refusals = 0;
    server.on.set('notifications/initialized', (request, response) => {
      refusals += 1;
      if (refusals === 1) response.writeHead(401).end();
      else server.usual(request, response);
    });
    await proxy.connect();
    await proxy.until(() => refusals === 1);
    expect(await proxy.text('pods')).toBe('pods');
    expect(server.whats.filter((what) => what !== 'GET')).toEqual([
      'initialize',
      'notifications/initialized',
      'notifications/initialized',
      'tools/call',
    ]);
    await proxy.until(() => server.streams.length === 1);
  });
});

describe('a session that the server no longer knows', () => {
  it('is opened again once for all requests that need it, with the client’s handshake', async () => {
    const { server, proxy } = await startBench();
    await proxy.connect();
    await proxy.request('logging/setLevel', { level: 'debug' });
    await proxy.request('resources/subscribe', { uri: 'a:b' });
    await proxy.until(() => server.streams.length === 1);
    server.sessions.clear();
    server.received.length = 0;
    const texts = await Promise.all(['a', 'b', 'c'].map((name) => proxy.text(name)));
    expect(texts).toEqual(['a', 'b', 'c']);
    expect(proxy.healer.healed).toEqual([]);
    expect(server.of('initialize')).toHaveLength(1);
    expect(server.of('logging/setLevel')[0]?.body.params).toEqual({ level: 'debug' });
    expect(server.of('resources/subscribe')[0]?.body.params).toEqual({ uri: 'a:b' });
    expect(server.of('tools/call').filter(({ headers }) => headers['mcp-session-id'] === 'session-2')).toHaveLength(3);
    await proxy.until(() => server.streams.length === 2);
    expect(proxy.err).toContain('the MCP server no longer knew the session; a new one was opened');
  });

  it('is also opened again if a server sends 400 instead of 404', async () => {
    const { server, proxy } = await startBench();
    server.on.set('tools/call', (request, response) => {
      if (server.sessions.has(String(request.headers['mcp-session-id']))) server.usual(request, response);
      else {
        const error = { code: -32000, message: 'Bad Request: No valid session ID provided' };
        json(response, { jsonrpc: '2.0', error, id: null }, 400);
      }
    });
    await proxy.connect();
    server.sessions.clear();
    expect(await proxy.text('pods')).toBe('pods');
  });

  it('is opened once for a call: what the new session says then is the response', async () => {
    const { server, proxy } = await startBench();
    proxy.healer.attempts = 2;
    await proxy.connect();
    for (const method of ['tools/call', 'ping']) {
      server.on.set(method, ({ body }, response) => {
        json(response, { jsonrpc: '2.0', id: body.id, error: { code: -32001, message: 'Session not found' } });
      });
    }
    expect(await proxy.call('pods')).toMatchObject({ error: { code: -32001, message: 'Session not found' } });
    expect(server.of('initialize')).toHaveLength(2);
    expect(server.of('tools/call')).toHaveLength(2);
  });

  it('is found out by an error on a stream of events too', async () => {
    const { server, proxy } = await startBench();
    await proxy.connect();
    for (const method of ['tools/call', 'ping']) {
      server.on.set(method, (request, response) => {
        if (request.headers['mcp-session-id'] === 'session-2') return server.usual(request, response);
        const error = { code: -32001, message: 'Session not found' };
        // The stream stays open.
        event(response, { jsonrpc: '2.0', id: request.body.id, error });
      });
    }
    expect(await proxy.text('pods')).toBe('pods');
  });

  it('is opened again with the next request after a failure, which is healed', async () => {
    const { server, proxy } = await startBench();
    await proxy.connect();
    server.sessions.clear();
    server.on.set('initialize', (_, response) => json(response, 'no', 401));
    proxy.healer.fix = async () => {
      server.on.delete('initialize');
      return undefined;
    };
    expect(await proxy.text('pods')).toBe('pods');
    expect(proxy.healer.healed[0]?.first).toMatchObject({ error: { status: 401 } });
  });

  it('gets nothing that the client cancels meanwhile', async () => {
    const { server, proxy } = await startBench();
    await proxy.connect();
    server.sessions.clear();
    let begin = (): void => {};
    server.on.set('initialize', (request, response) => {
      begin = () => server.usual(request, response);
    });
    proxy.send(line({ id: 5, method: 'tools/call', params: { name: 'order' } }));
    await proxy.until(() => server.of('initialize').length === 2);
    proxy.send(line({ method: 'notifications/cancelled', params: { requestId: 5 } }));
    proxy.send(line({ id: 6, method: 'tools/call', params: { name: 'pods' } }));
    await proxy.until(() => proxy.stdin.readableLength === 0);
    begin();
    await proxy.until(() => proxy.messages.some(({ id }) => id === 6));
    const calls = server.of('tools/call').filter(({ headers }) => headers['mcp-session-id'] === 'session-2');
    expect(calls.map(({ body }) => body.id)).toEqual([6]);
  });

  it('cancels the requests of the server', async () => {
    const { server, proxy } = await startBench();
    await proxy.connect();
    const stream = await proxy.until(() => server.streams[0]);
    event(stream, { jsonrpc: '2.0', id: 9, method: 'roots/list' });
    await proxy.until(() => proxy.messages.length === 2);
    server.sessions.clear();
    await proxy.text('pods');
    expect(proxy.messages).toContainEqual({
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params: { requestId: 9, reason: 'the MCP server no longer knows the session' },
    });
    proxy.send(line({ id: 9, result: { roots: [] } }));
    await proxy.text('pods');
    expect(server.of('message')).toEqual([]);
  });

  it('reports that the tools have changed if the new session has other tools', async () => {
    const { server, proxy } = await startBench();
    const tools = (...names: string[]): void => {
      server.on.set('tools/list', (request, response) => {
        if (!server.sessions.has(String(request.headers['mcp-session-id']))) server.usual(request, response);
        else json(response, result(request.body.id, { tools: names.map((name) => ({ name })) }));
      });
    };
    tools('a');
    await proxy.connect();
    await proxy.request('tools/list');
    tools('a', 'b');
    server.sessions.clear();
    await proxy.text('a');
    await proxy.until(() => proxy.messages.some(({ method }) => method === 'notifications/tools/list_changed'));
  });
});
