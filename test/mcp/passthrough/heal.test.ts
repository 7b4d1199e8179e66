import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configSchema } from '../../../src/config/schema.ts';
import { hasBegun } from '../../../src/model/begun.ts';
import { succeeded } from '../relay/scripted-healer.ts';
import {
  callOf,
  ExchangeBench,
  failed,
  fine,
  json,
  type Received,
  ScriptedServer,
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

const limits = () => {
  const { proxy, deadlineMs } = configSchema.parse({});
  return { ...proxy, deadlineMs, drainMs: 500 };
};

/** Responds to the calls of a tool in turn; the last response stays. All else gets a list of no tools. */
const inTurn = (...responses: ((asked: Received) => void)[]): void => {
  let turn = 0;
  server.respond = (asked) => {
    if (asked.json.method !== 'tools/call') {
      json(asked, { jsonrpc: '2.0', id: asked.json.id, result: { tools: [] } });
      return;
    }
    responses[Math.min(turn, responses.length - 1)]?.(asked);
    turn += 1;
  };
};

const calls = (): Received[] => server.received.filter(({ json: { method } }) => method === 'tools/call');

const events = ({ response }: Received, ...pieces: string[]): void => {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'X-Stream': 'server' });
  for (const piece of pieces) response.write(piece);
  response.end();
};
const event = (value: unknown): string => `event: message\ndata: ${JSON.stringify(value)}\n\n`;
const progress = (token: unknown, value: number): string =>
  event({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: token, progress: value } });
const dataOf = (body: Buffer): { [key: string]: never }[] =>
  body
    .toString()
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice(6)));
const tokenOf = ({ json: { params } }: Received): unknown =>
  (params?._meta as { progressToken?: unknown } | undefined)?.progressToken;

describe('the failure of a call', () => {
  const asks = (method: string): string => event({ jsonrpc: '2.0', id: 'q', method, params: {} });

  it.each([
    ['is marked after progress', [progress('t', 1)], true],
    ['is marked after a question to the model', [asks('sampling/createMessage')], true],
    ['is not marked without either', [asks('ping')], false],
  ] as const)('%s', async (_, before, isMarked) => {
    inTurn(
      (asked) => events(asked, ...before, event(failed(asked.json.id))),
      (asked) => json(asked, fine(asked.json.id)),
    );
    await bench.send({ body: callOf(1, 'a', { _meta: { progressToken: 't' } }) });
    const first = bench.healer.healed[0]?.first;
    expect(first?.thrown === false && hasBegun(first.value)).toBe(isMarked);
  });

  const logged = (level: string): string =>
    event({ jsonrpc: '2.0', method: 'notifications/message', params: { level, data: 'order 12 placed' } });

  it.each([
    ['is marked after a log message', logged('info'), true],
    ['is not marked after the log message of a failure', logged('error'), false],
    ['is marked after its progress', progress('t', 1), true],
    ['is not marked after the progress of another call', progress('other', 1), false],
    ['is marked after a question to the person', asks('elicitation/create'), true],
    ['is not marked after a ping', asks('ping'), false],
  ])('%s on the stream on which the client listens', async (_, block, isMarked) => {
    const headers = { 'Mcp-Session-Id': 's', 'Mcp-Protocol-Version': '2025-11-25' };
    let say = (): void => {};
    let fail = (): void => {};
    inTurn(
      (asked) => {
        fail = () => json(asked, failed(asked.json.id));
      },
      (asked) => json(asked, fine(asked.json.id)),
    );
    const { respond } = server;
    server.respond = (asked) => {
      if (asked.request.method !== 'GET') return respond(asked);
      asked.response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
      say = () => void asked.response.end(block);
    };
    const listening = bench.send({ method: 'GET', headers });
    await until(() => server.received.some(({ request }) => request.method === 'GET'));
    const call = bench.send({ body: callOf(1, 'a', { _meta: { progressToken: 't' } }), headers });
    await until(() => calls().length === 1);
    say();
    expect((await listening).body.toString()).toContain(block.trim());
    fail();
    await call;
    const first = bench.healer.healed[0]?.first;
    expect(first?.thrown === false && hasBegun(first.value)).toBe(isMarked);
  });
});

