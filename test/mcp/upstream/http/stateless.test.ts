import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/clock.ts';
import type { Clock } from '../../../../src/model/clock.ts';
import type { ProxyBenchOptions } from '../../modes/proxy-bench.ts';
import type { Json } from '../../relay/relay-bench.ts';
import { event, json, result, text } from './scripted-server.ts';
import { startBench, type UrlBench } from './upstream-bench.ts';

const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};

const request = (id: unknown, method: string, params: Json = {}): Json => ({
  jsonrpc: '2.0',
  id,
  method,
  params: { ...params, _meta: meta },
});

const ask = (bench: UrlBench, id: number, method: string, params?: Json): Promise<Json> => {
  bench.proxy.send(request(id, method, params));
  return bench.proxy.until(() => bench.proxy.messages.find((message) => message.id === id));
};

const listenTo = { notifications: { toolsListChanged: true } };

/** A clock on which seconds pass in no time. */
const hasty: Clock = {
  ...systemClock,
  setTimeout: (callback, delayMs) => systemClock.setTimeout(callback, delayMs / 1_000),
};

const stateless = async (options: ProxyBenchOptions = {}): Promise<UrlBench> => {
  const bench = await startBench(options);
  bench.server.on.set('tools/call', ({ body }, response) => json(response, text(body.id, 'done')));
  bench.server.on.set('prompts/get', ({ body }, response) => json(response, result(body.id)));
  bench.server.on.set('resources/read', ({ body }, response) => json(response, result(body.id)));
  bench.server.on.set('server/discover', ({ body }, response) => json(response, result(body.id)));
  return bench;
};

