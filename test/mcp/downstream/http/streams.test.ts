import { afterEach, describe, expect, it, vi } from 'vitest';
import { ScriptedHealer, succeeded } from '../../relay/scripted-healer.ts';
import { Events } from './events.ts';
import {
  both,
  fixture,
  initialize,
  post,
  RawSession,
  readResponse,
  type ServeOptions,
  serve,
  stopAll,
} from './support.ts';

afterEach(stopAll);

const command = [process.execPath, fixture('scripted-server.mjs')];
const open = async (options: ServeOptions = {}, version?: string): Promise<RawSession> => {
  const { url } = await serve({ command, ...options });
  return RawSession.open(url, {}, version);
};
const call = (id: unknown, name: string, args: object = {}, more: object = {}): object => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: args, ...more },
});
/** A POST whose stream is read event by event. */
const stream = async (session: RawSession, message: unknown, signal?: AbortSignal): Promise<Events> =>
  new Events(await post(session.url, message, session.headers, signal ? { signal } : {}));

describe('a stream of a POST', () => {
  it('begins with an event that a client can go on from, where the version knows such events', async () => {
    const session = await open();
    const events = await stream(session, call(2, 'hello'));
    expect(await events.next()).toMatchObject({ id: '2-0', data: '' });
    expect(await events.next()).toMatchObject({ id: '2-1', data: expect.stringContaining('hello') });
    expect(await events.next()).toBeUndefined();
    const older = await open({}, '2025-06-18');
    expect(await (await stream(older, call(2, 'hello'))).next()).toMatchObject({ id: '2-1' });
  });

  it('carries the progress of its own request, and of no other', async () => {
    const session = await open();
    const [one, other] = await Promise.all([
      session.call(2, 'progress', { count: 2 }, { _meta: { progressToken: 'a' } }),
      session.call(3, 'progress', { count: 1 }, { _meta: { progressToken: 7 } }),
    ]);
    expect(one.messages.map(({ id, params }) => id ?? (params as { progress: number }).progress)).toEqual([1, 2, 2]);
    expect(other.messages).toMatchObject([{ params: { progressToken: 7, progress: 1 } }, { id: 3 }]);
  });

  it('carries log messages and questions while its request is the only one that is open', async () => {
    const session = await open();
    expect((await session.call(2, 'log', { words: 'working' })).messages).toMatchObject([
      { method: 'notifications/message', params: { data: 'working' } },
      { id: 2 },
    ]);
    const events = await stream(session, call(3, 'ask'));
    await events.next();
    const question = await events.message();
    expect(question).toMatchObject({ method: 'sampling/createMessage' });
    await session.post({ jsonrpc: '2.0', id: question?.id, result: { model: 'm' } });
    expect(await events.message()).toMatchObject({ id: 3, result: { content: [{ text: '{"model":"m"}' }] } });
  });

  it('lets a question be heard on the latest of several, where the client has no stream of its own for it', async () => {
    const session = await open();
    const first = await stream(session, call(2, 'wait', { key: 'a' }));
    const second = await stream(session, call(3, 'ask'));
    await second.next();
    expect(await second.message()).toMatchObject({ method: 'sampling/createMessage' });
    first.close();
    second.close();
  });

  it('ends where its request is cancelled, and a client that comes back for it is sent away for good', async () => {
    const session = await open();
    const events = await stream(session, call(2, 'wait', { key: 'a' }));
    expect(await events.next()).toMatchObject({ id: '2-0' });
    await session.post({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 2 } });
    expect(await events.next()).toBeUndefined();
    expect((await session.get({ 'last-event-id': '2-0' })).status).toBe(204);
    expect((await session.call(3, 'cancelled')).text).toContain('[2]');
  });

  it('that breaks cancels nothing, and goes on where a client comes back for it', async () => {
    const session = await open();
    const control = new AbortController();
    const broken = await stream(
      session,
      call(2, 'progress', { count: 2, key: 'a' }, { _meta: { progressToken: 1 } }),
      control.signal,
    );
    await broken.next();
    expect(await broken.message()).toMatchObject({ params: { progress: 1 } });
    control.abort();
    await session.call(3, 'release', { key: 'a', words: 'late' });
    const resumed = new Events(await session.get({ 'last-event-id': '2-1' }));
    expect(await resumed.message()).toMatchObject({ params: { progress: 2 } });
    expect(await resumed.message()).toMatchObject({ id: 2, result: { content: [{ text: 'late' }] } });
    expect(await resumed.next()).toBeUndefined();
    expect((await session.call(4, 'cancelled')).text).toContain('"text":"[]"');
  });

  it('can be resumed while its request is still open, and the response comes there', async () => {
    const session = await open();
    const first = await stream(session, call(2, 'wait', { key: 'a' }));
    await first.next();
    const resumed = new Events(await session.get({ 'last-event-id': '2-0' }));
    await session.call(3, 'release', { key: 'a' });
    expect(await resumed.message()).toMatchObject({ id: 2 });
    expect(await resumed.next()).toBeUndefined();
  });

  it('carries an idle comment, so that nothing on the way takes it for dead', async () => {
    const session = await open({ http: { keepAliveMs: 20 } });
    const events = await stream(session, call(2, 'wait', { key: 'a' }));
    await vi.waitUntil(() => events.comments > 1);
    await session.call(3, 'release', { key: 'a' });
    await events.next();
    expect(await events.message()).toMatchObject({ id: 2 });
  });

  it('stays the same while its call is healed, and carries the progress of that', async () => {
    const healer = (): ScriptedHealer => {
      const scripted = new ScriptedHealer(2);
      scripted.fix = async () => {
        await new Promise((resolve) => setTimeout(resolve, 60));
        return succeeded();
      };
      return scripted;
    };
    const session = await open({ healer, limits: { progressEveryMs: 10 } });
    const { messages } = await session.call(2, 'expired_once', {}, { _meta: { progressToken: 'p' } });
    expect(messages[0]).toMatchObject({
      method: 'notifications/progress',
      params: { progressToken: 'p', message: 'healflow: healing expired_once…' },
    });
    expect(messages.at(-1)).toMatchObject({
      id: 2,
      result: { content: [{ text: 'pods' }], _meta: { 'healflow/run': { outcome: 'healed' } } },
    });
  });
});

