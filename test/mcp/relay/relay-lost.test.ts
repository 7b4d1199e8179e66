import { describe, expect, it } from 'vitest';
import { failed, healthy, RelayBench, toolCall } from './relay-bench.ts';

const lose = (bench: RelayBench, unsent: string[] = [], willResend = true): void =>
  bench.relay.upstreamLost({ reason: 'was killed (SIGKILL)', unsent: new Set(unsent), willResend });

const request = (id: unknown, method: string, params: object = {}): Record<string, unknown> => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
});

describe('a relay that has lost its server', () => {
  it('heals the calls that were open', async () => {
    const bench = new RelayBench();
    bench.client(toolCall(1));
    await bench.atServer();
    lose(bench);
    await bench.answerList();
    const [retry] = await bench.messagesAtServer();
    expect(bench.healer.healed[0]?.first).toMatchObject({
      thrown: true,
      error: { code: 'UPSTREAM_DIED', message: 'the MCP server was killed (SIGKILL) before it answered' },
    });
    bench.server(healthy(retry?.id));
    expect(await bench.messagesAtClient()).toMatchObject([{ id: 1, result: healthy(1).result }]);
  });

  it('fails the attempt in flight, and responds with its own error if the tool never gave one', async () => {
    const bench = new RelayBench();
    bench.client(toolCall(1));
    lose(bench);
    await bench.answerList();
    await bench.atServer();
    lose(bench);
    expect(await bench.messagesAtClient()).toEqual([
      {
        jsonrpc: '2.0',
        id: 1,
        error: { code: -32000, message: 'the MCP server was killed (SIGKILL) before it answered' },
      },
    ]);
  });

  it('leaves unsent requests to the next server', async () => {
    const bench = new RelayBench();
    bench.client(toolCall(1));
    await bench.atServer();
    lose(bench, ['1']);
    expect(await bench.atServer()).toEqual([]);
    bench.server(healthy(1));
    expect(await bench.messagesAtClient()).toEqual([healthy(1)]);
  });

  it('reports that a call was never sent if no server follows', async () => {
    const bench = new RelayBench();
    bench.client(toolCall(1));
    lose(bench, ['1'], false);
    await bench.atServer();
    expect(bench.healer.healed[0]?.first).toMatchObject({ error: { code: 'UPSTREAM_DIED_UNSENT' } });
  });

  it('repeats read-only requests once at the next server, and fails the others', async () => {
    const bench = new RelayBench();
    bench.client(request(1, 'resources/read', { uri: 'a' }));
    bench.client(request(2, 'vendor/do'));
    await bench.atServer();
    lose(bench);
    expect(await bench.messagesAtServer()).toEqual([request(1, 'resources/read', { uri: 'a' })]);
    expect(await bench.messagesAtClient()).toMatchObject([{ id: 2, error: { code: -32000 } }]);
    lose(bench);
    expect(await bench.atServer()).toEqual([]);
    expect(await bench.messagesAtClient()).toMatchObject([{ id: 1, error: { code: -32000 } }]);
  });

  it('cancels the requests of the server, and keeps late responses from the next server', async () => {
    const bench = new RelayBench();
    bench.server(request(0, 'sampling/createMessage'));
    await bench.atClient();
    lose(bench);
    expect(await bench.messagesAtClient()).toEqual([
      {
        jsonrpc: '2.0',
        method: 'notifications/cancelled',
        params: { requestId: 0, reason: 'the MCP server was killed (SIGKILL)' },
      },
    ]);
    bench.client({ jsonrpc: '2.0', id: 0, result: { late: true } });
    expect(await bench.atServer()).toEqual([]);
    bench.server(request(0, 'sampling/createMessage'));
    bench.client({ jsonrpc: '2.0', id: 0, result: { late: false } });
    expect(await bench.messagesAtServer()).toEqual([{ jsonrpc: '2.0', id: 0, result: { late: false } }]);
  });
});

