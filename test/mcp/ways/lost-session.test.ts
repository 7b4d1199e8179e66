import { describe, expect, it } from 'vitest';
import { type Answer, event, json } from '../upstream/http/scripted-server.ts';
import { Way, type WayName } from './ways.ts';

/** Only a server over HTTP can lose a session. */
const httpWays: readonly WayName[] = ['stdio to HTTP', 'HTTP to HTTP'];

const error = (id: unknown, message: string) => ({ jsonrpc: '2.0', id, error: { code: -32001, message } });

describe.each(httpWays)('a response that may mean a lost session, from %s,', (name) => {
  it.each<readonly [what: string, status: number, body: (id: unknown) => unknown, isLost: boolean]>([
    ['404 without a body', 404, () => '', true],
    ['404 with an error for no request', 404, () => error(null, 'Session not found'), true],
    ['404 with the response to the request', 404, (id) => error(id, 'Session not found'), true],
    ['404 with another response to the request', 404, (id) => error(id, 'browser session not found'), false],
    [
      '400 with an error for no request that names a session',
      400,
      () => error(null, 'Bad Request: No valid session ID provided'),
      true,
    ],
    ['400 with a text that names a session', 400, () => 'unknown session', true],
    ['400 with an error for no request that names none', 400, () => error(null, 'Bad Request'), false],
    ['400 with the response to the request', 400, (id) => error(id, 'no such session'), true],
    ['200 with the response to the request', 200, (id) => error(id, 'Session not found'), true],
    ['401 that names a session', 401, () => ({ error: 'Session expired' }), true],
    ['503 that names the session of the protocol', 503, () => error(null, 'unknown Mcp-Session-Id'), true],
    ['410 with a text', 410, () => 'session gone', true],
    ['500 with another text', 500, () => 'session failed', false],
    ['403 that names a session', 403, () => error(null, 'session'), false],
  ])('%s', async (_what, status, body, isLost) => {
    await using way = await Way.start(name);
    await way.connect();
    const refuse: Answer = (request, response) => {
      if (request.headers['mcp-session-id'] === 'session-2') return way.http.usual(request, response);
      json(response, body(request.body.id), status);
    };
    for (const method of ['tools/list', 'ping']) way.http.on.set(method, refuse);
    if (way.healer !== undefined) way.healer.attempts = 1;
    await way.request({ method: 'tools/list' });
    expect(way.received('initialize')).toHaveLength(isLost ? 2 : 1);
  });

  const forms = [
    ['500', -32_603],
    ['400', -32_001],
    ['200', -32_603],
    ['200', -32_600],
    ['200', -32_001],
    ['stream', -32_603],
    ['stream', -32_600],
    ['stream', -32_001],
  ] as const;
  type Form = readonly [form: (typeof forms)[number][0], code: number];

  const refusal =
    ([form, code]: Form, before?: object): Answer =>
    ({ body }, response) => {
      const refused = { jsonrpc: '2.0', id: body.id, error: { code, message: 'Session not found' } };
      if (form !== 'stream') return json(response, refused, Number(form));
      // As servers with an event store begin; the stream stays open.
      event(response, '', { id: '0', retry: 5 });
      if (before !== undefined) event(response, before);
      event(response, refused);
    };

  /** Calls a tool at a server whose first session refuses calls, and pings too if it is given how. */
  const callAt = async (way: Way, call: Answer, ping: Answer | undefined, method = 'tools/call') => {
    await way.connect();
    if (way.healer !== undefined) way.healer.attempts = 2;
    if (way.healer !== undefined) way.healer.mayRetry = () => false;
    const inFirst =
      (answer: Answer): Answer =>
      (request, response) =>
        request.headers['mcp-session-id'] === 'session-2'
          ? way.http.usual(request, response)
          : answer(request, response);
    way.http.on.set(method, inFirst(call));
    if (ping !== undefined) way.http.on.set('ping', inFirst(ping));
    const { message } = await way.request({ method, params: { name: 'destroy', arguments: {} } });
    return { message, sessions: way.received('initialize').length, calls: way.received(method).length };
  };

  it.each(forms)('an error under the id of the call that a ping gets too: %s %i', async (...form) => {
    await using way = await Way.start(name);
    const { message, ...counts } = await callAt(way, refusal(form), refusal(form));
    expect(counts).toEqual({ sessions: 2, calls: 2 });
    expect(message).toMatchObject({ result: { content: [{ text: 'destroy' }] } });
  });

  it.each(forms)('an error that a tool may have chosen, at a server that knows the session: %s %i', async (...form) => {
    await using way = await Way.start(name);
    const { message, ...counts } = await callAt(way, refusal(form), undefined);
    expect(counts).toEqual({ sessions: 1, calls: 1 });
    expect(message).toMatchObject({ error: { code: form[1], message: 'Session not found' } });
  });

  it.each(forms)('such an error at a server that refuses a ping in other words: %s %i', async (...form) => {
    await using way = await Way.start(name);
    const other: Answer = (_, response) => json(response, error(null, 'Session not found'), 404);
    const { message, ...counts } = await callAt(way, refusal(form), other);
    expect(counts).toEqual({ sessions: 1, calls: 1 });
    expect(message).toMatchObject({ error: { message: 'Session not found' } });
  });

  it('such an error on a stream after other messages of the call', async () => {
    await using way = await Way.start(name);
    const form = ['stream', -32_001] as const;
    const working = { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'stored' } };
    const { message, ...counts } = await callAt(way, refusal(form, working), refusal(form));
    expect(counts).toEqual({ sessions: 1, calls: 1 });
    expect(message).toMatchObject({ error: { code: -32_001 } });
  });

  it('such an error on the stream of a retry', async () => {
    await using way = await Way.start(name);
    await way.connect();
    if (way.healer !== undefined) way.healer.attempts = 3;
    const refuse = refusal(['stream', -32_001]);
    way.http.on.set('tools/call', (request, response) => {
      if (request.headers['mcp-session-id'] === 'session-2') return way.http.usual(request, response);
      if (way.received('tools/call').length > 1) return refuse(request, response);
      json(response, { jsonrpc: '2.0', id: request.body.id, result: { isError: true, content: [] } });
    });
    way.http.on.set('ping', refuse);
    const { message } = await way.call('read');
    expect(message).toMatchObject({ result: { content: [{ text: 'read' }] } });
    expect([way.received('initialize').length, way.received('tools/call').length]).toEqual([2, 3]);
  });

  it('such an error on the stream of another request', async () => {
    await using way = await Way.start(name);
    const form = ['stream', -32_001] as const;
    const { message, ...counts } = await callAt(way, refusal(form), refusal(form), 'tools/list');
    expect(counts).toEqual({ sessions: 2, calls: 2 });
    expect(message).toMatchObject({ result: { tools: [] } });
  });

  it('a result that says so', async () => {
    await using way = await Way.start(name);
    await way.connect();
    way.results.set('tools/call', () => ({ isError: true, content: [{ type: 'text', text: 'Session not found' }] }));
    await way.call('destroy');
    expect(way.received('initialize')).toHaveLength(1);
  });

  it('404 to a request without a session', async () => {
    await using way = await Way.start(name);
    let isFirst = true;
    way.http.on.set('tools/list', (request, response) => {
      if (!isFirst) return way.http.usual(request, response);
      isFirst = false;
      json(response, '', 404);
    });
    await way.request({ method: 'tools/list', generation: 'stateless' });
    expect(way.received('initialize')).toHaveLength(0);
  });
});
