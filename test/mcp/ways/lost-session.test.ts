import { describe, expect, it } from 'vitest';
import { type Answer, json } from '../upstream/http/scripted-server.ts';
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
    let isFirst = true;
    way.http.on.set('tools/list', (request, response) => {
      if (!isFirst) return way.http.usual(request, response);
      isFirst = false;
      json(response, body(request.body.id), status);
    });
    await way.request({ method: 'tools/list' });
    expect(way.received('initialize')).toHaveLength(isLost ? 2 : 1);
  });

  it.each([true, false])(
    'an error that a tool may have chosen, at a server that knows the session: %s',
    async (knows) => {
      await using way = await Way.start(name);
      await way.connect();
      const refuse: Answer = (request, response) => {
        if (request.headers['mcp-session-id'] === 'session-2') return way.http.usual(request, response);
        json(
          response,
          { ...error(request.body.id, 'Session not found'), error: { code: -32603, message: 'Session not found' } },
          500,
        );
      };
      way.http.on.set('tools/call', refuse);
      if (!knows) way.http.on.set('ping', refuse);
      else if (way.healer !== undefined) way.healer.attempts = 1;
      const { message } = await way.call('destroy');
      expect(way.received('initialize')).toHaveLength(knows ? 1 : 2);
      expect(way.received('tools/call')).toHaveLength(knows ? 1 : 2);
      expect(message).toMatchObject(knows ? { error: { message: 'Session not found' } } : { result: {} });
    },
  );

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
