import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configSchema } from '../../../src/config/schema.ts';
import {
  callOf,
  ExchangeBench,
  fine,
  json,
  type Met,
  type Received,
  ScriptedServer,
  sendTo,
  until,
} from './passthrough-bench.ts';

let server: ScriptedServer;
let bench: ExchangeBench;

beforeEach(async () => {
  server = await new ScriptedServer().start();
  bench = await new ExchangeBench().start(server.url);
});

afterEach(async () => {
  await bench[Symbol.asyncDispose]();
  await server.stop();
});

/** Headers without those of the one connection, and of the moment. */
const lasting = ({ raw }: Pick<Met, 'raw'>): [string, string][] =>
  raw
    .flatMap((name, index): [string, string][] => (index % 2 === 0 ? [[name, raw[index + 1] ?? '']] : []))
    .filter(([name]) => !/^(?:connection|keep-alive|transfer-encoding|content-length|date|host)$/i.test(name))
    .sort(([one], [other]) => (one < other ? -1 : 1));

/** Sends the same directly and through the proxy, and compares what the client and what the server gets. */
const same = async (sent: Parameters<typeof sendTo>[1]): Promise<Met> => {
  const direct = await sendTo(server.url, sent);
  const through = await bench.send(sent);
  const [one, other] = server.received.splice(0) as [Received, Received];
  expect(through.body.equals(direct.body)).toBe(true);
  expect([through.status, through.statusText, lasting(through)]).toEqual([
    direct.status,
    direct.statusText,
    lasting(direct),
  ]);
  expect(other.body.equals(one.body)).toBe(true);
  expect([other.request.method, other.request.url]).toEqual([one.request.method, one.request.url]);
  expect(lasting({ raw: other.request.rawHeaders })).toEqual(lasting({ raw: one.request.rawHeaders }));
  return through;
};

describe('a request and its response', () => {
  it.each([
    ['a big integer as id', callOf(0, 'a').replace('"id":0', '"id":123456789012345678901234567890')],
    ['id null', '{"jsonrpc":"2.0","id":null,"method":"tools/call","params":{"name":"a"}}'],
    [
      'an odd notation',
      ' { "params":{"name":"a","x":1.0,"x":2},"method":"tools\\/call", "id" : "\\u0061" ,"jsonrpc":"2.0"}\r\n',
    ],
    ['a batch', `[${callOf(1, 'a')}, ${callOf(2, 'b')} ]`],
    ['an unknown method', '{"jsonrpc":"2.0","id":1,"method":"vendor/unknown","params":{"ü":"€😀"},"extra":[]}'],
    ['a response to a request of the server', '{"jsonrpc":"2.0","id":7,"result":{"roots":[]}}'],
    ['noise', 'the body is not valid JSON'],
    ['nothing', ''],
  ])('are the same as directly, byte for byte: %s', async (_, body) => {
    server.respond = ({ response }) => {
      response.writeHead(
        207,
        'Strange But True',
        [
          ['X-Odd', 'a'],
          ['x-odd', 'b'],
          ['Set-Cookie', 'one=1'],
          ['Set-Cookie', 'two=2'],
          ['Content-Type', 'application/json; charset=utf-8'],
        ].flat(),
      );
      response.end('{ "jsonrpc":"2.0",\t"id":123456789012345678901234567890,"result":{"a":1.0} }\n');
    };
    await same({
      body,
      headers: {
        'Mcp-Protocol-Version': '2025-11-25',
        'Mcp-Method': 'tools/call',
        'Mcp-Name': 'a',
        'Mcp-Param-Region': 'eu',
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        'X-Own': ['one', 'two'],
        Authorization: 'Bearer dummy',
      },
    });
  });

  it.each(['GET', 'DELETE', 'OPTIONS', 'PUT', 'PROPFIND'])('pass whatever the method: %s', async (method) => {
    server.respond = ({ response }) => response.writeHead(405, { Allow: 'POST' }).end('no');
    await same({ method, headers: { 'Last-Event-ID': 'a/1', 'Mcp-Session-Id': 'session-1' } });
  });

  it('drop what concerns one connection alone, and keep a HEAD without a body', async () => {
    server.respond = ({ response }) =>
      response.writeHead(200, { 'Content-Length': 5, 'Content-Type': 'text/plain' }).end();
    const head = await bench.send({
      method: 'HEAD',
      headers: { Connection: 'close, X-Hop', 'X-Hop': '1', TE: 'trailers' },
    });
    expect([head.headers['content-length'], head.body.length]).toEqual(['5', 0]);
    expect(server.received[0]?.request.headers).not.toHaveProperty('x-hop');
    expect(server.received[0]?.request.headers).not.toHaveProperty('te');
  });

  it('may be longer than 10 MB in both ways', async () => {
    const text = randomBytes(5_300_000).toString('hex');
    server.respond = (asked) => json(asked, fine(1, text));
    const through = await bench.send({ body: callOf(1, 'big', { arguments: { text } }) });
    expect(through.body.toString()).toBe(JSON.stringify(fine(1, text)));
    expect(server.received[0]?.body.length).toBeGreaterThan(10_485_760);
  });

  it('pass packed where nothing is looked at, and are asked for unpacked where something is', async () => {
    const packed = gzipSync('{"jsonrpc":"2.0","id":1,"result":{}}');
    server.respond = ({ response }) =>
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }).end(packed);
    const through = await bench.send({ body: callOf(1, 'a'), headers: { 'Accept-Encoding': 'gzip, br' } });
    expect(through.body.equals(packed)).toBe(true);
    expect(server.received[0]?.request.headers['accept-encoding']).toBe('identity');
    await bench.send({ method: 'GET', path: '/elsewhere', headers: { 'Accept-Encoding': 'gzip, br' } });
    expect(server.received[1]?.request.headers['accept-encoding']).toBe('gzip, br');
  });

  it('break off where the server breaks off, with what had come before', async () => {
    server.respond = ({ response }) => {
      response.writeHead(200, { 'Content-Type': 'text/plain' }).write('half', () => response.destroy());
    };
    await expect(bench.send({ body: '{"jsonrpc":"2.0","id":1,"method":"vendor/x"}' })).rejects.toThrow('aborted');
  });
});

