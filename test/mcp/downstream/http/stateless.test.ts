import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ScriptedHealer, succeeded } from '../../relay/scripted-healer.ts';
import { Events } from './events.ts';
import { fixture, type ParsedResponse, post, readResponse, type Served, serve, stateless, stopAll } from './support.ts';

const command = [process.execPath, fixture('scripted-server.mjs')];
let served: Served;
beforeAll(async () => {
  served = await serve({ command });
});
afterAll(stopAll);

const controls: AbortController[] = [];
afterEach(() => {
  for (const control of controls.splice(0)) control.abort();
});

type Change = (request: ReturnType<typeof stateless>) => {
  message?: unknown;
  headers?: Record<string, string | undefined>;
};

const ask = async (
  id: unknown,
  method: string,
  params: Record<string, unknown> = {},
  headers: Record<string, string> = {},
  { url } = served,
): Promise<ParsedResponse> => {
  const request = stateless(id, method, params);
  return readResponse(await post(url, request.message, { ...request.headers, ...headers }));
};

const call = (id: unknown, name: string, args: object = {}, more: object = {}, url = served): Promise<ParsedResponse> =>
  ask(id, 'tools/call', { name, arguments: args, ...more }, {}, url);

/** A request whose response is read event by event. */
const open = async (id: unknown, method: string, params: Record<string, unknown>): Promise<Events> => {
  const control = new AbortController();
  controls.push(control);
  const request = stateless(id, method, params);
  return new Events(await post(served.url, request.message, request.headers, { signal: control.signal }));
};

const outcome = ({ status, messages }: ParsedResponse): unknown[] => [
  status,
  (messages[0]?.error as { code: number } | undefined)?.code,
  messages[0]?.id,
];

