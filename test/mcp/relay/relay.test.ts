import { describe, expect, it } from 'vitest';
import { failed, healthy, RelayBench, toolCall } from './relay-bench.ts';
import { succeeded } from './scripted-healer.ts';

describe('a relay', () => {
  const passing = [
    '{"jsonrpc":"2.0","id":1,"method":"vendor/unknown","params":{"a":1},"extra":[1]}\n',
    '{ "jsonrpc" : "2.0", "id" : 123456789012345678901234567890, "method":"ping" }\r\n',
    '{"jsonrpc":"2.0","id":null,"method":"tools/call","params":{"name":"a"}}\n',
    '{"jsonrpc":"2.0","method":"tools/call","params":{"name":"a"}}\n',
    '{"jsonrpc":"2.0","id":2,"method":"tools/call"}\n',
    '{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":5}}\n',
    '{"jsonrpc":"2.0","id":4,"result":{"isError":true}}\n',
    '{"jsonrpc":"2.0","id":5,"error":{"code":-32000,"message":"not yours"}}\n',
    '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}\n',
    '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"x","progress":1}}\n',
    '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":99}}\n',
    '[{"jsonrpc":"2.0","id":6,"method":"ping"},{"jsonrpc":"2.0","method":"notifications/initialized"}]\n',
    '[]\n',
    '\n',
    'Server listening on stdio\n',
    '{"broken\n',
    '\u0000\u0001 😀 "unterminated\n',
    'half a line',
  ];

  it.each(passing)('passes %j unchanged in both directions', async (line) => {
    const bench = new RelayBench();
    bench.client(line);
    expect(await bench.atServer()).toEqual([line]);
    bench.server(line);
    expect(await bench.atClient()).toEqual([line]);
  });

  it('passes bytes that are not UTF-8 unchanged', () => {
    const bench = new RelayBench();
    const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x80, 0x0a]);
    expect(bench.both(bytes)).toEqual([bytes, bytes]);
  });

  it('passes a healthy response byte for byte and counts it', async () => {
    const bench = new RelayBench();
    bench.client(toolCall(1));
    const answer = '{ "id": 1, "jsonrpc":"2.0", "result": {"content":[],"n":1.0} }\r\n';
    bench.server(answer);
    expect(await bench.atClient()).toEqual([answer]);
    expect(bench.healer.healthy).toEqual(['get_pods']);
    expect(bench.healer.healed).toEqual([]);
  });

  it('repeats a failed call with an id of its own and responds with the id of the client', async () => {
    const bench = new RelayBench();
    bench.healer.fix = async () => succeeded();
    const retry = await bench.failOnce(toolCall(7));
    expect(retry).toEqual({ ...toolCall(7), id: 'healflow-test-1' });
    bench.server(healthy(retry.id));
    expect(await bench.messagesAtClient()).toEqual([
      {
        ...healthy(7),
        result: {
          ...(healthy(7).result as object),
          _meta: {
            'healflow/run': {
              runId: 'run-1',
              outcome: 'healed',
              attempts: 2,
              class: 'auth',
              pattern: 'test.auth',
              fixes: ['kube_login: succeeded'],
            },
          },
        },
      },
    ]);
  });

  it('gives the healer the arguments, the annotations and the start of the call', async () => {
    const bench = new RelayBench();
    bench.client({ jsonrpc: '2.0', id: 0, method: 'tools/list' });
    bench.server({
      jsonrpc: '2.0',
      id: 0,
      result: { tools: [{ name: 'get_pods', annotations: { readOnlyHint: true, title: 5 } }] },
    });
    await bench.clock.advance(250);
    await bench.failOnce();
    expect(bench.healer.healed[0]).toMatchObject({
      tool: 'get_pods',
      first: { thrown: false, value: failed(1).result },
      options: { args: { namespace: 'default' }, annotations: { readOnlyHint: true }, startedAt: 250 },
    });
  });

  it('passes a JSON-RPC error to the healer as thrown, with code, message and data', async () => {
    const bench = new RelayBench();
    bench.client(toolCall(1));
    bench.server({ jsonrpc: '2.0', id: 1, error: { code: -32001, message: 'expired', data: { a: 1 } } });
    await bench.atServer();
    const first = bench.healer.healed[0]?.first;
    expect(first).toMatchObject({ thrown: true, error: { code: -32001, message: 'expired', data: { a: 1 } } });
    expect(first?.thrown === true && first.error).toBeInstanceOf(Error);
  });

  it('keeps the bytes of the result, also of numbers that JavaScript cannot represent', async () => {
    const bench = new RelayBench();
    bench.client('{"jsonrpc":"2.0","id":90071992547409931234,"method":"tools/call","params":{"name":"a"}}\n');
    bench.server('{"jsonrpc":"2.0","id":90071992547409931234,"result":{"isError":true}}\n');
    await bench.atServer();
    bench.server('{"result": {"big":12345678901234567890, "u":"\\u00e9", "x":1.0 }, "id":"healflow-test-1"}\n');
    const [answer] = await bench.atClient();
    expect(answer).toMatch(
      /^\{"result": \{"big":12345678901234567890, "u":"\\u00e9", "x":1\.0 ,"_meta":\{.*\}\}, "id":90071992547409931234\}\n$/,
    );
  });

  it('responds with the bytes of the first failure if no attempt was repeated', async () => {
    const bench = new RelayBench();
    bench.healer.attempts = 1;
    bench.client(toolCall(1));
    const answer = '{"jsonrpc": "2.0","id":1,"result":{"isError":true,"content":[]}}\r\n';
    bench.server(answer);
    expect(await bench.atClient()).toEqual([answer]);
  });

  it('reports what it did if healing failed, and returns the tool’s last response', async () => {
    const bench = new RelayBench();
    const retry = await bench.failOnce();
    bench.server(failed(retry.id, 'Unauthorized again'));
    expect(await bench.messagesAtClient()).toMatchObject([
      {
        id: 1,
        result: {
          isError: true,
          content: [{ text: 'Unauthorized again' }],
          _meta: { 'healflow/run': { outcome: 'failed', attempts: 2, fixes: [], reason: 'the script says so' } },
        },
      },
    ]);
  });

  it('passes a JSON-RPC error of a retry with nothing changed but the id', async () => {
    const bench = new RelayBench();
    const retry = await bench.failOnce();
    bench.server(`{"jsonrpc":"2.0","id":${JSON.stringify(retry.id)},"error":{"code":-32001,"message":"no", "x":1}}\n`);
    expect(await bench.atClient()).toEqual([
      '{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"no", "x":1}}\n',
    ]);
  });

  it.each([
    ['{}', '{"_meta":{"healflow/run":F}}'],
    ['{"a":1}', '{"a":1,"_meta":{"healflow/run":F}}'],
    ['{"_meta":{},"a":1}', '{"_meta":{"healflow/run":F},"a":1}'],
    ['{"_meta":{ "b":2}}', '{"_meta":{ "healflow/run":F,"b":2}}'],
    ['{"_meta":{"healflow/run":{"inner":1},"b":2}}', '{"_meta":{"healflow/run":F,"b":2}}'],
    ['{"_meta":null}', '{"_meta":null}'],
  ])('writes the facts of the run into the result %s', async (before, after) => {
    const bench = new RelayBench();
    const retry = await bench.failOnce();
    bench.server(`{"id":${JSON.stringify(retry.id)},"result":${before}}\n`);
    const [answer = ''] = await bench.atClient();
    const facts = /"healflow\/run":(\{[^}]*\})/.exec(answer)?.[1] ?? '';
    expect(answer.replace(facts || 'nothing', facts && 'F')).toBe(`{"id":1,"result":${after}}\n`);
  });

  it('drops late responses and progress of an attempt that is over', async () => {
    const bench = new RelayBench();
    bench.healer.attempts = 3;
    const second = await bench.failOnce(toolCall(1, { _meta: { progressToken: 't' } }));
    bench.server(failed(second.id));
    const [third] = await bench.messagesAtServer();
    bench.server(healthy(second.id, 'late'));
    bench.server(healthy(1, 'late'));
    const token = (second.params as { _meta: { progressToken: string } })._meta.progressToken;
    bench.server({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: token, progress: 5 } });
    bench.server({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 't', progress: 5 } });
    expect(await bench.atClient()).toEqual([]);
    bench.server(healthy(third?.id, 'in time'));
    bench.server(healthy(third?.id, 'twice'));
    expect(await bench.messagesAtClient()).toMatchObject([{ id: 1, result: { content: [{ text: 'in time' }] } }]);
  });

  it('passes a second response to the same call unchanged', async () => {
    const bench = new RelayBench();
    bench.client(toolCall(1));
    bench.server(healthy(1));
    bench.server(failed(1));
    expect(await bench.messagesAtClient()).toEqual([healthy(1), failed(1)]);
  });

  it('does not heal two open calls with the same id', async () => {
    const bench = new RelayBench();
    bench.client(toolCall(1));
    bench.client(toolCall(1));
    bench.server(failed(1));
    bench.server(failed(1));
    expect(await bench.messagesAtClient()).toEqual([failed(1), failed(1)]);
    expect(bench.relay.openCalls).toBe(0);
  });

  it('distinguishes calls whose ids differ only in type', async () => {
    const bench = new RelayBench();
    bench.client(toolCall(1));
    bench.client(toolCall('1'));
    bench.server(failed('1'));
    bench.server(healthy(1));
    expect(await bench.messagesAtClient()).toEqual([healthy(1)]);
    expect(bench.healer.healed).toHaveLength(1);
  });

  it.each([
    ['9007199254740993', '9007199254740992'],
    ['12345678901234567890', '12345678901234567000'],
    ['1234567890123456789012345', '1.2345678901234568e+24'],
  ])('treats the response of a server that has rounded the id %s to %s as one to that request', async (id, rounded) => {
    const bench = new RelayBench();
    bench.client(`{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"a"}}\n`);
    const answer = `{"jsonrpc":"2.0","id":${rounded},"result":{"isError":true}}\n`;
    bench.server(answer);
    expect(await bench.atClient()).toEqual([answer]);
    expect(bench.relay.openCalls).toBe(0);
    bench.relay.upstreamLost({ reason: 'was killed (SIGKILL)', unsent: new Set(), willResend: true });
    expect([await bench.atClient(), bench.healer.healed]).toEqual([[], []]);
  });

  it('does not confuse responses to other large ids with the open one', async () => {
    const bench = new RelayBench();
    bench.client('{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}\n');
    bench.server('{"jsonrpc":"2.0","id":9007199254740996,"result":{}}\n');
    bench.server('{"jsonrpc":"2.0","id":"9007199254740992","result":{}}\n');
    await bench.atClient();
    bench.relay.upstreamLost({ reason: 'was killed (SIGKILL)', unsent: new Set(), willResend: false });
    expect(await bench.messagesAtClient()).toMatchObject([{ error: { code: -32000 } }]);
  });

  it('passes results that ask for more input, and receipts of tasks', async () => {
    const bench = new RelayBench();
    bench.client(toolCall(1));
    bench.client(toolCall(2, { task: { ttl: 1 } }));
    const asks = { jsonrpc: '2.0', id: 1, result: { resultType: 'input_required', isError: true } };
    const receipt = { jsonrpc: '2.0', id: 2, result: { task: { taskId: 'a' }, isError: true } };
    bench.server(asks);
    bench.server(receipt);
    expect(await bench.messagesAtClient()).toEqual([asks, receipt]);
    expect(bench.healer.healthy).toEqual([]);
  });

  it('learns the annotations from a list in a batch', async () => {
    const bench = new RelayBench();
    bench.client(`${JSON.stringify([toolCall(1), { jsonrpc: '2.0', id: 2, method: 'tools/list' }])}\n`);
    const answers = [
      healthy(1),
      { jsonrpc: '2.0', id: 2, result: { tools: [{ name: 'get_pods', annotations: { idempotentHint: true } }] } },
    ];
    bench.server(`${JSON.stringify(answers)}\n`);
    expect(await bench.atClient()).toEqual([`${JSON.stringify(answers)}\n`]);
    await bench.failOnce(toolCall(3));
    expect(bench.healer.healed[0]?.options.annotations).toMatchObject({ idempotentHint: true });
  });

  it('returns the tool’s own failure if the healer itself fails', async () => {
    const bench = new RelayBench();
    bench.healer.fix = () => Promise.reject(new Error('a bug'));
    bench.client(toolCall(1));
    bench.server(failed(1));
    expect(await bench.messagesAtClient()).toEqual([failed(1)]);
    expect(bench.relay.openCalls).toBe(0);
  });

  it('counts each response to the client or to an attempt, and no response to its own requests', async () => {
    const bench = new RelayBench();
    expect([bench.relay.requestsAnswered, bench.relay.messagesReceived, bench.relay.hasResponse]).toEqual([1, 1, true]);
    const retry = await bench.failOnce();
    expect([bench.relay.requestsAnswered, bench.relay.messagesReceived]).toEqual([2, 2]);
    bench.server(healthy(retry.id));
    await bench.atClient();
    expect(bench.relay.requestsAnswered).toBe(3);
    const live = bench.relay.checkLiveness();
    const [check] = await bench.messagesAtServer();
    bench.server({ jsonrpc: '2.0', id: check?.id, result: {} });
    expect(await live).toBe('responsive');
    bench.server({ jsonrpc: '2.0', id: 'nobody', result: {} });
    expect([bench.relay.requestsAnswered, bench.relay.messagesReceived]).toEqual([3, 5]);
  });

  it('has had no response before the first one, and none by a request of the server', async () => {
    const bench = new RelayBench({ isListed: false });
    bench.server({ jsonrpc: '2.0', id: 1, method: 'roots/list' });
    expect([bench.relay.requestsAnswered, bench.relay.messagesReceived, bench.relay.hasResponse]).toEqual([
      0,
      1,
      false,
    ]);
  });

  it('finds a server concurrent only if an earlier request is still open when it responds', async () => {
    const bench = new RelayBench();
    bench.client(toolCall(1));
    const live = bench.relay.checkLiveness();
    const [, check] = await bench.messagesAtServer();
    expect(check?.method).toBe('server/discover');
    bench.server({ jsonrpc: '2.0', id: check?.id, result: {} });
    expect(await live).toBe('concurrent');
  });

  it('reports when no call is open any more', async () => {
    const bench = new RelayBench();
    bench.client(toolCall(1));
    bench.client(toolCall(2));
    expect(bench.relay.openCalls).toBe(2);
    bench.server(healthy(1));
    expect(bench.idle).toBe(0);
    bench.server(failed(2));
    const [, , retry] = await bench.messagesAtServer();
    expect(bench.relay.openCalls).toBe(1);
    bench.server(healthy(retry?.id));
    await bench.atClient();
    expect(bench.idle).toBe(1);
    expect(bench.relay.openCalls).toBe(0);
  });
});

