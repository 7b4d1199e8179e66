import { describe, expect, it } from 'vitest';
import type { Json } from '../../relay/relay-bench.ts';
import { type Answer, event, text } from './scripted-server.ts';
import { startBench, type UrlBench } from './upstream-bench.ts';

/** A call whose answer ends after an event with an id, at a server that sends the rest as the test says. */
const interrupt = async ({ proxy, server }: UrlBench, rest: Answer): Promise<void> => {
  server.on.set('GET', (_, response) => response.writeHead(405).end());
  await proxy.connect();
  await proxy.until(() => server.of('GET').length === 1);
  server.received.length = 0;
  server.on.set('GET', rest);
  server.on.set('tools/call', (_, response) => {
    event(response, '', { id: 'a-1', retry: 1 });
    response.end();
  });
  proxy.send({ jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'pods' } });
};

const answerOf = ({ proxy }: UrlBench): Promise<Json> => proxy.until(() => proxy.messages.find(({ id }) => id === 7));

describe('a response whose stream breaks', () => {
  it('is resumed as often as necessary, which does not count as a new attempt', async () => {
    const bench = await startBench();
    const { server } = bench;
    let turns = 0;
    await interrupt(bench, (_, response) => {
      turns += 1;
      // As a server does that lets its clients come and ask: nothing new, then the answer.
      if (turns < 8) event(response, '', { id: `b-${turns}` });
      else event(response, text(7, 'done'), { id: 'c' });
      response.end();
    });
    expect(await answerOf(bench)).toEqual(text(7, 'done'));
    const ids = server.of('GET').map(({ headers }) => headers['last-event-id']);
    expect(ids).toEqual(['a-1', 'b-1', 'b-2', 'b-3', 'b-4', 'b-5', 'b-6', 'b-7']);
    expect(server.of('tools/call')).toHaveLength(1);
    expect(bench.proxy.healer.healed).toEqual([]);
  });

  it('is requested again while the server is briefly unavailable', async () => {
    const bench = await startBench();
    let turns = 0;
    await interrupt(bench, (_, response) => {
      turns += 1;
      if (turns === 1) response.destroy();
      else if (turns === 2) response.writeHead(503).end();
      else event(response, text(7, 'done'));
    });
    expect(await answerOf(bench)).toEqual(text(7, 'done'));
  });

  it('has failed, as one that may have been executed, if the rest is not available', async () => {
    const bench = await startBench();
    bench.proxy.healer.attempts = 1;
    await interrupt(bench, (_, response) => response.writeHead(404).end());
    expect(await answerOf(bench)).toMatchObject({ error: { code: -32000 } });
    expect(bench.proxy.healer.healed[0]?.first).toMatchObject({ error: { code: 'ERR_STREAM_PREMATURE_CLOSE' } });
    expect(bench.server.of('initialize')).toEqual([]);
  });

  it('has failed if the server sends nothing new five times in a row', async () => {
    const bench = await startBench();
    bench.proxy.healer.attempts = 1;
    await interrupt(bench, (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end();
    });
    expect(await answerOf(bench)).toMatchObject({ error: { code: -32000 } });
    expect(bench.server.of('GET')).toHaveLength(5);
  });

  it('has failed at once if the server sent no event ids', async () => {
    const bench = await startBench();
    bench.proxy.healer.attempts = 1;
    await bench.proxy.connect();
    bench.server.on.set('tools/call', (_, response) => {
      event(response, { jsonrpc: '2.0', method: 'notifications/message', params: {} });
      setImmediate(() => response.destroy());
    });
    expect(await bench.proxy.call('pods')).toMatchObject({ error: { code: -32000 } });
    expect(bench.proxy.healer.healed[0]?.first).toMatchObject({ error: { code: 'ECONNRESET' } });
  });
});

describe('progress', () => {
  it('reaches the client from every attempt, with its own token', async () => {
    const bench = await startBench();
    const { server, proxy } = bench;
    let calls = 0;
    server.on.set('tools/call', ({ body }, response) => {
      calls += 1;
      const { _meta } = body.params as { _meta: { progressToken: unknown } };
      const params = { progressToken: _meta.progressToken, progress: 1 };
      event(response, { jsonrpc: '2.0', method: 'notifications/progress', params });
      if (calls === 2) event(response, text(body.id, 'done'));
      response.end();
    });
    await proxy.connect();
    await proxy.request('tools/call', { name: 'pods', _meta: { progressToken: 'p' } });
    const progress = proxy.messages.filter(({ method }) => method === 'notifications/progress');
    expect(progress.map(({ params }) => params)).toEqual([
      { progressToken: 'p', progress: 1 },
      { progressToken: 'p', progress: 2 },
    ]);
  });
});
