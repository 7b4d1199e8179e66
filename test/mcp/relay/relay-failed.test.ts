import { describe, expect, it } from 'vitest';
import { HttpError } from '../../../src/mcp/jsonrpc/errors.ts';
import { readMessage } from '../../../src/mcp/jsonrpc/message.ts';
import { healthy, type Json, RelayBench, toolCall } from './relay-bench.ts';

const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });

const listTools = (id: number): Json => ({ jsonrpc: '2.0', id, method: 'tools/list', params: { cursor: 'a' } });

describe('a relay whose upstream fails one request', () => {
  it('heals a call, and does not touch the others', async () => {
    const bench = new RelayBench();
    bench.client(toolCall(1));
    bench.client(toolCall(2));
    await bench.atServer();
    bench.relay.failed('1', refused);
    const [retry] = await bench.messagesAtServer();
    expect(bench.healer.healed).toMatchObject([{ tool: 'get_pods', first: { thrown: true, error: refused } }]);
    bench.server(healthy(retry?.id));
    bench.server(healthy(2));
    expect((await bench.messagesAtClient()).map(({ id }) => id)).toEqual([2, 1]);
    expect(bench.relay.openCalls).toBe(0);
  });

  it('heals a read-only request as a read-only tool of the same name, and records its response', async () => {
    const bench = new RelayBench({ isListed: false });
    bench.client({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
    await bench.atServer();
    bench.relay.failed('1', refused);
    const [retry] = await bench.messagesAtServer();
    expect(retry).toMatchObject({ method: 'tools/list' });
    expect(bench.healer.healed[0]).toMatchObject({
      tool: 'tools/list',
      options: { annotations: { readOnlyHint: true } },
    });
    const tools = [{ name: 'get_pods', annotations: { readOnlyHint: true } }];
    bench.server({ jsonrpc: '2.0', id: retry?.id, result: { tools } });
    expect(await bench.messagesAtClient()).toMatchObject([{ id: 1, result: { tools } }]);
    bench.client(toolCall(2));
    bench.relay.failed('2', refused);
    await bench.atServer();
    expect(bench.healer.healed[1]?.options.annotations).toMatchObject({ readOnlyHint: true });
  });

  it('treats no other request as read-only', async () => {
    const bench = new RelayBench();
    bench.client({ jsonrpc: '2.0', id: 1, method: 'vendor/order' });
    bench.relay.failed('1', refused);
    await bench.atServer();
    expect(bench.healer.healed[0]?.options.annotations).toEqual({ readOnlyHint: false });
  });

  it('returns the JSON-RPC error of the failure if nothing heals it', async () => {
    const bench = new RelayBench();
    bench.healer.attempts = 1;
    bench.client(listTools(1));
    const answer = readMessage(Buffer.from('{"jsonrpc":"2.0","id":1,"error":{"code":-32001, "message":"no"},"x":1}\n'));
    bench.relay.failed('1', new HttpError('HTTP 401', { status: 401, headers: {}, body: '', answer }));
    expect(await bench.atClient()).toEqual([String(answer.bytes)]);
  });

  it('describes the failure if it contains no JSON-RPC error', async () => {
    const bench = new RelayBench();
    bench.healer.attempts = 1;
    bench.client(listTools(1));
    bench.relay.failed('1', refused);
    expect(await bench.messagesAtClient()).toEqual([
      { jsonrpc: '2.0', id: 1, error: { code: -32000, message: refused.message } },
    ]);
  });

  it('sends no response once the client has cancelled the request', async () => {
    const bench = new RelayBench();
    bench.healer.fix = ({ options }) =>
      new Promise((resolve) => options.signal?.addEventListener('abort', () => resolve(undefined)));
    bench.client(listTools(1));
    bench.relay.failed('1', refused);
    await bench.atServer();
    bench.client({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
    expect(await bench.atClient()).toEqual([]);
    expect(await bench.atServer()).toEqual([]);
    expect(bench.relay.openCalls).toBe(0);
  });

  it('ignores a request that is not open', async () => {
    const bench = new RelayBench();
    bench.relay.failed('7', refused);
    expect(await bench.atClient()).toEqual([]);
    expect(bench.healer.healed).toEqual([]);
  });
});