describe('a request of the stateless protocol', () => {
  it('repeats its body’s method and name in headers, and belongs to no session', async () => {
    const bench = await stateless();
    await ask(bench, 1, 'server/discover');
    await ask(bench, 2, 'tools/call', { name: 'pods', arguments: {} });
    await ask(bench, 3, 'resources/read', { uri: 'a://ü' });
    await ask(bench, 4, 'prompts/get', { name: ' x' });
    const [discover, call, read, prompt] = bench.server.received.map(({ headers }) => headers);
    expect(discover).toMatchObject({ 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'server/discover' });
    expect(discover?.['mcp-name']).toBeUndefined();
    expect(call).toMatchObject({ 'mcp-method': 'tools/call', 'mcp-name': 'pods' });
    const encoded = (said: string): string => `=?base64?${Buffer.from(said).toString('base64')}?=`;
    expect(read?.['mcp-name']).toBe(encoded('a://ü'));
    expect(prompt?.['mcp-name']).toBe(encoded(' x'));
    expect(await bench.proxy.end()).toBe(0);
    expect(bench.server.whats).not.toContain('GET');
    expect(bench.server.whats).not.toContain('DELETE');
    expect(bench.server.received.every(({ headers }) => headers['mcp-session-id'] === undefined)).toBe(true);
  });

  it('repeats the arguments that the tool requires in headers', async () => {
    const bench = await stateless();
    const properties = {
      region: { type: 'string', 'x-mcp-header': 'Region' },
      deep: { type: 'object', properties: { count: { type: 'integer', 'x-mcp-header': 'Count' } } },
      yes: { type: 'boolean', 'x-mcp-header': 'Yes' },
      none: { type: 'string', 'x-mcp-header': 'None' },
    };
    const tools = [{ name: 'pods', inputSchema: { type: 'object', properties } }];
    bench.server.on.set('tools/list', ({ body }, response) => json(response, result(body.id, { tools })));
    await ask(bench, 1, 'tools/list');
    await ask(bench, 2, 'tools/call', { name: 'pods', arguments: { region: 'ü', deep: { count: 3 }, yes: false } });
    const { headers } = bench.server.of('tools/call')[0] ?? {};
    expect(headers).toMatchObject({
      'mcp-param-region': `=?base64?${Buffer.from('ü').toString('base64')}?=`,
      'mcp-param-count': '3',
      'mcp-param-yes': 'false',
    });
    expect(headers?.['mcp-param-none']).toBeUndefined();
  });

  it('is not offered if its tool cannot be called over HTTP; the other tools pass unchanged', async () => {
    const bench = await stateless();
    const of = (schema: Json): Json => ({ type: 'object', properties: { a: schema } });
    const mark = { 'x-mcp-header': 'A' };
    const unsound = [
      of({ type: 'string', 'x-mcp-header': '' }),
      of({ type: 'string', 'x-mcp-header': 'a b' }),
      of({ type: 'string', 'x-mcp-header': 7 }),
      of({ type: 'number', ...mark }),
      of({ type: 'object', ...mark }),
      of({ type: 'array', items: { type: 'string', ...mark } }),
      { type: 'object', anyOf: [of({ type: 'string', ...mark })] },
      { type: 'object', $defs: { x: { type: 'string', ...mark } } },
      { type: 'object', ...mark },
      of({
        type: 'object',
        properties: { b: { type: 'string', ...mark }, c: { type: 'string', 'x-mcp-header': 'a' } },
      }),
    ].map((inputSchema, at) => ({ name: `unsound-${at}`, inputSchema }));
    const sound = '{"name":"sound", "inputSchema":{"properties":{"a":{"type":"string","x-mcp-header":"A"}}},"x":1.0}';
    const rest = '{"name":"plain","inputSchema":{"default":{"x-mcp-header":""}}}';
    bench.server.on.set('tools/list', (_, response) =>
      json(
        response,
        `{"jsonrpc":"2.0","id":1,"result":{"tools":[${sound},${JSON.stringify(unsound).slice(1, -1)}, ${rest}],"a":1}}`,
      ),
    );
    await ask(bench, 1, 'tools/list');
    expect(bench.proxy.out).toBe(`{"jsonrpc":"2.0","id":1,"result":{"tools":[${sound},${rest}],"a":1}}\n`);
    expect(bench.proxy.err.split('\n').filter((said) => said.includes('is left out'))).toHaveLength(unsound.length);
  });

  it('is sent again with the headers that the tool requires if its schema was not known', async () => {
    const bench = await stateless();
    const inputSchema = { type: 'object', properties: { region: { type: 'string', 'x-mcp-header': 'Region' } } };
    bench.server.on.set('tools/list', ({ body }, response) => {
      const { cursor } = body.params as Json;
      const page = cursor === undefined ? { tools: [], nextCursor: 'b' } : { tools: [{ name: 'pods', inputSchema }] };
      event(response, result(body.id, page));
      response.end();
    });
    bench.server.on.set('tools/call', ({ body, headers }, response) => {
      if (headers['mcp-param-region'] === 'eu') json(response, text(body.id, 'done'));
      else json(response, { jsonrpc: '2.0', id: body.id, error: { code: -32020, message: 'no' } }, 400);
    });
    expect(await ask(bench, 1, 'tools/call', { name: 'pods', arguments: { region: 'eu' } })).toEqual(text(1, 'done'));
    expect(bench.server.of('tools/list')[0]?.body.params).toEqual({ _meta: meta });
    expect(bench.proxy.healer.healed).toEqual([]);
  });

  it('passes the JSON-RPC error in a response with a failing status unchanged', async () => {
    const bench = await stateless();
    const error = { code: -32601, message: 'Method not found', data: { a: 1 } };
    bench.server.on.set('vendor/x', ({ body }, response) =>
      json(response, { jsonrpc: '2.0', id: body.id, error }, 404),
    );
    expect(await ask(bench, 7, 'vendor/x')).toEqual({ jsonrpc: '2.0', id: 7, error });
    expect(bench.proxy.healer.healed).toEqual([]);
  });

  it('passes a result that asks for input', async () => {
    const bench = await stateless();
    const value = { resultType: 'input_required', inputRequests: { a: { method: 'elicitation/create' } } };
    bench.server.on.set('tools/call', ({ body }, response) => json(response, result(body.id, value)));
    expect(await ask(bench, 1, 'tools/call', { name: 'x' })).toEqual(result(1, value));
  });

  it('is cancelled by closing its connection', async () => {
    const bench = await stateless();
    bench.server.on.set('tools/call', (_, response) => response.flushHeaders());
    bench.proxy.send(request(1, 'tools/call', { name: 'slow' }));
    const call = await bench.proxy.until(() => bench.server.of('tools/call')[0]);
    bench.proxy.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
    await bench.proxy.until(() => call.isClosed);
    await ask(bench, 2, 'server/discover');
    expect(bench.server.whats).toEqual(['tools/call', 'server/discover']);
    expect(bench.proxy.messages.map(({ id }) => id)).toEqual([2]);
  });

  it('fails if its stream breaks, and its retry has an id of its own', async () => {
    const bench = await stateless();
    let calls = 0;
    bench.server.on.set('tools/call', ({ body }, response) => {
      calls += 1;
      if (calls > 1) json(response, text(body.id, 'done'));
      else {
        event(response, { jsonrpc: '2.0', method: 'notifications/message', params: {} }, { id: '1' });
        response.end();
      }
    });
    expect(await ask(bench, 1, 'tools/call', { name: 'pods' })).toMatchObject({
      id: 1,
      result: text(1, 'done').result,
    });
    expect(bench.proxy.healer.healed[0]?.first).toMatchObject({ error: { code: 'ERR_STREAM_PREMATURE_CLOSE' } });
    expect(bench.server.of('GET')).toEqual([]);
    const ids = bench.server.of('tools/call').map(({ body }) => body.id);
    expect(ids).toEqual([1, expect.stringMatching(/^healflow-/)]);
  });
});