describe('a failed call', () => {
  it.each([
    ['an error result', (asked: Received) => json(asked, failed(asked.json.id))],
    [
      'a JSON-RPC error',
      (asked: Received) => json(asked, { jsonrpc: '2.0', id: asked.json.id, error: { code: -32_000, message: 'no' } }),
    ],
    [
      'a status with a text',
      (asked: Received) => void asked.response.writeHead(503, { 'Retry-After': '1' }).end('busy'),
    ],
    ['an event', (asked: Received) => events(asked, event(failed(asked.json.id)))],
    ['a connection that breaks', (asked: Received) => void asked.response.destroy()],
    ['a stream that ends before the response', (asked: Received) => events(asked, ': hello\n\n')],
    [
      'a body that breaks off',
      (asked: Received) =>
        void asked.response
          .writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 100 })
          .write('{"js', () => asked.response.destroy()),
    ],
  ])('is healed by one more request under an id of its own: %s', async (_, fails) => {
    inTurn(fails, (asked) => json(asked, fine(asked.json.id, 'repaired')));
    bench.healer.fix = async () => succeeded();
    const met = await bench.send({ body: callOf(123, 'a', { arguments: { n: 1 } }) });
    const response = dataOf(met.body)[0] ?? JSON.parse(met.body.toString());
    expect(met.status).toBe(200);
    expect(response).toMatchObject({
      id: 123,
      result: { content: [{ text: 'repaired' }], _meta: { 'healflow/run': { outcome: 'healed', attempts: 2 } } },
    });
    const [first, second] = calls();
    expect(first?.json).toEqual(JSON.parse(callOf(123, 'a', { arguments: { n: 1 } })));
    expect(second?.json.id).toMatch(/^healflow-/);
    expect(second?.json.params).toEqual({ name: 'a', arguments: { n: 1 } });
    expect(bench.err).toContain('healflow: a healed by kube_login (2 attempts, 1.2 s)\n');
  });

  it('is reported to the diagnosis with its status, headers and body, or with the code of the connection', async () => {
    bench.healer.attempts = 1;
    inTurn((asked) => void asked.response.writeHead(429, { 'Retry-After': '7' }).end('{"error":"slow"}'));
    await bench.send({ body: callOf(1, 'a') });
    inTurn((asked) => void asked.response.destroy());
    await bench.send({ body: callOf(2, 'a') });
    await server.stop();
    await bench.send({ body: callOf(3, 'a') });
    expect(bench.healer.healed.map(({ first }) => first)).toMatchObject([
      { thrown: true, error: { status: 429, headers: { 'retry-after': '7' }, body: '{"error":"slow"}' } },
      { thrown: true, error: { code: 'ECONNRESET' } },
      { thrown: true, error: { code: 'ECONNREFUSED', syscall: 'connect' } },
    ]);
  });

  it('that cannot be healed is returned exactly: status, headers and bytes', async () => {
    bench.healer.attempts = 1;
    const body = '{ "error" : "no such thing", "id":null }\n';
    inTurn(({ response }) =>
      response
        .writeHead(418, 'I am', ['WWW-Authenticate', 'Basic', 'X-Odd', '1', 'X-Odd', '2', 'Content-Type', 'text/odd'])
        .end(body),
    );
    const met = await bench.send({ body: callOf(1, 'a') });
    expect([met.status, met.statusText, met.body.toString()]).toEqual([418, 'I am', body]);
    expect(met.headers).toMatchObject({ 'www-authenticate': 'Basic', 'x-odd': '1, 2', 'content-type': 'text/odd' });

    const result = ' {"id":1 , "jsonrpc":"2.0","result":{"isError":true,"content":[],"n":1.0} }';
    inTurn(({ response }) => response.writeHead(200, { 'Content-Type': 'application/json' }).end(result));
    expect((await bench.send({ body: callOf(1, 'a') })).body.toString()).toBe(result);

    const block = `id: 7\nevent:message\ndata:${result}\n\n`;
    inTurn((asked) => events(asked, ': hello\n\n', block));
    expect((await bench.send({ body: callOf(1, 'a') })).body.toString()).toBe(`: hello\n\n${block}`);
  });

  it('gets the last failure of its own where the retries fail too, under the id of the client', async () => {
    bench.healer.attempts = 3;
    inTurn(
      (asked) => json(asked, failed(asked.json.id, 'first')),
      (asked) =>
        json(asked, { jsonrpc: '2.0', id: asked.json.id, error: { code: -32_603, message: 'last' } }, 500, {
          'X-Last': '1',
        }),
    );
    const met = await bench.send({ body: callOf('mine', 'a') });
    expect([met.status, met.headers['x-last']]).toEqual([500, '1']);
    expect(JSON.parse(met.body.toString())).toEqual({
      jsonrpc: '2.0',
      id: 'mine',
      error: { code: -32_603, message: 'last' },
    });
  });

  it('whose stream had begun gets the status of a last failure as a JSON-RPC error', async () => {
    inTurn(
      (asked) => events(asked, ': hello\n\n', event(failed(asked.json.id))),
      ({ response }) => void response.writeHead(503).end('busy'),
    );
    const met = await bench.send({ body: callOf(1, 'a') });
    expect(dataOf(met.body)).toEqual([
      {
        jsonrpc: '2.0',
        id: 1,
        error: { code: -32_000, message: 'the MCP server responded with HTTP 503 Service Unavailable' },
      },
    ]);
  });

  it('passes untouched where it asks for input, or names a task', async () => {
    for (const result of [
      { resultType: 'input_required', inputRequests: {} },
      { task: { taskId: '1', status: 'working' } },
    ]) {
      inTurn((asked) => json(asked, { jsonrpc: '2.0', id: 1, result }));
      expect(JSON.parse((await bench.send({ body: callOf(1, 'a') })).body.toString()).result).toEqual(result);
    }
    expect([bench.healer.healed, bench.healer.healthy]).toEqual([[], []]);
  });

  it('uses the annotations of a list that passed as JSON or events, or requests the list itself', async () => {
    const list = (id: unknown) => ({
      jsonrpc: '2.0',
      id,
      result: { tools: [{ name: 'a', annotations: { readOnlyHint: true } }] },
    });
    server.respond = (asked) => {
      if (asked.json.method === 'tools/list') events(asked, event(list(asked.json.id)));
      else json(asked, failed(asked.json.id));
    };
    await bench.send({ body: callOf(1, 'a'), headers: { Authorization: 'Bearer dummy' } });
    expect(server.methods).toEqual(['tools/call', 'tools/list', 'tools/call']);
    expect(server.received[1]?.request.headers.authorization).toBe('Bearer dummy');
    await bench.send({ body: callOf(2, 'a'), headers: { Authorization: 'Bearer dummy' } });
    expect(server.methods.filter((method) => method === 'tools/list')).toHaveLength(1);
    expect(bench.healer.healed.map(({ options }) => options.annotations)).toEqual([
      { readOnlyHint: true },
      { readOnlyHint: true },
    ]);
  });

  it('of many clients at once, with equal ids, brings each client its own response', async () => {
    server.respond = (asked) => {
      const { id, params } = asked.json;
      if (asked.json.method === 'tools/list') json(asked, { jsonrpc: '2.0', id, result: { tools: [] } });
      else json(asked, typeof id === 'number' ? failed(id) : fine(id, JSON.stringify(params?.arguments)));
    };
    const all = await Promise.all(
      Array.from({ length: 40 }, (_, n) => bench.send({ body: callOf(1, 'a', { arguments: { n } }) })),
    );
    expect(all.map(({ body }) => JSON.parse(body.toString()).result.content[0].text)).toEqual(
      Array.from({ length: 40 }, (_, n) => `{"n":${n}}`),
    );
  });

  it('that takes too long is taken back from the server and healed as timed out', async () => {
    await bench[Symbol.asyncDispose]();
    bench = await new ExchangeBench().start(server.url, { limits: { ...limits(), attemptTimeoutMs: 50 } });
    const cancels: Received[] = [];
    let isGone = false;
    inTurn(
      ({ response }) => {
        response.on('close', () => {
          isGone = true;
        });
      },
      (asked) => json(asked, fine(asked.json.id)),
    );
    const { respond } = server;
    server.respond = (asked) => {
      if (asked.json.method !== 'notifications/cancelled') return respond(asked);
      cancels.push(asked);
      asked.response.writeHead(202).end();
    };
    const met = await bench.send({ body: callOf(1, 'a') });
    expect(JSON.parse(met.body.toString())).toMatchObject({ id: 1, result: { content: [{ text: 'fine' }] } });
    expect(bench.healer.healed[0]?.first).toMatchObject({ error: { code: 'ATTEMPT_TIMEOUT' } });
    await until(() => isGone && cancels.length === 1);
    expect(cancels[0]?.json.params).toMatchObject({ requestId: 1 });
  });
});

