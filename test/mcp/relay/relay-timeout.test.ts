import { describe, expect, it } from 'vitest';
import { healthy, RelayBench, toolCall } from './relay-bench.ts';
import { succeeded } from './scripted-healer.ts';

const late = async () => {
  const bench = new RelayBench({ attemptTimeoutMs: 5_000 });
  bench.client(toolCall(1));
  await bench.atServer();
  await bench.clock.advance(5_000);
  return bench;
};

describe('a first attempt that exceeds its timeout', () => {
  it('is cancelled at the server and healed as timed out', async () => {
    const bench = await late();
    const [cancelled, retry] = await bench.messagesAtServer();
    expect(cancelled).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params: { requestId: 1, reason: 'no response within 5000 ms' },
    });
    expect(bench.healer.healed).toMatchObject([
      { first: { thrown: true, error: { name: 'HealError', code: 'ATTEMPT_TIMEOUT' } } },
    ]);
    bench.server(healthy(retry?.id));
    expect(await bench.messagesAtClient()).toMatchObject([{ id: 1, result: { content: [{ text: 'pod-1' }] } }]);
    expect([bench.relay.openCalls, bench.clock.pending]).toEqual([0, 0]);
  });

  it('drops the late response to it, during the healing and afterwards', async () => {
    const bench = await late();
    const [, retry] = await bench.messagesAtServer();
    bench.server(healthy(1, 'late'));
    expect(await bench.atClient()).toEqual([]);
    bench.server(healthy(retry?.id));
    expect(await bench.messagesAtClient()).toMatchObject([{ id: 1, result: { content: [{ text: 'pod-1' }] } }]);

    const other = await late();
    const [, again] = await other.messagesAtServer();
    other.server(healthy(again?.id));
    await other.atClient();
    other.server(healthy(1, 'much later'));
    expect(await other.atClient()).toEqual([]);
  });

  it('is reported to the client if it cannot be repeated', async () => {
    const bench = new RelayBench({ attemptTimeoutMs: 5_000 });
    bench.healer.attempts = 1;
    bench.client(toolCall('a'));
    await bench.clock.advance(5_000);
    expect(await bench.messagesAtClient()).toMatchObject([
      { id: 'a', error: { code: -32000, message: 'get_pods timed out: no response within 5000 ms' } },
    ]);
  });

  it('certainly had no effect if the server never received it', async () => {
    const bench = new RelayBench({ attemptTimeoutMs: 5_000 });
    bench.withdrawable = true;
    bench.healer.fix = async () => succeeded();
    bench.client(toolCall(1));
    await bench.clock.advance(5_000);
    expect(bench.healer.healed).toMatchObject([{ first: { error: { code: 'UPSTREAM_DIED_UNSENT' } } }]);
  });

  it('has no timer any more once it is settled, cancelled or lost', async () => {
    const bench = new RelayBench({ attemptTimeoutMs: 5_000 });
    for (const id of [1, 2, 3]) bench.client(toolCall(id));
    bench.server(healthy(1));
    bench.client({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 2 } });
    bench.relay.end();
    await bench.clock.advance(10_000);
    expect(bench.healer.healed).toEqual([]);
    expect(bench.clock.pending).toBe(0);
  });
});
