import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ExchangeBench } from '../passthrough/passthrough-bench.ts';
import { ScriptedHealer } from '../relay/scripted-healer.ts';
import { OlderServer } from './older-server.ts';
import { ProxyBench } from './proxy-bench.ts';

let server: OlderServer;
let upstreamUrl: string;

beforeEach(async () => {
  server = new OlderServer();
  upstreamUrl = await server.listen();
});

afterEach(() => server.close());

describe('a server of HTTP with SSE, for a client on stdio', () => {
  let bench: ProxyBench;

  const start = (healer = new ScriptedHealer(1)): ProxyBench => {
    bench = new ProxyBench({ upstreamUrl, healer });
    return bench;
  };

  afterEach(async () => {
    bench.kill();
    await bench.exitCode;
  });

  it('is found out and used', async () => {
    const proxy = start();
    await proxy.connect();
    expect(await proxy.text('pods')).toBe('pods');
    server.send(server.streams[0], { method: 'notifications/tools/list_changed' });
    await proxy.until(() => proxy.messages.find(({ method }) => method === 'notifications/tools/list_changed'));
    expect(server.received.slice(0, 2)).toEqual(['1 initialize', '1 notifications/initialized']);
  });

  it('has lost its session when its stream has ended', async () => {
    const proxy = start(new ScriptedHealer(2));
    await proxy.connect();
    await proxy.text('pods');
    server.streams[0]?.destroy();
    await proxy.until(() => server.received.includes('2 notifications/initialized'));
    expect(await proxy.text('pods')).toBe('pods');
    expect(server.received).toContain('2 initialize');
    expect(server.received).toContain('2 tools/call');
  });

  it('may have carried out a call whose stream ended before the response', async () => {
    const proxy = start();
    await proxy.connect();
    server.onCall = (_, stream) => stream.destroy();
    expect(await proxy.call('order')).toMatchObject({ error: { code: -32000 } });
    expect(proxy.healer.healed[0]?.first).toMatchObject({ error: { code: 'ECONNRESET' } });
    expect(server.received.filter((what) => what.endsWith('tools/call'))).toHaveLength(1);
  });

  it('gets no message if it names an endpoint of another origin', async () => {
    server.endpointOf = () => 'http://other.example/messages';
    const proxy = start();
    proxy.send({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18' } });
    const response = await proxy.until(() => proxy.messages[0]);
    expect(JSON.stringify(response)).toContain('an endpoint of another origin');
    expect(server.received).toEqual([]);
  });
});

it('a server of HTTP with SSE serves clients over HTTP, each on a stream of its own', async () => {
  const proxy = await new ExchangeBench(new ScriptedHealer(1)).start(upstreamUrl);
  const post = async (message: object, session?: string) => {
    const headers = {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      ...(session !== undefined && { 'Mcp-Session-Id': session }),
    };
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    const response = await fetch(proxy.url, { method: 'POST', headers, body });
    return { response, text: await response.text() };
  };
  for (const name of ['one', 'two']) {
    const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name, version: '1' } };
    const { response } = await post({ id: 1, method: 'initialize', params });
    const session = response.headers.get('mcp-session-id') ?? '';
    await post({ method: 'notifications/initialized' }, session);
    expect((await post({ id: 2, method: 'tools/call', params: { name } }, session)).text).toContain(`"text":"${name}"`);
  }
  expect(server.streams).toHaveLength(2);
  await proxy[Symbol.asyncDispose]();
});
