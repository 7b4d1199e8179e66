import { trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { IdGenerator } from '../../src/mcp/jsonrpc/ids.ts';
import { Relay } from '../../src/mcp/relay/relay.ts';
import { createRedactor } from '../../src/redact/index.ts';
import { loadTelemetry } from '../../src/telemetry/load.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { ScriptedError, scriptedFix, testHealer } from '../support/healer.ts';
import { isError, registerSdk, spanNamed, treeOf } from './support.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

type Json = Record<string, unknown>;

/** A traced relay with both ends controlled by the test. */
const relayBench = async () => {
  const sdk = registerSdk();
  const clock = new FakeClock();
  const telemetry = await loadTelemetry({
    clock,
    redact: createRedactor({ env: {} }),
    warn: () => {},
    cwd: process.cwd(),
    required: true,
    proxy: { client: 'pipe', server: 'pipe' },
  });
  const { healer } = testHealer([scriptedFix('token_refresh')], { clock, telemetry });
  const lines: Record<'client' | 'server', string[]> = { client: [], server: [] };
  const relay = new Relay({
    healer,
    clock,
    ids: new IdGenerator('test'),
    progressEveryMs: 1_000,
    attemptTimeoutMs: undefined,
    deadlineMs: 10_000,
    toClient: (bytes) => lines.client.push(String(bytes)),
    toUpstream: (bytes) => lines.server.push(String(bytes)),
    withdraw: () => false,
    healed: () => {},
    idle: () => {},
  });
  const at = async (end: 'client' | 'server'): Promise<string[]> => {
    await clock.advance(0);
    return lines[end].splice(0);
  };
  const client = (message: string | Json) =>
    relay.fromClient(Buffer.from(typeof message === 'string' ? message : `${JSON.stringify(message)}\n`));
  const server = (message: Json) => relay.fromUpstream(Buffer.from(`${JSON.stringify(message)}\n`));
  client({ jsonrpc: '2.0', id: 'list', method: 'tools/list' });
  server({ jsonrpc: '2.0', id: 'list', result: { tools: [] } });
  await at('client');
  await at('server');
  return { sdk, clock, relay, at, client, server };
};

const call = (meta: Json | undefined): string =>
  `{ "jsonrpc":"2.0", "id": 7, "method":"tools/call", "params": {"name":"get_pods"${meta === undefined ? '' : `, "_meta": ${JSON.stringify(meta)}`}} }\n`;

describe('the telemetry of a proxy', () => {
  it('does not change a healthy call, and uses the trace context of the client as its parent', async () => {
    const { sdk, at, client, server } = await relayBench();
    const request = call({
      traceparent,
      tracestate: 'vendor=1',
      baggage: 'user=x',
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    });
    client(request);
    expect(await at('server')).toEqual([request]);
    server({ jsonrpc: '2.0', id: 7, result: { content: [] } });
    const [span] = sdk.spans();
    expect(span?.name).toBe('tools/call get_pods');
    expect(span?.kind).toBe(1);
    expect(span?.spanContext().traceId).toBe(traceId);
    expect(span?.parentSpanContext).toMatchObject({ spanId: 'b7ad6b7169203331', isRemote: true });
    expect(span?.attributes).toEqual({
      'mcp.method.name': 'tools/call',
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'get_pods',
      'network.transport': 'pipe',
      'jsonrpc.request.id': '7',
      'mcp.protocol.version': '2026-07-28',
    });
    expect(sdk.spans()).toHaveLength(1);
  });

  it("continues the trace in a retry, and keeps the rest of the client's metadata", async () => {
    const { sdk, at, client, server } = await relayBench();
    client(call({ traceparent, tracestate: 'vendor=1', baggage: 'user=x', mine: [1.0] }));
    await at('server');
    server({ jsonrpc: '2.0', id: 7, error: { code: -32001, message: 'Unauthorized' } });
    const [line = ''] = await at('server');
    const retry = JSON.parse(line);
    const { _meta: meta } = retry.params;
    expect(meta).toEqual({ traceparent: expect.any(String), tracestate: 'vendor=1', baggage: 'user=x', mine: [1] });
    server({ jsonrpc: '2.0', id: retry.id, result: { content: [] } });
    await at('client');
    const spans = sdk.spans();
    const attempts = spans.filter(({ attributes }) => attributes['healflow.attempt'] !== undefined);
    expect(
      attempts.map(({ name, kind, attributes }) => [
        name,
        kind,
        attributes['error.type'],
        attributes['rpc.response.status_code'],
      ]),
    ).toEqual([
      ['tools/call get_pods', 2, '-32001', '-32001'],
      ['tools/call get_pods', 2, undefined, undefined],
    ]);
    expect(meta.traceparent).toBe(`00-${traceId}-${attempts[1]?.spanContext().spanId}-01`);
    expect(treeOf(spans, 'b7ad6b7169203331')).toMatchObject([
      {
        name: 'tools/call get_pods',
        parts: [
          {
            name: 'execute_tool get_pods',
            parts: [{ name: 'tools/call get_pods' }, { name: 'fix token_refresh' }, { name: 'tools/call get_pods' }],
          },
        ],
      },
    ]);
  });

  it('adds no trace context to a retry of a request that had none', async () => {
    const { at, client, server } = await relayBench();
    client(call(undefined));
    await at('server');
    server({ jsonrpc: '2.0', id: 7, error: { code: -32001, message: 'Unauthorized' } });
    const [line = ''] = await at('server');
    expect(line).toBe(call(undefined).replace('"id": 7', `"id": ${JSON.stringify(JSON.parse(line).id)}`));
  });

  it("injects the trace context into healflow's own requests", async () => {
    const { at, relay } = await relayBench();
    const login = () => void relay.callTool('login', {}, new AbortController().signal).catch(() => {});
    login();
    trace.getTracer('test').startActiveSpan('a fix', (span) => {
      login();
      span.end();
    });
    const [outside, inside] = (await at('server')).map((line) => JSON.parse(line).params);
    expect(outside).toEqual({ name: 'login', arguments: {} });
    expect(inside._meta).toEqual({ traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/) });
  });

  it('measures calls with their error type', async () => {
    const { sdk, clock, at, client, server } = await relayBench();
    client(call(undefined));
    await clock.advance(40);
    server({ jsonrpc: '2.0', id: 7, result: { isError: true, content: [{ type: 'text', text: 'x' }] } });
    const [line = ''] = (await at('server')).slice(-1);
    await clock.advance(10);
    server({ jsonrpc: '2.0', id: JSON.parse(line).id, result: { content: [] } });
    await at('client');
    const { unit, points } = await sdk.points('mcp.server.operation.duration');
    expect(unit).toBe('s');
    expect(points).toMatchObject([{ value: { count: 1, sum: 0.05 }, attributes: { 'mcp.method.name': 'tools/call' } }]);
    const attempts = await sdk.points('mcp.client.operation.duration');
    expect(attempts.points.map(({ attributes, value }) => [attributes['error.type'], value])).toEqual([
      ['tool_error', { count: 1, sum: 0.04 }],
      [undefined, { count: 1, sum: 0.01 }],
    ]);
  });

  it('ends the span of a call that the client has cancelled', async () => {
    const { sdk, client } = await relayBench();
    client(call(undefined));
    client({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 7 } });
    const span = spanNamed(sdk.spans(), 'tools/call get_pods');
    expect([isError(span), span.attributes['error.type']]).toEqual([true, 'cancelled']);
  });

  it.each([['nonsense'], [5], [`00-${'0'.repeat(32)}-b7ad6b7169203331-01`], ['x'.repeat(100_000)]])(
    'takes no notice of a trace context that is none: %s',
    async (hostile) => {
      const { sdk, at, client, server } = await relayBench();
      client(call({ traceparent: hostile, baggage: '=;,'.repeat(1_000) }));
      expect(await at('server')).toHaveLength(1);
      server({ jsonrpc: '2.0', id: 7, result: { content: [] } });
      expect(sdk.spans()[0]?.parentSpanContext).toBeUndefined();
    },
  );
});