describe('a request of the stateless protocol', () => {
  it('needs no session, and gets JSON if the response comes first', async () => {
    const { status, headers, messages } = await ask('é', 'server/discover');
    expect([status, headers.get('content-type'), headers.get('mcp-session-id')]).toEqual([
      200,
      'application/json',
      null,
    ]);
    expect(messages).toMatchObject([{ id: 'é', result: { supportedVersions: ['2026-07-28'] } }]);
  });

  it('gets a stream if a message comes before the response, or if only a stream is accepted', async () => {
    const progress = await call(2, 'progress', { count: 2 }, { _meta: { progressToken: 'a' } });
    expect(progress.headers.get('content-type')).toBe('text/event-stream');
    expect(progress.messages).toMatchObject([
      { params: { progressToken: 'a', progress: 1 } },
      { params: { progressToken: 'a', progress: 2 } },
      { id: 2 },
    ]);
    const alone = await ask(3, 'server/discover', {}, { accept: 'text/event-stream' });
    expect(alone.headers.get('content-type')).toBe('text/event-stream');
    const json = await ask(3, 'server/discover', {}, { accept: 'application/json' });
    expect(json.messages).toEqual(alone.messages);
  });

  it('may have the id and the token of another one: two clients at once are kept apart', async () => {
    const waits = ['one', 'other'].map((key) =>
      call(7, 'progress', { count: 1, key }, { _meta: { progressToken: 7 } }),
    );
    await vi.waitUntil(async () => (await call(8, 'release', { key: 'other', words: 'other' })).status === 200);
    await call(8, 'release', { key: 'one', words: 'one' });
    const responses = await Promise.all(waits);
    expect(responses.map(({ messages }) => messages)).toMatchObject(
      ['one', 'other'].map((words) => [
        { params: { progressToken: 7, progress: 1 } },
        { id: 7, result: { content: [{ text: words }] } },
      ]),
    );
  });

  it('reaches the server byte for byte but for its id and its token', async () => {
    const { message, headers } = stateless(1, 'tools/call', { name: 'line', arguments: {} });
    const body = JSON.stringify(message).replace('"id":1', '"id" : 98765432109876543210, "odd":1.0');
    const { text } = await readResponse(await post(served.url, body, headers));
    const { id, result } = JSON.parse(text.replace('98765432109876543210', '"big"'));
    expect(id).toBe('big');
    expect(result.content[0].text).toMatch(/^{"jsonrpc":"2.0","id" : \d+, "odd":1.0,"method"/);
    expect(result.content[0].text.replace(/"id" : \d+/, '"id" : 98765432109876543210')).toBe(body);
  });

  it('is cancelled where the client hangs up, under the id that the server knows', async () => {
    const { message, headers } = stateless(5, 'tools/call', { name: 'wait', arguments: { key: 'c' } });
    const control = new AbortController();
    const hung = post(served.url, message, headers, { signal: control.signal }).catch(() => 'aborted');
    const before = (await call(6, 'cancelled')).text;
    await vi.waitUntil(async () => {
      control.abort();
      return (await call(6, 'cancelled')).text.length > before.length;
    });
    expect(await hung).toBe('aborted');
  });

  it('that fails is healed like any other', async () => {
    const healer = (): ScriptedHealer => {
      const scripted = new ScriptedHealer(2);
      scripted.fix = async () => succeeded();
      return scripted;
    };
    const healing = await serve({ command, healer });
    const { messages } = await call(2, 'expired_once', {}, {}, healing);
    expect(messages).toMatchObject([{ id: 2, result: { content: [{ text: 'pods' }], _meta: { 'healflow/run': {} } } }]);
  });

  it('gets the log messages that it has asked for', async () => {
    const asked = await call(2, 'log', { words: 'mine' }, { _meta: { 'io.modelcontextprotocol/logLevel': 'info' } });
    expect(asked.messages).toMatchObject([{ params: { data: 'mine' } }, { id: 2 }]);
    expect((await call(3, 'log', { words: 'nobody asked' })).messages).toMatchObject([{ id: 3 }]);
  });

  it('never gets the log messages that somebody else may have been meant by', async () => {
    const waiting = stateless(2, 'tools/call', {
      name: 'progress',
      arguments: { count: 1, key: 'l' },
      _meta: { 'io.modelcontextprotocol/logLevel': 'info', progressToken: 1 },
    });
    const events = new Events(
      await post(served.url, waiting.message, { ...waiting.headers, authorization: 'Bearer other' }),
    );
    await events.next();
    const asked = await call(3, 'log', { words: 'whose?' }, { _meta: { 'io.modelcontextprotocol/logLevel': 'info' } });
    expect(asked.messages).toMatchObject([{ id: 3 }]);
    await call(4, 'release', { key: 'l' });
    expect(await events.message()).toMatchObject({ id: 2 });
  });

  it.each(['server/discover', 'tools/list'])(
    'of a version that the server does not speak is refused: %s',
    async (method) => {
      const _meta = { 'io.modelcontextprotocol/protocolVersion': '2099-01-01' };
      const response = await ask(3, method, { _meta }, { 'mcp-protocol-version': '2099-01-01' });
      expect(response.status).toBe(400);
      expect(response.messages).toMatchObject([
        { id: 3, error: { code: -32022, data: { supported: ['2026-07-28'], requested: '2099-01-01' } } },
      ]);
    },
  );

  it('never brings the client a request of the server, which gets an error', async () => {
    expect((await call(2, 'ask')).text).toContain('-32601');
  });

  it.each([
    [-32601, 404],
    [-32022, 400],
    [-32021, 400],
    [-32602, 200],
    [-32603, 200],
  ])('that gets the error %i from the server has the status %i', async (code, status) => {
    expect(outcome(await ask(4, 'demo/refused', { code }))).toEqual([status, code, 4]);
  });

  it('that is a long wait becomes a stream that is kept alive', async () => {
    const lively = await serve({ command, http: { keepAliveMs: 20 } });
    const waiting = stateless(2, 'tools/call', { name: 'wait', arguments: { key: 'a' } });
    const events = new Events(await post(lively.url, waiting.message, waiting.headers));
    await vi.waitUntil(() => events.comments > 1);
    await call(3, 'release', { key: 'a' }, {}, lively);
    expect(await events.message()).toMatchObject({ id: 2 });
  });

  it('is reported so where the server is gone for good', async () => {
    const gone = await serve({
      command: [process.execPath, '-e', 'process.stdin.once("data", () => process.exit(1))'],
    });
    expect(outcome(await ask(2, 'server/discover', {}, {}, gone))).toEqual([200, -32000, 2]);
    expect(outcome(await ask(3, 'server/discover', {}, {}, gone))).toEqual([200, -32000, 3]);
  });
});

describe('a subscription', () => {
  it('is a stream whose messages bear the id of the client, until the client hangs up', async () => {
    const events = await open('sub', 'subscriptions/listen', { notifications: { toolsListChanged: true } });
    const _meta = { 'io.modelcontextprotocol/subscriptionId': 'sub' };
    expect(await events.message()).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/subscriptions/acknowledged',
      params: { notifications: { toolsListChanged: true }, _meta },
    });
    expect(await events.message()).toMatchObject({ method: 'notifications/tools/list_changed', params: { _meta } });
  });

  it('that the server ends has that id in its response too', async () => {
    const { messages } = await ask('sub', 'subscriptions/listen', { notifications: {}, short: true });
    expect(messages.at(-1)).toEqual({
      jsonrpc: '2.0',
      id: 'sub',
      result: { resultType: 'complete', _meta: { 'io.modelcontextprotocol/subscriptionId': 'sub' } },
    });
  });
});

