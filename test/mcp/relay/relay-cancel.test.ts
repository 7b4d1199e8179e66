import { describe, expect, it } from 'vitest';
import { failed, healthy, RelayBench, toolCall } from './relay-bench.ts';
import { succeeded } from './scripted-healer.ts';

const cancel = (requestId: unknown): Record<string, unknown> => ({
  jsonrpc: '2.0',
  method: 'notifications/cancelled',
  params: { requestId, reason: 'the user pressed stop' },
});

describe('a cancelled call', () => {
  it('is cancelled at the server with the id of the attempt in flight, and gets no response', async () => {
    const bench = new RelayBench();
    const retry = await bench.failOnce(toolCall(1));
    bench.client(cancel(1));
    expect(await bench.messagesAtServer()).toEqual([cancel(retry.id)]);
    bench.server(healthy(retry.id));
    expect(await bench.atClient()).toEqual([]);
    expect(bench.relay.openCalls).toBe(0);
  });

  it('ends the running fix, and is neither repeated nor responded to', async () => {
    const bench = new RelayBench();
    let aborted = false;
    bench.healer.fix = ({ options }) =>
      new Promise((resolve) => {
        options.signal?.addEventListener('abort', () => {
          aborted = true;
          resolve(succeeded());
        });
      });
    bench.client(toolCall(1));
    bench.server(failed(1));
    await bench.atServer();
    bench.client(cancel(1));
    expect(await bench.atServer()).toEqual([]);
    expect(await bench.atClient()).toEqual([]);
    expect(aborted).toBe(true);
  });

  it('passes to the server unchanged before a failure; a later response passes unhealed', async () => {
    const bench = new RelayBench();
    bench.client(toolCall(1));
    bench.client(cancel(1));
    bench.server(failed(1));
    expect(await bench.messagesAtServer()).toEqual([toolCall(1), cancel(1)]);
    expect(await bench.messagesAtClient()).toEqual([failed(1)]);
    expect(bench.healer.healed).toEqual([]);
    expect(bench.relay.openCalls).toBe(0);
  });

  it('passes a cancellation without a request id', async () => {
    const bench = new RelayBench();
    const odd = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { reason: 'x' } };
    bench.client(odd);
    expect(await bench.messagesAtServer()).toEqual([odd]);
  });
});

describe('an attempt that the healer cancels', () => {
  it('is cancelled at the server, and the client gets the failure before it', async () => {
    const bench = new RelayBench();
    const retry = await bench.failOnce(toolCall(1));
    bench.relay.abandonHealing();
    expect(await bench.messagesAtServer()).toEqual([
      { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: retry.id } },
    ]);
    expect(await bench.messagesAtClient()).toMatchObject([{ id: 1, result: failed(1).result }]);
  });

  it('is only withdrawn if it was not sent yet', async () => {
    const bench = new RelayBench();
    await bench.failOnce(toolCall(1));
    bench.withdrawable = true;
    bench.relay.abandonHealing();
    expect(await bench.atServer()).toEqual([]);
  });
});
