import { describe, expect, it } from 'vitest';
import { Way, type WayName } from './ways.ts';

/** Only over HTTP can a request be rejected with a status. */
const httpWays: readonly WayName[] = ['HTTP to stdio', 'HTTP to HTTP'];

const list = { jsonrpc: '2.0', id: 'a', method: 'tools/list', params: {} };

describe.each(httpWays)('a request that is rejected, from %s,', (name) => {
  it.each<
    readonly [
      what: string,
      message: typeof list,
      headers: Record<string, string>,
      status: number,
      text: string,
      code: number,
    ]
  >([
    [
      'from a foreign page',
      list,
      { origin: 'https://evil.example', authorization: 'Bearer t' },
      403,
      'Forbidden',
      -32000,
    ],
    ['to a foreign name', list, { host: 'evil.example', authorization: 'Bearer t' }, 403, 'Forbidden', -32000],
    ['without the token', list, {}, 401, 'Unauthorized', -32000],
    [
      'that is too long',
      { ...list, params: { a: 'x'.repeat(4_096) } },
      { authorization: 'Bearer t' },
      413,
      'Payload Too Large',
      -32000,
    ],
  ])('%s', async (_what, message, headers, status, text, code) => {
    await using way = await Way.start(name, { token: 't', maxLineBytes: 2_048 });
    const response = await way.post(message, headers);
    expect(response.http).toMatchObject({
      status,
      statusText: text,
      headers: { 'content-type': 'application/json', ...(status === 401 && { 'www-authenticate': 'Bearer' }) },
    });
    expect(response.message).toEqual({ jsonrpc: '2.0', error: { code, message: expect.any(String) }, id: null });
  });

  it('of a session of another client', async () => {
    await using way = await Way.start(name);
    await way.connect({ authorization: 'Bearer x' });
    const { http, message } = await way.request({ method: 'tools/list', headers: { authorization: 'Bearer y' } });
    expect(http).toMatchObject({ status: 404, statusText: 'Not Found' });
    expect(message).toEqual({ jsonrpc: '2.0', error: { code: -32001, message: 'Session not found' }, id: null });
  });
});
