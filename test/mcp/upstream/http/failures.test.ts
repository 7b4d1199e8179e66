import { describe, expect, it } from 'vitest';
import { createDiagnoser } from '../../../../src/diagnosis/index.ts';
import type { Diagnosis } from '../../../../src/model/diagnosis.ts';
import { ScriptedHealer } from '../../relay/scripted-healer.ts';
import { type Answer, json } from './scripted-server.ts';
import { startBench, type UrlBench } from './upstream-bench.ts';

const diagnoser = createDiagnoser({ redact: (said) => said });

/** A bench whose healer tries nothing. */
const failing = async (answer: Answer, url?: string): Promise<UrlBench> => {
  const bench = await startBench({ healer: new ScriptedHealer(1), ...(url !== undefined && { upstreamUrl: url }) });
  bench.server.on.set('tools/call', answer);
  if (url === undefined) await bench.proxy.connect();
  return bench;
};

const diagnosisOf = async (bench: UrlBench): Promise<Diagnosis> => {
  await bench.proxy.call('pods');
  const { first } = bench.proxy.healer.healed[0] ?? {};
  if (first?.thrown !== true) throw new Error('nothing was thrown');
  return diagnoser.diagnose({ tool: 'pods', channel: 'exception', error: first.error });
};

describe('a call that fails over HTTP is diagnosed', () => {
  it.each<[status: number, headers: Record<string, string>, body: string, expected: Partial<Diagnosis>]>([
    [401, { 'www-authenticate': 'Bearer error="invalid_token"' }, '', { class: 'auth', situation: 'unauthenticated' }],
    [401, {}, '{"error":"invalid_token"}', { class: 'auth', situation: 'unauthenticated' }],
    [403, {}, '', { situation: 'rejected', fixes: [] }],
    [404, {}, '<html>', { situation: 'rejected' }],
    [429, { 'retry-after': '-3' }, 'slow down', { class: 'rate', retryAfterMs: null, unreadableRetryAfter: '-3' }],
    [
      429,
      {},
      '{"error":{"code":"rate_limited","retryAfterSeconds":2}}',
      { grade: 'proof', situation: 'rate_limited', retryAfterMs: 2_000 },
    ],
    [429, { 'retry-after': '7' }, 'slow down', { class: 'rate', situation: 'rate_limited', retryAfterMs: 7_000 }],
    [500, {}, 'boom', { class: 'server', situation: 'internal_error' }],
    [502, {}, '<html>', { situation: 'interrupted' }],
    [503, {}, '', { situation: 'interrupted' }],
    [503, { 'retry-after': '3' }, '', { situation: 'unavailable', retryAfterMs: 3_000 }],
    [504, {}, '', { situation: 'interrupted' }],
  ])('by its status %i, its headers %j and its body %j', async (status, headers, body, expected) => {
    const bench = await failing((_, response) => response.writeHead(status, headers).end(body));
    expect(await diagnosisOf(bench)).toMatchObject(expected);
  });

  it('as one that was never sent if nobody listens', async () => {
    const bench = await failing(() => {}, 'http://127.0.0.1:1/mcp');
    expect(await diagnosisOf(bench)).toMatchObject({ class: 'network', situation: 'not_sent', delivered: 'no' });
  });

  it('as one that may have been executed if the connection breaks', async () => {
    const bench = await failing((_, response) => response.destroy());
    expect(await diagnosisOf(bench)).toMatchObject({ class: 'network', situation: 'interrupted', delivered: 'maybe' });
  });

  it('as one that may have been executed if the response ends too early', async () => {
    const bench = await failing((_, response) =>
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: {"jsonrpc"'),
    );
    expect(await diagnosisOf(bench)).toMatchObject({ situation: 'interrupted', delivered: 'maybe' });
  });
});

describe('a failure that is not healed is reported to the client', () => {
  it('with the JSON-RPC error in its body, under the id of the request', async () => {
    const body = '{"jsonrpc":"2.0", "error":{"code":-32001,"message":"Unauthorized","data":[1.0]},"id":null}';
    const bench = await failing((_, response) => json(response, body, 401));
    await bench.proxy.call('pods');
    expect(bench.proxy.out).toContain(`${body.replace('"id":null', '"id":2')}\n`);
  });

  it('with its own message if there is none', async () => {
    const bench = await failing((_, response) => response.writeHead(503).end('down for\nmaintenance'));
    expect(await bench.proxy.call('pods')).toEqual({
      jsonrpc: '2.0',
      id: 2,
      error: {
        code: -32000,
        message: 'the MCP server responded with HTTP 503 Service Unavailable: down for\nmaintenance',
      },
    });
  });

  it('with the target of a redirect, but not its query', async () => {
    const location = 'https://mcp.example.com/mcp?key=dummy';
    const bench = await failing((_, response) => response.writeHead(308, { location }).end());
    const answer = JSON.stringify(await bench.proxy.call('pods'));
    expect(answer).toContain(
      'redirects to https://mcp.example.com/mcp, but it is another origin, which gets no token and no message; give that URL',
    );
    expect(answer).not.toContain('dummy');
  });

  it('if the response is a web page', async () => {
    const bench = await failing((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<h1>Welcome to the hotel</h1>'),
    );
    expect(await bench.proxy.call('pods')).toMatchObject({
      error: { message: expect.stringContaining('responded with HTTP 200 and text/html') },
    });
  });

  it('on stderr only, if it is of a notification', async () => {
    const bench = await startBench();
    bench.server.on.set('notifications/progress', (_, response) => response.writeHead(500).end());
    await bench.proxy.connect();
    bench.proxy.send({ jsonrpc: '2.0', method: 'notifications/progress', params: {} });
    await bench.proxy.until(() => bench.proxy.err.includes('did not reach'));
    expect(bench.proxy.err).toContain('notifications/progress did not reach the MCP server');
    expect(bench.proxy.messages).toHaveLength(1);
  });
});

describe('a read-only request that fails over HTTP', () => {
  it('is healed, although no tool is called', async () => {
    const { server, proxy } = await startBench();
    await proxy.connect();
    server.on.set('tools/list', (_, response) => response.writeHead(503, { 'retry-after': '0' }).end());
    proxy.healer.fix = async () => {
      server.on.delete('tools/list');
      return undefined;
    };
    expect(await proxy.request('tools/list')).toMatchObject({ id: 2, result: { tools: [] } });
    expect(proxy.healer.healed[0]?.tool).toBe('tools/list');
  });

  it('is healed, but other requests are not', async () => {
    const { server, proxy } = await startBench();
    await proxy.connect();
    server.on.set('tools/list', (_, response) => response.writeHead(401).end());
    proxy.healer.fix = () => new Promise(() => {});
    proxy.send({ jsonrpc: '2.0', id: 'l', method: 'tools/list' });
    expect(await proxy.text('pods')).toBe('pods');
  });
});
