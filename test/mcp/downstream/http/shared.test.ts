import { afterEach, describe, expect, it, vi } from 'vitest';
import { Events } from './events.ts';
import {
  fixture,
  initialize,
  type ParsedResponse,
  post,
  RawSession,
  readResponse,
  type Served,
  serve,
  stopAll,
} from './support.ts';

afterEach(stopAll);

const command = [process.execPath, fixture('scripted-server.mjs')];
const share = (): Promise<Served> => serve({ command, http: { upstream: 'shared' } });
const textOf = ({ messages }: ParsedResponse): string =>
  (messages.at(-1) as { result: { content: { text: string }[] } }).result.content[0]?.text ?? '';
const call = (id: unknown, name: string, args: object = {}): object => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: args },
});

describe('a server that all sessions share', () => {
  it('is one process, whose handshake was the first one', async () => {
    const { url, healers } = await share();
    const responses = await Promise.all(
      ['2025-11-25', '2025-06-18', '2025-06-18'].map(async (version) =>
        readResponse(await post(url, initialize(version, `of ${version}`))),
      ),
    );
    const agreed = responses.map(
      ({ messages }) => (messages[0] as { result: { protocolVersion: string } }).result.protocolVersion,
    );
    expect(new Set(agreed).size).toBe(1);
    expect(responses.map(({ messages }) => messages[0]?.id)).toEqual([
      'of 2025-11-25',
      'of 2025-06-18',
      'of 2025-06-18',
    ]);
    const [one, other] = [await RawSession.open(url), await RawSession.open(url)];
    expect(textOf(await one.call(2, 'pid'))).toBe(textOf(await other.call(2, 'pid')));
    expect(healers).toHaveLength(1);
  });

  it('keeps clients with equal ids and equal progress tokens apart', async () => {
    const { url } = await share();
    const sessions = await Promise.all([1, 2, 3].map(() => RawSession.open(url)));
    const waits = sessions.map((session, at) =>
      session.call(7, 'progress', { count: 2, key: `key ${at}` }, { _meta: { progressToken: 'same' } }),
    );
    const releasing = sessions[0] as RawSession;
    for (const at of [2, 0, 1]) {
      await vi.waitUntil(
        async () => textOf(await releasing.call(8, 'release', { key: `key ${at}`, words: `for ${at}` })) === 'done',
      );
    }
    const responses = await Promise.all(waits);
    for (const [at, { messages }] of responses.entries()) {
      expect(messages).toMatchObject([
        { params: { progressToken: 'same', progress: 1 } },
        { params: { progressToken: 'same', progress: 2 } },
        { id: 7, result: { content: [{ text: `for ${at}` }] } },
      ]);
    }
  });

  it('says to all what it says to nobody in particular', async () => {
    const { url } = await share();
    const [one, other] = await Promise.all([RawSession.open(url), RawSession.open(url)]);
    const streams = await Promise.all([one, other].map(async (session) => new Events(await session.get())));
    await one.call(2, 'changed');
    for (const events of streams) {
      expect(await events.message()).toMatchObject({ method: 'notifications/tools/list_changed' });
      events.close();
    }
  });

  it('sends its request to the client whose call is open, and accepts the response of no other', async () => {
    const { url } = await share();
    const [asked, stranger] = await Promise.all([RawSession.open(url), RawSession.open(url)]);
    const events = new Events(await post(url, call(2, 'ask'), asked.headers));
    await events.next();
    const question = await events.message();
    expect(question).toMatchObject({ method: 'sampling/createMessage' });
    await stranger.post({ jsonrpc: '2.0', id: question?.id, result: { model: 'forged' } });
    await asked.post({ jsonrpc: '2.0', id: question?.id, result: { model: 'true' } });
    expect(await events.message()).toMatchObject({ result: { content: [{ text: '{"model":"true"}' }] } });
  });

  it('is subscribed to a resource as long as any client is, and its updates reach only those clients', async () => {
    const { url } = await share();
    const [one, other, third] = await Promise.all([1, 2, 3].map(() => RawSession.open(url)));
    if (one === undefined || other === undefined || third === undefined) throw new Error('no sessions');
    const of = (method: string, id: number): object => ({ jsonrpc: '2.0', id, method, params: { uri: 'a://b' } });
    await one.post(of('resources/subscribe', 2));
    await other.post(of('resources/subscribe', 2));
    const events = new Events(await third.get());
    const wanting = new Events(await other.get());
    expect((await one.post(of('resources/unsubscribe', 3))).messages).toEqual([{ jsonrpc: '2.0', id: 3, result: {} }]);
    await one.call(4, 'updated', { uri: 'a://b' });
    await one.call(5, 'changed');
    expect(await wanting.message()).toMatchObject({ method: 'notifications/resources/updated' });
    expect(await events.message()).toMatchObject({ method: 'notifications/tools/list_changed' });
    expect(textOf(await one.call(6, 'subscribed'))).toBe('subscribe,subscribe');
    await other.delete();
    await vi.waitUntil(async () => textOf(await one.call(7, 'subscribed')) === 'subscribe,subscribe,unsubscribe');
    events.close();
  });

  it('takes a question back from the one that was asked', async () => {
    const { url } = await share();
    const [asked, other] = await Promise.all([RawSession.open(url), RawSession.open(url)]);
    const own = new Events(await other.get());
    const events = new Events(await post(url, call(2, 'ask'), asked.headers));
    await events.next();
    expect(await events.message()).toMatchObject({ method: 'sampling/createMessage' });
    await other.call(2, 'take_back');
    expect(await events.message()).toMatchObject({ method: 'notifications/cancelled' });
    await other.call(3, 'changed');
    expect(await own.message()).toMatchObject({ method: 'notifications/tools/list_changed' });
    own.close();
    events.close();
  });

  it('learns which request is cancelled, under the id that it knows', async () => {
    const { url } = await share();
    const [one, other] = await Promise.all([RawSession.open(url), RawSession.open(url)]);
    const waits = [one, other].map((session, at) => session.call(2, 'wait', { key: `key ${at}` }));
    await vi.waitUntil(async () => (await one.call(3, 'release', { key: 'key 0' })).status === 200);
    await waits[0];
    await other.post({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 2, reason: 'enough' } });
    expect((await waits[1])?.messages).toEqual([]);
    expect(JSON.parse(textOf(await one.call(4, 'cancelled')))).toEqual([expect.any(Number)]);
  });

  it('goes on for the others where one leaves, whose open requests are cancelled', async () => {
    const { url } = await share();
    const [leaving, staying] = await Promise.all([RawSession.open(url), RawSession.open(url)]);
    const waiting = leaving.call(2, 'wait', { key: 'a' });
    await vi.waitUntil(async () => (await staying.call(2, 'hello')).status === 200);
    await leaving.delete();
    expect((await waiting).messages).toMatchObject([{ id: 2, error: { message: 'the client has ended the session' } }]);
    await vi.waitUntil(async () => textOf(await staying.call(3, 'cancelled')) !== '[]');
  });

  it('that asks a client that leaves gets an error', async () => {
    const { url } = await share();
    const [leaving, staying] = await Promise.all([RawSession.open(url), RawSession.open(url)]);
    const events = new Events(await post(url, call(2, 'ask'), leaving.headers));
    await events.next();
    await events.message();
    const pid = textOf(await staying.call(2, 'pid'));
    await leaving.delete();
    expect(textOf(await staying.call(3, 'pid'))).toBe(pid);
  });

  it('that dies is started again behind all of them', async () => {
    const { url } = await share();
    const [one, other] = await Promise.all([RawSession.open(url), RawSession.open(url)]);
    expect((await one.call(2, 'die')).messages).toMatchObject([{ id: 2, error: { code: -32000 } }]);
    expect((await other.call(2, 'hello')).messages).toMatchObject([{ id: 2, result: {} }]);
  });

  it('takes the messages of a batch one by one', async () => {
    const { url } = await share();
    const session = await RawSession.open(url, {}, '2025-03-26');
    const { messages } = await session.post([call(2, 'hello'), call(3, 'hello')], { accept: 'application/json' });
    expect(messages.map(({ id }) => id).sort()).toEqual([2, 3]);
  });

  it('speaks to clients of the stateless protocol as another process', async () => {
    const { url, healers } = await share();
    await RawSession.open(url);
    const { stateless } = await import('./support.ts');
    const { message, headers } = stateless(1, 'server/discover');
    expect((await post(url, message, headers)).status).toBe(200);
    expect(healers).toHaveLength(2);
  });
});
