import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { both, fixture, initialize, post, RawSession, readResponse, type Served, serve, stopAll } from './support.ts';

const command = [process.execPath, fixture('scripted-server.mjs')];
let served: Served;
beforeAll(async () => {
  served = await serve({ command });
});
afterAll(stopAll);

const ping = { jsonrpc: '2.0', id: 2, method: 'ping' };
/** The status, and the code of the JSON-RPC error in the body. */
const outcome = async (response: Response): Promise<unknown[]> => {
  const { status, messages } = await readResponse(response);
  return [status, (messages[0]?.error as { code: number } | undefined)?.code];
};

describe('a POST of the protocol with sessions', () => {
  it('that begins a session is given its id, in visible ASCII that nobody can guess', async () => {
    const ids = await Promise.all(
      [1, 2].map(async () => (await post(served.url, initialize())).headers.get('mcp-session-id') ?? ''),
    );
    expect(ids[0]).toMatch(/^[\x21-\x7e]{32}$/);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('without a session gets 400, and with an unknown one 404', async () => {
    expect(await outcome(await post(served.url, ping))).toEqual([400, -32000]);
    expect(await outcome(await post(served.url, ping, { 'mcp-session-id': 'unknown' }))).toEqual([404, -32001]);
    expect(await outcome(await post(served.url, initialize(), { 'mcp-session-id': 'unknown' }))).toEqual([404, -32001]);
  });

  it('that begins a session twice gets 400', async () => {
    const session = await RawSession.open(served.url);
    expect(await outcome(await post(served.url, initialize(), session.headers))).toEqual([400, -32600]);
  });

  it('with an unknown version gets 400', async () => {
    const session = await RawSession.open(served.url);
    const unknown = { ...session.headers, 'mcp-protocol-version': '1999-01-01' };
    expect(await outcome(await post(served.url, ping, unknown))).toEqual([400, -32000]);
    const { 'mcp-protocol-version': _, ...silent } = session.headers;
    expect((await post(served.url, ping, silent)).status).toBe(200);
  });

  it.each([['text/html'], ['application/json;q=0, image/png']])('that accepts only %s gets 406', async (accept) => {
    expect(await outcome(await post(served.url, initialize(), { accept }))).toEqual([406, -32000]);
  });

  it.each([['text/plain'], ['application/x-www-form-urlencoded'], ['application/jsonp']])(
    'with the Content-Type %s gets 415: a page could send it unasked',
    async (type) => {
      expect(await outcome(await post(served.url, initialize(), { 'content-type': type }))).toEqual([415, -32000]);
    },
  );

  it('with parameters in its Content-Type is served', async () => {
    const response = await post(served.url, initialize(), { 'content-type': 'Application/JSON; charset=utf-8' });
    expect(response.status).toBe(200);
  });

  it.each([['{"jsonrpc":"2.0",'], [''], ['nonsense'], ['{"a":1}{"b":2}']])(
    'of %j gets 400 and a parse error',
    async (body) => {
      expect(await outcome(await post(served.url, body))).toEqual([400, -32700]);
    },
  );

  it.each([['7'], ['"text"'], ['{}'], ['[]'], ['[1]'], ['null'], ['{"jsonrpc":"2.0","id":null,"method":"ping"}']])(
    'of %s, which is JSON but no message, gets 400',
    async (body) => {
      const session = await RawSession.open(served.url);
      expect(await outcome(await post(served.url, body, session.headers))).toEqual([400, -32600]);
    },
  );

  it('that is larger than allowed gets 413, and is not read to its end', async () => {
    const small = await serve({ command, limits: { maxLineBytes: 10_000 } });
    expect(await outcome(await post(small.url, 'x'.repeat(10_001)))).toEqual([413, -32000]);
    const endless = request(small.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: both },
    });
    endless.on('error', () => {});
    endless.write('x'.repeat(20_000));
    const [response] = await once(endless, 'response');
    expect(response.statusCode).toBe(413);
    endless.destroy();
    await small.stop();
  });

  it('of notifications and responses only gets 202 and nothing else', async () => {
    const session = await RawSession.open(served.url);
    for (const message of [
      { jsonrpc: '2.0', method: 'notifications/roots/list_changed' },
      { jsonrpc: '2.0', id: 'nobody asked', result: {} },
    ]) {
      const { status, text } = await session.post(message);
      expect([status, text]).toEqual([202, '']);
    }
  });

  it('gets a stream if that is accepted, and JSON if it is not', async () => {
    const session = await RawSession.open(served.url);
    const stream = await session.post(ping);
    expect(stream.headers.get('content-type')).toBe('text/event-stream');
    const json = await session.post(ping, { accept: 'application/json' });
    expect(json.headers.get('content-type')).toBe('application/json');
    expect(json.messages).toEqual(stream.messages);
    expect((await session.post(ping, { accept: '*/*' })).headers.get('content-type')).toBe('application/json');
  });

  it('with the id of a request that is still open gets 400', async () => {
    const session = await RawSession.open(served.url);
    const waiting = session.call(5, 'wait', { key: 'a' });
    const second = await session.call(5, 'hello');
    expect(second.status).toBe(400);
    await session.call(6, 'release', { key: 'a' });
    expect((await waiting).messages).toMatchObject([{ id: 5, result: { content: [{ text: 'released' }] } }]);
  });

  it('is passed on byte for byte, and so is the response; only line ends in it become spaces', async () => {
    const session = await RawSession.open(served.url);
    const body =
      '{"jsonrpc":"2.0",\n  "id":7,\r\n"method":"tools/call","params":{"name":"line", "ü":12345678901234567890}}';
    expect(textOf(await session.post(body))).toBe(body.replaceAll(/[\r\n]/g, ' '));
    const odd = '{"jsonrpc":"2.0","id":98765432109876543210,"method":"tools/call","params":{"name":"spaced"}}';
    // A carriage return ends a line of an event, so that it becomes another white space.
    expect((await session.post(odd)).text).toContain(
      'data: {"jsonrpc":"2.0",\ndata: "id":98765432109876543210, "result" : {"big":12345678901234567890}}\n\n',
    );
    const json = await session.post(odd, { accept: 'application/json' });
    expect(json.text).toBe('{"jsonrpc":"2.0",\r"id":98765432109876543210, "result" : {"big":12345678901234567890}}');
  });

  it('of a batch is served where the version has batches, and refused where it has none', async () => {
    const batch = [ping, { jsonrpc: '2.0', method: 'notifications/x' }, { ...ping, id: 3 }];
    const old = await RawSession.open(served.url, {}, '2025-03-26');
    expect((await old.post(batch, { accept: 'application/json' })).messages).toEqual([
      { jsonrpc: '2.0', id: 2, result: {} },
      { jsonrpc: '2.0', id: 3, result: {} },
    ]);
    expect(messageIds((await old.post(batch)).messages.flat())).toEqual([2, 3]);
    const current = await RawSession.open(served.url);
    expect((await current.post(batch)).status).toBe(400);
    expect((await old.post([initialize()])).status).toBe(400);
  });

  it('that the server refuses makes no session', async () => {
    const response = await post(served.url, initialize('none'));
    const { messages, headers } = await readResponse(response);
    expect(messages).toMatchObject([{ id: 1, error: { code: -32602 } }]);
    const id = headers.get('mcp-session-id') ?? '';
    expect(await outcome(await post(served.url, ping, { 'mcp-session-id': id }))).toEqual([404, -32001]);
  });
});