describe('a stream of events', () => {
  const block = (text: string): string => `event: message\r\nid: 1/${text.length}\r\ndata: ${text}\r\n\r\n`;

  it('passes block by block, as it comes, comments and retries included', async () => {
    const pieces = [
      ': hello\n\n',
      'retry: 3000\nid: 0\ndata:\n\n',
      block('{"jsonrpc":"2.0","method":"notifications/message","params":{"data":"ü"}}'),
      'data: {"jsonrpc":"2.0",\ndata: "id":1,"result":{"content":[]}}\n\n',
      'data: not ended',
    ];
    server.respond = ({ response }) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
      for (const piece of pieces) response.write(piece);
      response.end();
    };
    const through = await same({ body: callOf(1, 'a') });
    expect(through.body.toString()).toBe(pieces.join(''));
    expect(bench.healer.healthy).toEqual(['a']);
  });

  it('is held back by a client that reads slowly, so that nothing piles up in the proxy', async () => {
    const text = 'x'.repeat(100_000);
    let isHeld = false;
    let written = 0;
    server.respond = ({ response }) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      const write = (): void => {
        while (written < 250) {
          written += 1;
          if (
            !response.write(`data: {"jsonrpc":"2.0","method":"notifications/message","params":{"data":"${text}"}}\n\n`)
          ) {
            isHeld = true;
            response.once('drain', write);
            return;
          }
        }
        response.end(`data: ${JSON.stringify(fine(1))}\n\n`);
      };
      write();
    };
    const length = await new Promise<number>((resolve, reject) => {
      const sent = request(bench.url, {
        method: 'POST',
        agent: false,
        headers: { 'Content-Type': 'application/json' },
      });
      sent.on('error', reject);
      sent.on('response', (response) => {
        response.pause();
        let at = 0;
        let still = 0;
        // The server has stopped writing once its count stands still over many turns.
        const look = (): void => {
          still = written === at ? still + 1 : 0;
          at = written;
          if (still < 200) setImmediate(look);
          else {
            expect([isHeld, written < 200]).toEqual([true, true]);
            let count = 0;
            response.on('data', (piece: Buffer) => {
              count += piece.length;
            });
            response.on('end', () => resolve(count));
            response.resume();
          }
        };
        look();
      });
      sent.end(callOf(1, 'a'));
    });
    expect(length).toBeGreaterThan(25_000_000);
  });

  it('that is longer than the cap passes all the same, unhealed', async () => {
    await bench[Symbol.asyncDispose]();
    const { proxy, deadlineMs } = configSchema.parse({});
    bench = await new ExchangeBench().start(server.url, { limits: { ...proxy, deadlineMs, maxLineBytes: 10_000 } });
    const body = `data: ${JSON.stringify({ ...fine(1, 'x'.repeat(50_000)), error: 1 })}\n\n`;
    server.respond = ({ response }) => response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end(body);
    expect((await bench.send({ body: callOf(1, 'a') })).body.toString()).toBe(body);
    server.respond = (asked) => json(asked, { ...fine(1, 'x'.repeat(50_000)), error: 1 }, 503);
    expect((await bench.send({ body: callOf(1, 'a') })).body.length).toBeGreaterThan(50_000);
    expect(bench.healer.healed).toEqual([]);
  });

  it('ends at the server when its client goes away', async () => {
    let isGone = false;
    server.respond = ({ response }) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(': hello\n\n');
      response.on('close', () => {
        isGone = true;
      });
    };
    const control = new AbortController();
    const sent = bench.send({ body: callOf(1, 'a'), signal: control.signal });
    await until(() => server.received.length === 1);
    control.abort();
    await expect(sent).rejects.toThrow();
    await until(() => isGone);
    expect(bench.healer.healed).toEqual([]);
  });
});