describe('the headers of a stateless request', () => {
  const hello = (): ReturnType<typeof stateless> => stateless(2, 'tools/call', { name: 'hello', arguments: {} });
  const meta = (change: Record<string, unknown>): Record<string, unknown> => {
    const { message } = hello();
    const params = message.params as { _meta: object };
    return { ...message, params: { ...params, _meta: { ...params._meta, ...change } } };
  };
  const version = 'io.modelcontextprotocol/protocolVersion';
  const capabilities = 'io.modelcontextprotocol/clientCapabilities';

  const wrong: readonly (readonly [what: string, change: Change, outcome: readonly unknown[]])[] = [
    ['without MCP-Protocol-Version', () => ({ headers: { 'mcp-protocol-version': undefined } }), [400, -32020]],
    ['with another MCP-Protocol-Version', () => ({ headers: { 'mcp-protocol-version': '2025-11-25' } }), [400, -32020]],
    ['without Mcp-Method', () => ({ headers: { 'mcp-method': undefined } }), [400, -32020]],
    ['with another Mcp-Method', () => ({ headers: { 'mcp-method': 'tools/list' } }), [400, -32020]],
    ['without Mcp-Name', () => ({ headers: { 'mcp-name': undefined } }), [400, -32020]],
    ['with another Mcp-Name', () => ({ headers: { 'mcp-name': 'other' } }), [400, -32020]],
    ['with a broken Mcp-Name', () => ({ headers: { 'mcp-name': '=?base64?***?=' } }), [400, -32020]],
    ['with a version that is no text', () => ({ message: meta({ [version]: 5 }) }), [400, -32602]],
    ['without the capabilities of the client', () => ({ message: meta({ [capabilities]: undefined }) }), [400, -32602]],
    ['with capabilities that are none', () => ({ message: meta({ [capabilities]: [] }) }), [400, -32602]],
    ['without the version in its _meta', () => ({ message: meta({ [version]: undefined }) }), [400, -32602]],
    ['in a batch', ({ message }) => ({ message: [message] }), [400, -32600]],
    ['of initialize', () => ({ message: { jsonrpc: '2.0', id: 2, method: 'initialize', params: {} } }), [400, -32020]],
  ];

  it.each(wrong)('are refused %s', async (_what, change, expected) => {
    const request = hello();
    const { message = request.message, headers = {} } = change(request);
    const all = Object.entries({ ...request.headers, ...headers }).filter(([, value]) => value !== undefined);
    const response = await readResponse(
      await post(served.url, message, Object.fromEntries(all) as Record<string, string>),
    );
    expect(outcome(response).slice(0, 2)).toEqual(expected);
  });

  it('may hold names in Base64, and white space around them', async () => {
    const { message } = hello();
    const headers = {
      'mcp-protocol-version': ' 2026-07-28 ',
      'mcp-method': 'tools/call ',
      'mcp-name': `=?base64?${Buffer.from('hello').toString('base64')}?=`,
    };
    expect((await post(served.url, message, headers)).status).toBe(200);
  });

  it.each([
    [{ where: 'here' }, {}, 400],
    [{ where: 'here' }, { 'mcp-param-where': 'there' }, 400],
    [{ where: 'here' }, { 'mcp-param-where': '=?base64?***?=' }, 400],
    [{ where: 'here' }, { 'mcp-param-where': 'here' }, 200],
    [{ where: 'hiér' }, { 'mcp-param-where': `=?base64?${Buffer.from('hiér').toString('base64')}?=` }, 200],
    [{ nested: { count: 42 } }, { 'mcp-param-count': '42.0' }, 200],
    [{ nested: { count: 42 } }, { 'mcp-param-count': '43' }, 400],
    [{ where: null }, {}, 200],
    [{}, { 'mcp-param-where': 'ignored' }, 200],
  ])('repeat the arguments %j as %j: %i', async (args, headers, status) => {
    const response = await ask(2, 'tools/call', { name: 'hello', arguments: args }, headers as Record<string, string>);
    expect(response.status).toBe(status);
    if (status === 400) expect(outcome(response)).toEqual([400, -32020, 2]);
  });

  it('are checked against the arguments of a tool that no client has listed yet', async () => {
    const fresh = await serve({ command });
    expect(outcome(await call(2, 'hello', { where: 'here' }, {}, fresh))).toEqual([400, -32020, 2]);
  });

  it('are no matter for a notification, which is accepted', async () => {
    const { message } = hello();
    const notification = { jsonrpc: '2.0', method: 'notifications/own', params: message.params };
    const response = await readResponse(await post(served.url, notification, { 'mcp-protocol-version': '2026-07-28' }));
    expect([response.status, response.text]).toEqual([202, '']);
  });
});