describe('a new server', () => {
  const told = async (bench: RelayBench): Promise<unknown[]> => {
    const lines: string[] = [];
    const introduced = bench.relay.replayHandshake((bytes) => lines.push(bytes.toString()));
    const messages: Record<string, unknown>[] = [];
    for (let round = 0; round < 5; round += 1) {
      await bench.clock.advance(0);
      for (const line of lines.splice(0)) {
        const message = JSON.parse(line) as Record<string, unknown>;
        messages.push(message);
        if (message.id !== undefined) bench.server({ jsonrpc: '2.0', id: message.id, result: {} });
      }
    }
    await introduced;
    return messages;
  };

  it('gets the handshake, the log level and the subscriptions; the client gets none of its responses', async () => {
    const bench = new RelayBench();
    bench.client(request(1, 'initialize', { protocolVersion: '2025-11-25' }));
    bench.client({ jsonrpc: '2.0', method: 'notifications/initialized' });
    bench.client(request(2, 'logging/setLevel', { level: 'info' }));
    bench.client(request(3, 'logging/setLevel', { level: 'debug' }));
    bench.client(request(4, 'resources/subscribe', { uri: 'a' }));
    bench.client(request(5, 'resources/subscribe', { uri: 'b' }));
    bench.client(request(6, 'resources/unsubscribe', { uri: 'a' }));
    await bench.atServer();
    expect(await told(bench)).toEqual([
      request('healflow-test-1', 'initialize', { protocolVersion: '2025-11-25' }),
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      request('healflow-test-2', 'logging/setLevel', { level: 'debug' }),
      request('healflow-test-3', 'resources/subscribe', { uri: 'b' }),
    ]);
    expect(await bench.atClient()).toEqual([]);
  });

  it('gets nothing replayed from a client of the stateless protocol', async () => {
    const bench = new RelayBench();
    bench.client(request(1, 'server/discover'));
    expect(await told(bench)).toEqual([]);
  });

  it('that refuses the handshake is not used', async () => {
    const bench = new RelayBench();
    bench.client(request(1, 'initialize'));
    const introduced = bench.relay.replayHandshake(() => {
      bench.server({ jsonrpc: '2.0', id: 'healflow-test-1', error: { code: 1, message: 'wrong version' } });
    });
    await expect(introduced).rejects.toThrow('refused the handshake: {"code":1,"message":"wrong version"}');
  });
});

describe('callTool', () => {
  const never = new AbortController().signal;

  it('calls a tool without the client noticing', async () => {
    const bench = new RelayBench();
    const called = bench.relay.callTool('clear_cache', { all: true }, never);
    const [call] = await bench.messagesAtServer();
    expect(call).toMatchObject({ method: 'tools/call', params: { name: 'clear_cache', arguments: { all: true } } });
    bench.server(healthy(call?.id));
    expect(await called).toEqual(healthy(1).result);
    expect(await bench.atClient()).toEqual([]);
  });

  it('rejects with the error of the server', async () => {
    const bench = new RelayBench();
    const called = bench.relay.callTool('clear_cache', {}, never);
    bench.server({ jsonrpc: '2.0', id: 'healflow-test-1', error: { code: -32602, message: 'unknown tool' } });
    await expect(called).rejects.toMatchObject({ code: -32602, message: 'unknown tool' });
  });

  it('is cancelled by its signal', async () => {
    const bench = new RelayBench();
    const control = new AbortController();
    const called = bench.relay.callTool('clear_cache', {}, control.signal);
    control.abort(new Error('enough'));
    await expect(called).rejects.toThrow('enough');
    expect((await bench.messagesAtServer()).map(({ method }) => method)).toEqual([
      'tools/call',
      'notifications/cancelled',
    ]);
  });

  it('keeps the _meta that the stateless protocol requires in every request', async () => {
    const bench = new RelayBench();
    const meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', progressToken: 1 };
    bench.client(toolCall(1, { _meta: meta }));
    const called = bench.relay.callTool('clear_cache', {}, never);
    const [, call] = await bench.messagesAtServer();
    expect(call?.params).toMatchObject({ _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } });
    expect(JSON.stringify(call)).not.toContain('progressToken');
    bench.server(healthy(call?.id));
    await called;
  });
});

describe('a relay whose last server has ended', () => {
  it('returns the last failure of held calls, and does not respond to the others', async () => {
    const bench = new RelayBench();
    await bench.failOnce(toolCall(1));
    bench.client(toolCall(2));
    bench.client(request(3, 'ping'));
    bench.relay.end();
    expect(await bench.messagesAtClient()).toMatchObject([{ id: 1, result: failed(1).result }]);
    expect(bench.relay.openCalls).toBe(0);
    await expect(bench.relay.callTool('a', {}, new AbortController().signal)).rejects.toMatchObject({
      code: 'UPSTREAM_DIED_UNSENT',
    });
  });
});