describe('who gets in', () => {
  it.each([
    [{ Host: 'evil.example' }, 403],
    [{ Host: 'localhost:80@evil.example' }, 403],
    [{ Origin: 'https://evil.example' }, 403],
    [{ Origin: 'null' }, 403],
    [{ Origin: 'http://localhost:6274' }, 200],
    [{ Host: 'localhost' }, 200],
  ])('%j gets a %i', async (headers, status) => {
    server.respond = (asked) => json(asked, fine(1));
    const met = await bench.send({ body: callOf(1, 'a'), headers: headers as Record<string, string> });
    expect([met.status, server.received.length]).toEqual([status, status === 200 ? 1 : 0]);
  });

  it('has to bring the token where there is one, which the server never sees', async () => {
    await bench[Symbol.asyncDispose]();
    bench = await new ExchangeBench().start(server.url, { token: 'dummy-token' });
    server.respond = (asked) => json(asked, fine(1));
    const refused = await bench.send({ body: callOf(1, 'a') });
    expect([refused.status, refused.headers['www-authenticate'], server.received.length]).toEqual([401, 'Bearer', 0]);
    const met = await bench.send({ body: callOf(1, 'a'), headers: { Authorization: 'Bearer dummy-token' } });
    expect(met.status).toBe(200);
    expect(server.received[0]?.request.headers).not.toHaveProperty('authorization');
  });

  it('sends no more than the cap: a longer body is refused with a 413, with or without a Content-Length', async () => {
    await bench[Symbol.asyncDispose]();
    const { proxy, deadlineMs } = configSchema.parse({});
    bench = await new ExchangeBench().start(server.url, { limits: { ...proxy, deadlineMs, maxLineBytes: 2_000 } });
    const declared = await bench.send({ body: 'x'.repeat(2_001) });
    expect([declared.status, declared.body.toString()]).toEqual([413, expect.stringContaining('proxy.maxLineBytes')]);
    const chunked = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request(bench.url, { method: 'POST', agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.on('error', reject);
      sent.write('x'.repeat(1_500));
      sent.end('x'.repeat(1_500));
    });
    expect([chunked, server.received.length]).toEqual([413, 0]);
  });
});

describe('the end of a proxy', () => {
  it('lets an open call get its response, ends streams, and accepts no more requests', async () => {
    const asked: Received[] = [];
    server.respond = (one) => {
      asked.push(one);
      if (one.request.method === 'GET')
        one.response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(': hello\n\n');
    };
    const call = bench.send({ body: callOf(1, 'a') });
    const stream = bench.send({ method: 'GET' });
    await until(() => asked.length === 2);
    const ended = bench.end();
    expect((await stream).status).toBe(200);
    await expect(bench.send({ body: callOf(2, 'b') })).rejects.toThrow();
    const [first] = asked.filter(({ json: { id } }) => id === 1);
    if (first !== undefined) json(first, fine(1));
    expect((await call).body.toString()).toBe(JSON.stringify(fine(1)));
    expect(await ended).toBe(0);
    expect(bench.healer.closed).toBe(true);
  });

  it('responds with a 502 if the server does not respond, and names the code of its error', async () => {
    await server.stop();
    const met = await bench.send({ body: '{"jsonrpc":"2.0","id":"a","method":"vendor/x"}' });
    expect(met.status).toBe(502);
    expect(JSON.parse(met.body.toString())).toMatchObject({
      id: 'a',
      error: { message: expect.stringContaining('ECONNREFUSED') },
    });
  });
});
