import { describe, expect, it } from 'vitest';
import { event, json, result, text } from './scripted-server.ts';
import { startBench } from './upstream-bench.ts';

const cap = { limits: { maxLineBytes: 2_000 } };
const long = 'x'.repeat(5_000);

describe('a message beyond the limit', () => {
  it('from a server in JSON is rejected to the client, and the next one passes', async () => {
    const { server, proxy } = await startBench(cap);
    await proxy.connect();
    server.on.set('vendor/long', ({ body }, response) => json(response, result(body.id, { long })));
    expect(await proxy.request('vendor/long')).toMatchObject({ error: { code: -32600 } });
    expect(await proxy.text('pods')).toBe('pods');
    expect(proxy.err).toContain('from the server was refused: the limit is 2000 bytes');
  });

  it('from a server in an event is rejected to the client, and the events after it pass', async () => {
    const { server, proxy } = await startBench(cap);
    await proxy.connect();
    server.on.set('vendor/long', ({ body }, response) => {
      event(response, { jsonrpc: '2.0', method: 'notifications/message', params: { long } });
      event(response, { jsonrpc: '2.0', id: 's', method: 'sampling/createMessage', params: { long } });
      event(response, result(body.id, { long }), { id: '1' });
      event(response, { jsonrpc: '2.0', method: 'notifications/message', params: {} });
      response.end();
    });
    expect(await proxy.request('vendor/long')).toMatchObject({ error: { code: -32600 } });
    await proxy.until(() => proxy.messages.some(({ method }) => method === 'notifications/message'));
    const refused = await proxy.until(() => server.of('message')[0]);
    expect(refused.body).toMatchObject({ id: 's', error: { code: -32600 } });
    expect(proxy.messages).toHaveLength(3);
  });

  it('from the client is rejected to it', async () => {
    const { server, proxy } = await startBench(cap);
    await proxy.connect();
    expect(await proxy.request('vendor/long', { long })).toMatchObject({ error: { code: -32600 } });
    expect(server.of('vendor/long')).toEqual([]);
  });
});

describe('a client that does not read', () => {
  it('makes the server wait, and gets everything when it reads again', async () => {
    const { server, proxy } = await startBench();
    await proxy.connect();
    const stream = await proxy.until(() => server.streams[0]);
    proxy.stdout.pause();
    const note = { jsonrpc: '2.0', method: 'notifications/message', params: { data: 'x'.repeat(65_000) } };
    for (let count = 0; count < 300; count += 1) event(stream, note);
    // 19 MB are more than all the buffers on the way hold.
    await proxy.until(() => proxy.stdout.readableLength > 0 && stream.writableLength > 5_000_000);
    const waiting = stream.writableLength;
    expect(await proxy.until(() => stream.writableLength === waiting)).toBe(true);
    proxy.stdout.resume();
    await proxy.until(() => proxy.out.length > 300 * 65_000);
    expect(proxy.messages).toHaveLength(301);
  });
});

describe('a server that does not read', () => {
  it('makes the client wait', async () => {
    const { server, proxy } = await startBench();
    await proxy.connect();
    server.on.set('initialize', () => {});
    // What follows a handshake waits for its end.
    proxy.send({ jsonrpc: '2.0', id: 'again', method: 'initialize', params: { protocolVersion: '2025-11-25' } });
    const note = `{"jsonrpc":"2.0","method":"notifications/a","params":"${'x'.repeat(65_000)}"}\n`;
    for (let count = 0; count < 100; count += 1) proxy.send(note);
    await proxy.until(() => proxy.stdin.isPaused() && proxy.stdin.writableLength > 1_000_000);
    server.on.delete('initialize');
    server.cut();
    await proxy.until(() => server.of('notifications/a').length === 100);
  });
});

describe('the end of the client’s input', () => {
  it('waits for open responses, and then ends the session', async () => {
    const { server, proxy } = await startBench();
    await proxy.connect();
    server.on.set('vendor/slow', ({ body }, response) => void setTimeout(() => json(response, result(body.id)), 60));
    proxy.send({ jsonrpc: '2.0', id: 5, method: 'vendor/slow' });
    expect(await proxy.end()).toBe(0);
    expect(proxy.messages.at(-1)).toEqual(result(5));
    expect(server.whats.at(-1)).toBe('DELETE');
    expect(proxy.healer.closed).toBe(true);
  });

  it('waits for a call that is being healed', async () => {
    const { server, proxy } = await startBench();
    await proxy.connect();
    server.on.set('tools/call', (_, response) => response.writeHead(401).end());
    proxy.healer.fix = async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      server.on.delete('tools/call');
      return undefined;
    };
    proxy.send({ jsonrpc: '2.0', id: 5, method: 'tools/call', params: { name: 'pods' } });
    expect(await proxy.end()).toBe(0);
    expect(proxy.messages.at(-1)).toMatchObject({ id: 5, result: text(5, 'pods').result });
  });

  it('does not wait longer than the grace for a silent server, not even to the end of the session', async () => {
    const { server, proxy } = await startBench({ limits: { graceMs: 30, deadlineMs: 10_000 } });
    await proxy.connect();
    for (const silent of ['vendor/never', 'DELETE']) server.on.set(silent, () => {});
    proxy.send({ jsonrpc: '2.0', id: 5, method: 'vendor/never' });
    expect(await proxy.end()).toBe(0);
    await proxy.until(() => server.of('DELETE')[0]?.isClosed && server.of('vendor/never')[0]?.isClosed);
  });

  it('also follows a signal, and a second one at once', async () => {
    const { server, proxy } = await startBench({ limits: { graceMs: 60_000 } });
    await proxy.connect();
    server.on.set('DELETE', () => {});
    proxy.send({ jsonrpc: '2.0', id: 5, method: 'tools/call', params: { name: 'pods' } });
    proxy.stop();
    await proxy.until(() => server.of('DELETE').length === 1);
    proxy.kill();
    expect(await proxy.exitCode).toBe(0);
  });
});