describe('a relay, of annotations,', () => {
  const list = (id: number, tools: unknown[], cursor?: string, nextCursor?: string): [object, object] => [
    { jsonrpc: '2.0', id, method: 'tools/list', ...(cursor === undefined ? {} : { params: { cursor } }) },
    { jsonrpc: '2.0', id, result: { tools, ...(nextCursor === undefined ? {} : { nextCursor }) } },
  ];
  const annotated = (name: string): unknown => ({ name, annotations: { readOnlyHint: true } });
  const known = async (bench: RelayBench, name: string): Promise<boolean> => {
    await bench.failOnce(toolCall(`call ${name} ${bench.healer.healed.length}`, { name }));
    return bench.healer.healed.at(-1)?.options.annotations?.readOnlyHint === true;
  };
  const run = (bench: RelayBench, [request, answer]: [object, object]): void => {
    bench.client(`${JSON.stringify(request)}\n`);
    bench.server(`${JSON.stringify(answer)}\n`);
  };

  it('merges the pages of a list, and starts again with its first page', async () => {
    const bench = new RelayBench();
    run(bench, list(1, [annotated('a')], undefined, 'next'));
    run(bench, list(2, [annotated('b')], 'next'));
    await bench.atServer();
    expect([await known(bench, 'a'), await known(bench, 'b')]).toEqual([true, true]);
    run(bench, list(3, [annotated('b')]));
    await bench.atServer();
    expect([await known(bench, 'a'), await known(bench, 'b')]).toEqual([false, true]);
  });

  it('survives an invalid list', async () => {
    const bench = new RelayBench();
    run(bench, list(1, [null, 5, { name: 5 }, { name: 'a', annotations: 'x' }, annotated('b')]));
    await bench.atServer();
    expect([await known(bench, 'a'), await known(bench, 'b')]).toEqual([false, true]);
  });
});