describe('progress', () => {
  const asking = callOf(1, 'a', { _meta: { progressToken: 'mine' } });

  it('goes on over the attempts and only grows, under the token of the client', async () => {
    inTurn(
      (asked) => events(asked, progress('mine', 5), progress('mine', 10), event(failed(asked.json.id))),
      (asked) =>
        events(asked, `id: 9\n${progress(tokenOf(asked), 1)}`, progress(tokenOf(asked), 2), event(fine(asked.json.id))),
    );
    const met = await bench.send({ body: asking });
    const [one, two, three, four, last] = dataOf(met.body) as { params?: object; id?: number }[];
    expect([one, two, three, four].map((notification) => notification?.params)).toEqual([
      { progressToken: 'mine', progress: 5 },
      { progressToken: 'mine', progress: 10 },
      { progressToken: 'mine', progress: 11 },
      { progressToken: 'mine', progress: 12 },
    ]);
    expect(last?.id).toBe(1);
    expect(met.headers['x-stream']).toBe('server');
    // Ids of another stream would lead a client astray that comes back.
    expect(met.body.toString()).not.toContain('id: 9');
    expect(calls()[1] && tokenOf(calls()[1] as Received)).toMatch(/^healflow-/);
  });

  it('is reported while a fix runs, if the client accepts events; the response is then a stream', async () => {
    await bench[Symbol.asyncDispose]();
    bench = await new ExchangeBench().start(server.url, { limits: { ...limits(), progressEveryMs: 5 } });
    inTurn(
      (asked) => json(asked, failed(asked.json.id), 200),
      (asked) => json(asked, fine(asked.json.id)),
    );
    bench.healer.fix = async () => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      return succeeded();
    };
    const met = await bench.send({ body: asking });
    const received = dataOf(met.body) as {
      method?: string;
      params?: { message: string; progress: number };
      id?: number;
    }[];
    expect(met.headers['content-type']).toBe('text/event-stream');
    expect(received.length).toBeGreaterThan(2);
    expect(received[0]?.params?.message).toBe('healflow: healing a…');
    const values = received.slice(0, -1).map(({ params }) => params?.progress ?? 0);
    expect(values).toEqual([...new Set(values)].sort((one, other) => one - other));
    expect(received.at(-1)).toMatchObject({ id: 1, result: { content: [{ text: 'fine' }] } });

    inTurn(
      (asked) => json(asked, failed(asked.json.id), 200),
      (asked) => json(asked, fine(asked.json.id)),
    );
    const plain = await bench.send({ body: asking, headers: { Accept: 'application/json' } });
    expect(plain.headers['content-type']).toBe('application/json');
    expect(JSON.parse(plain.body.toString())).toMatchObject({ id: 1, result: { content: [{ text: 'fine' }] } });
  });

  it('and requests of the server within a retry reach the client, whatever the first response was', async () => {
    const question = { jsonrpc: '2.0', id: 's1', method: 'sampling/createMessage', params: {} };
    inTurn(
      ({ response }) => void response.writeHead(503).end(),
      (asked) => events(asked, event(question), event(fine(asked.json.id))),
    );
    const met = await bench.send({ body: callOf(1, 'a') });
    expect(dataOf(met.body)).toMatchObject([question, { id: 1, result: {} }]);
  });
});