describe('the stream of a GET', () => {
  it('carries what belongs to no request, also what came before it was opened', async () => {
    const session = await open();
    await session.call(2, 'changed');
    const events = new Events(await session.get());
    expect(await events.message()).toMatchObject({ method: 'notifications/tools/list_changed' });
    await session.call(3, 'changed');
    expect(await events.next()).toMatchObject({ id: '0-2' });
    events.close();
  });

  it('is one: a second one gets 409, until the first is gone', async () => {
    const session = await open();
    const first = new Events(await session.get());
    expect((await session.get()).status).toBe(409);
    first.close();
    await vi.waitUntil(async () => {
      const again = await session.get();
      await again.body?.cancel();
      return again.status === 200;
    });
  });

  it('that breaks is gone on with after the last event that the client has had', async () => {
    const session = await open();
    const first = new Events(await session.get());
    for (const id of [2, 3, 4]) await session.call(id, 'changed');
    expect(await first.next()).toMatchObject({ id: '0-1' });
    first.close();
    const second = new Events(await session.get({ 'last-event-id': '0-1' }));
    expect(await second.next()).toMatchObject({ id: '0-2' });
    expect(await second.next()).toMatchObject({ id: '0-3' });
    second.close();
  });

  it.each([['nonsense'], ['99-1'], ['-1-2'], ['1-2-3']])(
    'is refused for the Last-Event-ID %j, which is none of ours',
    async (id) => {
      const session = await open();
      expect((await session.get({ 'last-event-id': id })).status).toBe(400);
    },
  );

  it('carries questions and log messages where several requests are open', async () => {
    const session = await open();
    const own = new Events(await session.get());
    const waiting = await stream(session, call(2, 'wait', { key: 'a' }));
    const { messages } = await session.call(3, 'log', { words: 'whose?' });
    expect(messages).toMatchObject([{ id: 3 }]);
    expect(await own.message()).toMatchObject({ params: { data: 'whose?' } });
    own.close();
    waiting.close();
  });

  it('carries no text of the server that is not a message', async () => {
    const session = await open();
    expect((await session.call(2, 'noise')).messages).toMatchObject([{ id: 2 }]);
    await session.call(3, 'changed');
    expect(await new Events(await session.get()).message()).toMatchObject({
      method: 'notifications/tools/list_changed',
    });
  });

  it('ends with its session', async () => {
    const session = await open();
    const events = new Events(await session.get());
    await session.delete();
    expect(await events.next()).toBeUndefined();
  });
});

