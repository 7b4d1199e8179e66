import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FixQuestion } from '../../../src/model/fix.ts';
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

const headers = { 'Mcp-Session-Id': 's', 'Mcp-Protocol-Version': '2025-11-25' };
const initialize = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: { elicitation: {} },
    clientInfo: { name: 'test', version: '1' },
  },
};
const accept = { action: 'accept', content: { confirm: true } };
/** The ids of requests to the server continue in this way: it can guess the next ones. */
const guessed = (count: number): string => `healflow-8000000080000000-${count}`;
const asks = (id: string): object => ({ jsonrpc: '2.0', id, method: 'elicitation/create', params: {} });
const event = (value: unknown): string => `event: message\ndata: ${JSON.stringify(value)}\n\n`;

/** Responds to everything but calls of tools. */
const respond = (asked: Received): void => {
  const { id, method } = asked.json;
  if (method === 'initialize') {
    const result = { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'test', version: '1' } };
    json(asked, { jsonrpc: '2.0', id, result }, 200, { 'Mcp-Session-Id': 's' });
  } else if (method === undefined) asked.response.writeHead(202).end();
  else json(asked, { jsonrpc: '2.0', id, result: { tools: [] } });
};

const refusals = (): unknown[] =>
  server.received.flatMap(({ json: { id, error } }) => (error === undefined ? [] : [id]));

describe('a question of the healer, through a proxy between HTTP and HTTP', () => {
  it('is not decided by the response to a question of the server under an id that it has guessed', async () => {
    const control = new AbortController();
    const answers: unknown[] = [];
    bench.healer.fix = async ({ options }) => {
      const question: FixQuestion = {
        ...{ fix: 'kube_login', tool: 'a', description: 'runs login', text: 'Run it?', signal: control.signal },
      };
      const answer = options.approve?.(question);
      await bench.send({ body: JSON.stringify({ jsonrpc: '2.0', id: 'x', method: 'ping' }), headers });
      for (let count = 1; count < 10; count += 1) {
        await bench.send({ body: JSON.stringify({ jsonrpc: '2.0', id: guessed(count), result: accept }), headers });
      }
      control.abort();
      answers.push(await answer);
      return succeeded();
    };
    server.respond = (asked) => {
      if (asked.json.method === 'tools/call') json(asked, failed(asked.json.id));
      else respond(asked);
    };
    await bench.send({ body: JSON.stringify(initialize) });
    const { body } = await bench.send({ body: callOf(1, 'a'), headers });
    expect(body.toString()).toMatch(/"id":"healflow-ask-[0-9a-f]{16}-[0-9a-f]{32}","method":"elicitation/);
    expect(answers).toEqual([false]);
  });

  it('keeps its ids: a question of the server under one of them is refused, on every stream', async () => {
    let turn = 0;
    server.respond = (asked) => {
      const { method, id } = asked.json;
      const isStream = asked.request.method === 'GET' || method === 'tools/call' || method === 'prompts/get';
      if (!isStream) return respond(asked);
      turn += 1;
      asked.response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      const last = method === 'tools/call' && turn === 3 ? failed(id) : fine(id);
      asked.response.end(
        event(asks(guessed(turn))) + event(asks(`own-${turn}`)) + (id === undefined ? '' : event(last)),
      );
    };
    await bench.send({ body: JSON.stringify(initialize) });
    const listened = await bench.send({ method: 'GET', headers });
    const prompt = await bench.send({
      body: JSON.stringify({ jsonrpc: '2.0', id: 8, method: 'prompts/get' }),
      headers,
    });
    const called = await bench.send({ body: callOf(9, 'a'), headers });
    const got = [listened, prompt, called].map(({ body }) => body.toString());
    expect(got.join('')).not.toContain('healflow-8');
    expect(got.map((text) => text.match(/own-\d/g))).toEqual([['own-1'], ['own-2'], ['own-3', 'own-4']]);
    await until(() => refusals().length === 4);
    expect(refusals()).toEqual([1, 2, 3, 4].map(guessed));
  });
});