const messageIds = (messages: readonly Record<string, unknown>[]): unknown[] => messages.map(({ id }) => id);

describe('other requests', () => {
  it('at another path get 404, with another method 405', async () => {
    expect((await fetch(new URL('/.well-known/oauth-protected-resource', served.url))).status).toBe(404);
    const response = await fetch(served.url, { method: 'PUT', body: '{}' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST, DELETE']);
  });

  it('of GET get 406, 400 or 404 if something is missing', async () => {
    const session = await RawSession.open(served.url);
    expect((await session.get({ accept: 'application/json' })).status).toBe(406);
    expect((await fetch(served.url, { headers: { accept: 'text/event-stream' } })).status).toBe(400);
    expect((await session.get({ 'mcp-session-id': 'unknown' })).status).toBe(404);
  });

  it('of DELETE end the session and its process; then it is unknown', async () => {
    const session = await RawSession.open(served.url);
    const pid = Number(textOf(await session.call(2, 'pid')));
    expect(await session.delete()).toBe(200);
    expect((await session.call(3, 'hello')).status).toBe(404);
    expect(await session.delete()).toBe(404);
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  it('from a foreign page, or to a foreign name, get 403', async () => {
    expect(await outcome(await post(served.url, initialize(), { origin: 'https://evil.example' }))).toEqual([
      403, -32000,
    ]);
    const foreign = request(served.url, { method: 'POST', headers: { host: 'evil.example', accept: both } });
    foreign.end();
    const [response] = await once(foreign, 'response');
    expect(response.statusCode).toBe(403);
  });

  it('from a page of this machine may be read by its scripts, which may ask first', async () => {
    const origin = 'http://localhost:6274';
    const asked = await fetch(served.url, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-headers': 'mcp-session-id' },
    });
    expect([asked.status, asked.headers.get('access-control-allow-headers')]).toEqual([204, 'mcp-session-id']);
    const response = await post(served.url, initialize(), { origin });
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
    expect(response.headers.get('access-control-expose-headers')).toContain('mcp-session-id');
    const foreign = await post(served.url, initialize(), { origin: 'https://evil.example' });
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('a proxy with a token', () => {
  it('serves nobody without it, and shows a session to nobody but its own principal', async () => {
    const secured = await serve({ command, token: 'dummy-token' });
    expect((await post(secured.url, initialize())).status).toBe(401);
    expect((await post(secured.url, initialize(), { authorization: 'Bearer wrong' })).status).toBe(401);
    const session = await RawSession.open(secured.url, { authorization: 'Bearer dummy-token' });
    expect((await session.call(2, 'hello')).status).toBe(200);
    expect((await session.call(2, 'hello', {}, {})).status).toBe(200);
    await secured.stop();
  });

  it('binds a session to the Authorization it began with, where any is taken', async () => {
    const session = await RawSession.open(served.url, { authorization: 'Bearer one' });
    expect((await session.post(ping)).status).toBe(200);
    expect((await session.post(ping, { authorization: 'Bearer two' })).status).toBe(404);
    const { authorization: _, ...anonymous } = session.headers;
    expect((await post(served.url, ping, anonymous)).status).toBe(404);
    expect((await session.get({ authorization: 'Bearer two' })).status).toBe(404);
  });
});

const textOf = ({ messages }: { readonly messages: Record<string, unknown>[] }): string =>
  (messages[0] as { result: { content: { text: string }[] } }).result.content[0]?.text ?? '';

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