describe('cancellation', () => {
  const cancelledNote =
    '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1,"reason":"enough"}}';

  /** A call whose second attempt is under way. */
  const retrying = async (headers: Record<string, string>, signal?: AbortSignal) => {
    let isGone = false;
    inTurn(
      (asked) => json(asked, failed(asked.json.id)),
      ({ response }) => {
        response.on('close', () => {
          isGone = true;
        });
      },
    );
    const { respond } = server;
    server.respond = (asked) =>
      asked.json.method === 'notifications/cancelled' ? void asked.response.writeHead(202).end() : respond(asked);
    bench.healer.attempts = 9;
    const call = bench.send({ body: callOf(1, 'a'), headers, ...(signal && { signal }) });
    call.catch(() => {});
    await until(() => calls().length === 2);
    return { call, gone: () => until(() => isGone) };
  };
  const notes = (): Received[] =>
    server.received.filter(({ json: { method } }) => method === 'notifications/cancelled');

  it('by a notification stops the healing, and reaches the server with the id of the attempt', async () => {
    const { call, gone } = await retrying({ 'Mcp-Session-Id': 's' });
    const note = await bench.send({ body: cancelledNote, headers: { 'Mcp-Session-Id': 's' } });
    expect(note.status).toBe(202);
    await gone();
    expect(dataOf((await call).body)).toEqual([]);
    await until(() => notes().length === 1);
    expect(notes()[0]?.json.params).toEqual({ requestId: calls()[1]?.json.id, reason: 'enough' });
    expect(calls()).toHaveLength(2);
  });

  it('by a client of the stateless protocol that goes away stops the healing, and the server sees it go', async () => {
    const control = new AbortController();
    const { gone } = await retrying({ 'Mcp-Protocol-Version': '2026-07-28' }, control.signal);
    control.abort();
    await gone();
    expect([notes().length, calls().length]).toEqual([0, 2]);
  });

  it('of a first attempt passes to the server as it is, and a response that comes all the same is not healed', async () => {
    let finish = (): void => {};
    inTurn((asked) => {
      finish = () => json(asked, failed(asked.json.id));
    });
    const { respond } = server;
    server.respond = (asked) =>
      asked.json.method === 'notifications/cancelled' ? void asked.response.writeHead(202).end() : respond(asked);
    const headers = { 'Mcp-Session-Id': 's' };
    const call = bench.send({ body: callOf(1, 'a'), headers });
    await until(() => calls().length === 1);
    await bench.send({ body: cancelledNote, headers });
    expect(notes()[0]?.body.toString()).toBe(cancelledNote);
    finish();
    expect(JSON.parse((await call).body.toString())).toEqual(failed(1));
    expect(bench.healer.healed).toEqual([]);
  });

  it('of one of two clients without a session that use the same id stops neither by mistake', async () => {
    const { call } = await retrying({});
    const other = bench.send({ body: callOf(1, 'b') });
    await until(() => calls().length === 3);
    await bench.send({ body: cancelledNote });
    expect(notes()[0]?.body.toString()).toBe(cancelledNote);
    expect(await bench.end()).toBe(0);
    expect(JSON.parse((await call).body.toString())).toMatchObject({ id: 1, result: { isError: true } });
    await expect(other).rejects.toThrow();
  });

  it('ends with the proxy too: the client gets what the tool gave last', async () => {
    const { call } = await retrying({});
    expect(await bench.end()).toBe(0);
    expect(JSON.parse((await call).body.toString())).toMatchObject({ id: 1, result: { isError: true } });
  });
});

