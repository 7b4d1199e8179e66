import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Events } from '../downstream/http/events.ts';
import { fixture, initialize, post, RawSession, serve, stateless, stopAll } from '../downstream/http/support.ts';

afterEach(stopAll);

const command = [process.execPath, fixture('scripted-server.mjs')];

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('proxyHttpToStdio', () => {
  it('logs its URL', async () => {
    const { url, stderr } = await serve({ command });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/mcp$/);
    expect(stderr()).toBe(`healflow: serving at ${url}\n`);
  });

  it('fails at once if the command cannot be started', async () => {
    await expect(serve({ command: ['no-such-command'] })).rejects.toMatchObject({ code: 'COMMAND_NOT_FOUND' });
    await stopAll().catch(() => {});
  });

  it('resolves with 0 when it is stopped, and ends its streams, its servers and their healers', async () => {
    const served = await serve({ command });
    const session = await RawSession.open(served.url);
    const pid = Number(/"text":"(\d+)"/.exec((await session.call(2, 'pid')).text)?.[1]);
    const [own, subscription] = [
      new Events(await session.get()),
      stateless(1, 'subscriptions/listen', { notifications: {} }),
    ];
    const listening = new Events(await post(served.url, subscription.message, subscription.headers));
    await listening.next();
    expect(isAlive(pid)).toBe(true);
    expect(await served.stop()).toBe(0);
    expect(await own.next()).toBeUndefined();
    expect(await listening.next()).toMatchObject({ data: expect.stringContaining('list_changed') });
    expect(await listening.message()).toMatchObject({ id: 1, error: { code: -32000 } });
    expect(await listening.next()).toBeUndefined();
    expect(isAlive(pid)).toBe(false);
    expect(served.healers.filter(({ closed }) => !closed)).toEqual([]);
  });

  it('lets an open call get its response while its server ends', async () => {
    const hasty = await serve({ command: [process.execPath, fixture('raw-server.mjs')] });
    const session = await RawSession.open(hasty.url);
    const slow = session.call(2, 'never');
    await vi.waitUntil(async () => (await session.call(3, 'hello')).status === 200);
    await hasty.stop();
    expect((await slow).messages).toMatchObject([{ id: 2, error: { code: -32000 } }]);
  });

  it('accepts no requests while it ends', async () => {
    const served = await serve({
      command: [process.execPath, fixture('raw-server.mjs')],
      env: { RAW_SERVER_STUBBORN: '1' },
      limits: { graceMs: 300 },
    });
    const session = await RawSession.open(served.url);
    const events = new Events(await session.get());
    const socket = connect(Number(new URL(served.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write('GET /mcp HTTP/1.1\r\nhost: localhost\r\n');
    await vi.waitUntil(async () => (await session.call(3, 'hello')).status === 200);
    const ending = served.stop();
    socket.write('\r\n');
    const [head] = (await once(socket, 'data')) as [Buffer];
    expect(head.toString()).toMatch(/^HTTP\/1\.1 503 .*retry-after: 5/is);
    await ending;
    expect(await events.next()).toBeUndefined();
  });

  it('starts another server if the one that waited for a client has ended meanwhile', async () => {
    const shortLived = `
      console.log('{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"early"}}');
      setTimeout(() => process.exit(), 50);
    `;
    const { url, healers } = await serve({ command: [process.execPath, '-e', shortLived] });
    await vi.waitUntil(() => healers[0]?.closed);
    void post(url, initialize()).catch(() => {});
    await vi.waitUntil(() => healers.length === 2);
  });

  it('gives a client the messages that its server has sent before', async () => {
    const early = '{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}';
    const program = `console.log(${JSON.stringify(early)}); import(${JSON.stringify(fixture('scripted-server.mjs'))})`;
    const { url } = await serve({ command: [process.execPath, '-e', program] });
    const session = await RawSession.open(url);
    const events = new Events(await session.get());
    expect(await events.message()).toEqual(JSON.parse(early));
    events.close();
  });

  it('says whether it is alive and ready, without a token', async () => {
    const { url } = await serve({ command, token: 'dummy' });
    for (const path of ['/healthz', '/readyz']) {
      const response = await fetch(new URL(path, url));
      expect([response.status, await response.text()]).toEqual([200, '{"status":"ok"}']);
      expect(response.headers.get('keep-alive')).toBe('timeout=75');
    }
    expect((await fetch(url, { method: 'POST' })).status).toBe(401);
  });

  it('ends a session in time whose first client hung up before the response', async () => {
    const served = await serve({ command, http: { sessionIdleMs: 100, maxSessions: 1 } });
    const control = new AbortController();
    const hung = post(served.url, initialize(), {}, { signal: control.signal }).catch(() => 'hung up');
    await new Promise((resolve) => setImmediate(resolve));
    control.abort();
    await hung;
    await vi.waitUntil(async () => (await post(served.url, initialize())).status === 200, 5_000);
  });

  it('starts no session for anything but a handshake', async () => {
    const { url, healers } = await serve({ command });
    await post(url, { jsonrpc: '2.0', id: 1, method: 'tools/list' });
    await post(url, initialize(), { accept: 'text/html' });
    expect(healers).toHaveLength(1);
  });
});
