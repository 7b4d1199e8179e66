import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createHealer } from '../../../src/healer/create.ts';
import type { InternalHealer } from '../../../src/healer/healer.ts';
import type { UpstreamControl } from '../../../src/model/fix.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { settledWith } from '../../support/processes.ts';
import { ProxyBench } from '../modes/proxy-bench.ts';
import { ExchangeBench, json, type Received, ScriptedServer } from '../passthrough/passthrough-bench.ts';
import type { Json } from '../relay/relay-bench.ts';

const serve = (asked: Received): void => {
  const { id, method, params } = asked.json;
  if (id === undefined) return void asked.response.writeHead(method === undefined ? 405 : 202).end();
  const serverInfo = { name: 's', version: '1' };
  const result =
    method === 'initialize'
      ? { protocolVersion: params?.protocolVersion, capabilities: { tools: {} }, serverInfo }
      : { tools: [{ name: 'read', inputSchema: { type: 'object' } }] };
  json(asked, { jsonrpc: '2.0', id, result });
};

const newServer = (): ScriptedServer => Object.assign(new ScriptedServer(), { respond: serve });

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** The first pause with the random number of these tests, and a time in which several tries are made. */
const firstPauseMs = 100;
const outageMs = 1_000;

type Ask = (message: Json) => Promise<Json>;

const overStdio = async (upstreamUrl: string, makeHealer: typeof healerWith, clock: FakeClock): Promise<Ask> => {
  const bench = new ProxyBench({ upstreamUrl, createHealer: (control) => makeHealer(clock, control) });
  cleanups.push(async () => {
    bench.kill();
    await bench.exitCode;
  });
  return async (message) => {
    bench.send(message);
    return vi.waitFor(() => {
      const response = bench.messages.find(({ id, method }) => id === message.id && method === undefined);
      if (response === undefined) throw new Error('there is no response yet');
      return response;
    }, 20_000);
  };
};

const overHttp = async (upstreamUrl: string, makeHealer: typeof healerWith, clock: FakeClock): Promise<Ask> => {
  const bench = await new ExchangeBench().start(upstreamUrl, {
    createHealer: (control) => makeHealer(clock, control),
  });
  cleanups.push(() => bench[Symbol.asyncDispose]());
  return async (message) => JSON.parse((await bench.send({ body: JSON.stringify(message) })).body.toString()) as Json;
};

const healerWith = async (clock: FakeClock, upstream: UpstreamControl): Promise<InternalHealer> => {
  const memoryDir = mkdtempSync(join(tmpdir(), 'healflow-outage-'));
  const config = { stateDir: memoryDir };
  return (await createHealer({ config, memoryDir, upstream, clock, random: () => 0.5 })) as InternalHealer;
};

describe.each([
  ['stdio', overStdio],
  ['HTTP', overHttp],
] as const)('an HTTP server that refuses connections for a while, and a client over %s', (_, connect) => {
  const initialize = {
    ...{ jsonrpc: '2.0', id: 'i', method: 'initialize' },
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'c', version: '1' } },
  };
  const list = { jsonrpc: '2.0', id: 'l', method: 'tools/list', params: {} };

  it.each([
    ['initialize', initialize, { capabilities: { tools: {} } }],
    ['tools/list', list, { tools: [{ name: 'read' }] }],
  ] as const)('holds %s and responds once the server is back', async (method, request, result) => {
    const first = await newServer().start();
    const { port, url } = first;
    if (method === 'initialize') await first.stop();
    const clock = new FakeClock();
    const ask = await connect(url, healerWith, clock);
    if (method !== 'initialize') {
      await ask(initialize);
      await first.stop();
    }
    const response = ask(request);
    // The healer is asked a moment after the request has arrived.
    await vi.waitFor(() => expect(clock.delays).toContain(firstPauseMs), 20_000);
    while (clock.monotonic() < outageMs) await clock.advance(10);
    const server = await newServer().start(port);
    cleanups.push(() => server.stop());
    expect(await settledWith(clock, response, 10)).toMatchObject({ id: request.id, result });
    expect(server.methods.filter((asked) => asked === method)).toEqual([method]);
    expect(clock.monotonic()).toBeLessThan(10_000);
  });
});