describe('a stream that a client may resume', () => {
  const id = (n: number, value: unknown): string => `id: ${n}\ndata: ${JSON.stringify(value)}\n\n`;
  const headers = { 'Mcp-Session-Id': 's', 'Mcp-Protocol-Version': '2025-11-25' };

  it('may be ended by the server; the failed response that comes on the next one is healed there', async () => {
    inTurn(
      (asked) => events(asked, 'id: 1\nretry: 10\ndata:\n\n'),
      (asked) => json(asked, fine(asked.json.id, 'repaired')),
    );
    const { respond } = server;
    server.respond = (asked) => (asked.request.method === 'GET' ? events(asked, id(2, failed(1))) : respond(asked));
    const first = await bench.send({ body: callOf(1, 'a'), headers });
    expect(first.body.toString()).toBe('id: 1\nretry: 10\ndata:\n\n');
    const second = await bench.send({ method: 'GET', headers: { ...headers, 'Last-Event-ID': '1' } });
    expect(dataOf(second.body)).toMatchObject([{ id: 1, result: { content: [{ text: 'repaired' }] } }]);
    expect(second.body.toString()).toMatch(/^id: 2$/m);
    expect(server.received.find(({ request }) => request.method === 'GET')?.request.headers['last-event-id']).toBe('1');
  });

  it('and that it lost while its call was healed brings the healed response when it is resumed', async () => {
    let finish = (): void => {};
    inTurn(
      (asked) =>
        events(asked, id(1, { jsonrpc: '2.0', method: 'notifications/message', params: {} }), id(2, failed(1))),
      (asked) => {
        finish = () => json(asked, fine(asked.json.id, 'repaired'));
      },
    );
    const { respond } = server;
    server.respond = (asked) => (asked.request.method === 'GET' ? events(asked, id(2, failed(1))) : respond(asked));
    const control = new AbortController();
    const call = bench.send({ body: callOf(1, 'a'), headers, signal: control.signal });
    call.catch(() => {});
    await until(() => calls().length === 2);
    control.abort();
    await expect(call).rejects.toThrow();
    finish();
    await until(() => bench.err.includes('healed'));
    const again = await bench.send({ method: 'GET', headers: { ...headers, 'Last-Event-ID': '1' } });
    expect(dataOf(again.body)).toMatchObject([{ id: 1, result: { content: [{ text: 'repaired' }] } }]);
    expect(again.body.toString()).toMatch(/^id: 2$/m);
    expect(calls()).toHaveLength(2);
  });
});