describe('what is kept for a client that is away', () => {
  it('is no more than configured: the oldest goes first, and a response becomes an error', async () => {
    const session = await open({ http: { keptBytes: 40_000 } });
    for (let id = 2; id < 202; id += 1) await session.call(id, 'changed');
    const control = new AbortController();
    const broken = await stream(session, call(300, 'wait', { key: 'a' }), control.signal);
    const { id } = (await broken.next()) ?? {};
    control.abort();
    await session.call(301, 'release', { key: 'a', words: 'x'.repeat(60_000) });
    const resumed = new Events(await session.get({ 'last-event-id': id ?? '' }));
    expect(await resumed.message()).toMatchObject({
      id: 300,
      error: { message: expect.stringContaining('keptBytes') },
    });
    const own = new Events(await session.get());
    const first = await own.next();
    expect(Number(first?.id?.split('-')[1])).toBeGreaterThan(50);
    own.close();
  });

  it('loses nothing for a client that reads slowly: the server waits', async () => {
    const session = await open({ http: { keptBytes: 20_000 } });
    const events = await stream(session, call(2, 'flood', { count: 400, bytes: 10_000 }));
    await events.next();
    let seen = 0;
    for (let message = await events.message(); message !== undefined; message = await events.message()) {
      if (message.method === 'notifications/message') seen += 1;
      if (seen % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(seen).toBe(400);
  });
});

describe('sessions', () => {
  it('of two clients with equal ids and tokens are kept apart: each has a server of its own', async () => {
    const { url } = await serve({ command });
    const [one, other] = await Promise.all([RawSession.open(url), RawSession.open(url)]);
    const waits = [one, other].map((session) => session.call(2, 'wait', { key: 'same' }));
    await other.call(3, 'release', { key: 'same', words: 'other' });
    await one.call(3, 'release', { key: 'same', words: 'one' });
    const responses = await Promise.all(waits);
    expect(responses.map(({ text }) => /"text":"(\w+)"/.exec(text)?.[1])).toEqual(['one', 'other']);
  });

  it('are no more than configured: the one that is idle for longest makes room for one more', async () => {
    const served = await serve({ command, http: { maxSessions: 2 } });
    const { url } = served;
    const first = await RawSession.open(url);
    const second = await RawSession.open(url);
    await first.call(2, 'hello', {});
    const third = await RawSession.open(url);
    const statuses = [];
    for (const session of [first, second, third]) statuses.push((await session.call(3, 'hello', {})).status);
    expect(statuses).toEqual([200, 404, 200]);
    expect(served.stderr()).toContain('made room for a new one (proxy.http.maxSessions)');
  });

  it('are no more than configured: while all have open calls, one more gets a 503', async () => {
    const { url } = await serve({ command, http: { maxSessions: 1 } });
    const session = await RawSession.open(url);
    const wait = session.call(2, 'wait', { key: 'a' });
    await vi.waitUntil(async () => {
      const refused = await post(url, initialize());
      return refused.status === 503 && refused.headers.get('retry-after') === '30';
    });
    await session.call(3, 'release', { key: 'a', words: 'done' });
    expect((await wait).text).toContain('done');
    expect((await post(url, initialize())).status).toBe(200);
  });

  it('end when they have been silent for long enough, and not while a stream is open', async () => {
    const { url } = await serve({ command, http: { sessionIdleMs: 150 } });
    const [silent, listening] = await Promise.all([RawSession.open(url), RawSession.open(url)]);
    const events = new Events(await listening.get());
    await vi.waitUntil(
      async () =>
        (await fetch(url, { method: 'DELETE', headers: { ...silent.headers, 'mcp-protocol-version': '1' } })).status ===
        404,
    );
    expect((await listening.call(2, 'hello')).status).toBe(200);
    events.close();
  });

  it('live on where their server dies: it is started again behind them', async () => {
    const session = await open();
    const first = await session.call(2, 'pid');
    expect((await session.call(3, 'die')).messages).toMatchObject([{ id: 3, error: { code: -32000 } }]);
    const second = await session.call(4, 'pid');
    expect(second.status).toBe(200);
    expect(second.text).not.toBe(first.text);
  });

  it('that lose their server before its first response get an error, and are gone', async () => {
    const { url } = await serve({
      command: [process.execPath, '-e', 'process.stdin.once("data", () => process.exit(1))'],
    });
    const { messages, headers } = await readResponse(await post(url, initialize()));
    expect(messages).toMatchObject([{ id: 1, error: { code: -32000, message: 'the MCP server has ended' } }]);
    const id = headers.get('mcp-session-id') ?? '';
    await vi.waitUntil(
      async () =>
        (await post(url, { jsonrpc: '2.0', id: 2, method: 'ping' }, { 'mcp-session-id': id, accept: both })).status ===
        404,
    );
  });
});