describe('a subscription of the stateless protocol', () => {
  const acknowledged = (id: unknown): Json => ({
    jsonrpc: '2.0',
    method: 'notifications/subscriptions/acknowledged',
    params: { _meta: { 'io.modelcontextprotocol/subscriptionId': id }, ...listenTo },
  });
  const changed = { jsonrpc: '2.0', method: 'notifications/tools/list_changed', params: {} };

  it('stays open, is made again if it breaks, and is acknowledged to the client only once', async () => {
    const bench = await stateless({ clock: hasty });
    const { proxy, server } = bench;
    server.on.set('subscriptions/listen', ({ body }, response) => event(response, acknowledged(body.id)));
    proxy.send(request('l', 'subscriptions/listen', listenTo));
    await proxy.until(() => proxy.messages.length === 1);
    server.on.set('subscriptions/listen', ({ body }, response) => {
      event(response, acknowledged(body.id));
      event(response, changed);
    });
    server.cut();
    await proxy.until(() => proxy.messages.length === 2);
    expect(proxy.messages).toEqual([acknowledged('l'), changed]);
    expect(server.of('subscriptions/listen').map(({ body }) => body)).toEqual([
      request('l', 'subscriptions/listen', listenTo),
      request('l', 'subscriptions/listen', listenTo),
    ]);
    expect(proxy.healer.healed).toEqual([]);
  });

  it('ends with its connection when the client cancels it, and does not keep the proxy from ending', async () => {
    const { proxy, server } = await stateless();
    server.on.set('subscriptions/listen', ({ body }, response) => event(response, acknowledged(body.id)));
    for (const id of ['l', 'm']) proxy.send(request(id, 'subscriptions/listen', listenTo));
    await proxy.until(() => proxy.messages.length === 2);
    proxy.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'l' } });
    await proxy.until(() => server.received[0]?.isClosed);
    expect(server.received[1]?.isClosed).toBe(false);
    expect(await proxy.end()).toBe(0);
    await proxy.until(() => server.received[1]?.isClosed);
  });

  it('is refused if the server refuses it', async () => {
    const bench = await stateless();
    bench.server.on.set('subscriptions/listen', (_, response) => json(response, 'no such thing', 404));
    expect(await ask(bench, 1, 'subscriptions/listen', listenTo)).toMatchObject({
      error: { code: -32000, message: 'the MCP server responded with HTTP 404 Not Found: no such thing' },
    });
  });
});