describe('the telemetry of healMcpServer', () => {
  it('uses the trace context of the request as the parent, and records only a digest of the session id', async () => {
    const sdk = registerSdk();
    const clock = new FakeClock();
    const telemetry = await loadTelemetry({
      clock,
      redact: (text) => text,
      warn: () => {},
      cwd: process.cwd(),
      required: true,
    });
    const { healer } = testHealer(undefined, { clock, telemetry });
    const { healMcpServer } = await import('../../src/mcp/index.ts');
    const handlers: Record<string, (...args: unknown[]) => unknown> = {};
    const server = healMcpServer(
      {
        setRequestHandler: (name: string, handler: () => unknown) => void Object.assign(handlers, { [name]: handler }),
      },
      healer,
    );
    let calls = 0;
    server.setRequestHandler('tools/call', () => {
      calls += 1;
      if (calls === 1) throw new ScriptedError();
      return { content: [] };
    });
    await handlers['tools/call']?.(
      { params: { name: 'pods' } },
      { sessionId: 'dummy-session-id', mcpReq: { id: 3, _meta: { traceparent } } },
    );
    expect(treeOf(sdk.spans(), 'b7ad6b7169203331')).toMatchObject([
      { name: 'tools/call pods', parts: [{ name: 'execute_tool pods', parts: [{}, {}, {}] }] },
    ]);
    const { attributes } = spanNamed(sdk.spans(), 'tools/call pods');
    expect(attributes).toMatchObject({
      'jsonrpc.request.id': '3',
      'mcp.session.id': expect.stringMatching(/^[0-9a-f]{16}$/),
    });
  });
});
