import { describe, expect, it } from 'vitest';
import { failed, healthy, type Json, progress, RelayBench, toolCall } from './relay-bench.ts';

const ping = (id: unknown): Json => ({ jsonrpc: '2.0', id, method: 'ping' });
const batch = (...parts: (Json | string)[]): string =>
  `[${parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' , ')}]\r\n`;

describe('the calls in a batch', () => {
  it('are healed while their batch is held; all its other bytes and its order are kept', async () => {
    const bench = new RelayBench();
    bench.client(batch(toolCall(1), ping(2), toolCall(3)));
    await bench.atServer();
    const odd = '{ "id":2.0, "jsonrpc":"2.0", "result" : {"big":12345678901234567890} }';
    bench.server(batch(failed(1), odd, healthy(3)));
    expect(await bench.atClient()).toEqual([]);
    const [retry] = await bench.messagesAtServer();
    expect(retry).toMatchObject({ ...toolCall(1), id: 'healflow-test-1' });
    bench.server(healthy(retry?.id, 'healed'));
    const [answer = ''] = await bench.atClient();
    expect(answer).toMatch(/^\[\{.*\} , \{.*\} , \{.*\}\]\r\n$/);
    expect(answer).toContain(` , ${odd} , ${JSON.stringify(healthy(3))}]`);
    expect(JSON.parse(answer)).toMatchObject([{ id: 1, result: { content: [{ text: 'healed' }] } }, {}, { id: 3 }]);
    expect(bench.relay.openCalls).toBe(0);
  });

  it('wait for each other, and get their responses in one line', async () => {
    const bench = new RelayBench();
    bench.client(batch(toolCall(1), toolCall(2)));
    bench.server(batch(failed(1), failed(2)));
    const [, one, other] = await bench.messagesAtServer();
    bench.server(`${JSON.stringify(healthy(other?.id))}\r\n`);
    expect(await bench.atClient()).toEqual([]);
    bench.server(`${JSON.stringify(healthy(one?.id))}\r\n`);
    const [answer = '', ...more] = await bench.atClient();
    expect(more).toEqual([]);
    expect(answer.indexOf('\n')).toBe(answer.length - 1);
    expect(JSON.parse(answer)).toMatchObject([{ id: 1 }, { id: 2 }]);
  });

  it('get single responses if the server sends single responses', async () => {
    const bench = new RelayBench();
    bench.client(batch(toolCall(1), toolCall(2)));
    bench.server(healthy(2));
    expect(await bench.messagesAtClient()).toEqual([healthy(2)]);
    bench.server(failed(1));
    const [, retry] = await bench.messagesAtServer();
    bench.server(healthy(retry?.id));
    expect(await bench.messagesAtClient()).toMatchObject([{ id: 1, result: healthy(1).result }]);
  });

  it('pass unchanged if all succeeded', async () => {
    const bench = new RelayBench();
    bench.client(batch(toolCall(1), ping(2)));
    const answer = batch(healthy(1), '{"id" : 2,"result":{} }');
    bench.server(answer);
    expect(await bench.atClient()).toEqual([answer]);
    expect(bench.healer.healthy).toEqual(['get_pods']);
  });

  it('leave their batch when the client cancels them', async () => {
    const bench = new RelayBench();
    bench.healer.fix = ({ options }) =>
      new Promise((resolve) => options.signal?.addEventListener('abort', () => resolve(undefined)));
    bench.client(batch(toolCall(1), toolCall(2)));
    bench.server(batch(failed(1), healthy(2)));
    bench.client({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
    expect(await bench.atClient()).toEqual([batch(healthy(2))]);
    bench.client(batch(toolCall(3)));
    bench.server(batch(failed(3)));
    bench.client({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 3 } });
    expect(await bench.atClient()).toEqual([]);
  });

  it('that timed out get no second response from a late batch', async () => {
    const bench = new RelayBench({ attemptTimeoutMs: 100 });
    bench.client(batch(toolCall(1), toolCall(2)));
    bench.server(healthy(2));
    await bench.clock.advance(100);
    const retry = (await bench.messagesAtServer()).at(-1);
    bench.server(healthy(retry?.id));
    expect(await bench.atClient()).toHaveLength(2);
    bench.server(batch(healthy(1), ping('a')));
    expect(await bench.atClient()).toEqual([batch(ping('a'))]);
  });

  it('have progress that continues over the attempts', async () => {
    const bench = new RelayBench();
    bench.client(batch(toolCall(1, { _meta: { progressToken: 't' } })));
    bench.server(batch(progress('t', 5), failed(1)));
    const [, retry] = await bench.messagesAtServer();
    const { progressToken } = (retry as { params: { _meta: { progressToken: string } } }).params._meta;
    bench.server(batch(progress(progressToken, 1), healthy(retry?.id)));
    const [translated, ...rest] = await bench.messagesAtClient();
    expect(translated).toEqual(progress('t', 6));
    expect(rest).toMatchObject([[progress('t', 5), { id: 1, result: healthy(1).result }]]);
  });
});

describe('the other requests in a batch', () => {
  it('get a response when their server is lost', async () => {
    const bench = new RelayBench();
    bench.client(batch(ping(1), { ...ping(2), method: 'vendor/do' }, toolCall(3)));
    await bench.atServer();
    bench.relay.upstreamLost({ reason: 'was killed (SIGKILL)', unsent: new Set(), willResend: true });
    const [again] = await bench.answerList();
    const [retry] = await bench.messagesAtServer();
    expect([again?.method, retry?.method]).toEqual(['ping', 'tools/call']);
    expect(await bench.messagesAtClient()).toMatchObject([{ id: 2, error: { code: -32000 } }]);
  });

  it('leave it if they are for healflow and not for the server', async () => {
    const bench = new RelayBench();
    bench.healer.fix = () => new Promise(() => {});
    bench.client(toolCall(1));
    bench.server(failed(1));
    await bench.atServer();
    const takenBack = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } };
    bench.client(batch(takenBack, ping(2)));
    expect(await bench.atServer()).toEqual([batch(ping(2))]);
    bench.client(batch({ jsonrpc: '2.0', id: 'healflow-test-9', result: {} }));
    expect(await bench.atServer()).toEqual([]);
  });
});
