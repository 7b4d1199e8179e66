import { describe, expect, it } from 'vitest';
import { failed, healthy, type Json, RelayBench, toolCall } from './relay-bench.ts';

const request = (id: unknown, method: string, params?: Json): Json => ({
  jsonrpc: '2.0',
  id,
  method,
  ...(params === undefined ? {} : { params }),
});
const answer = (id: unknown, result: Json): Json => ({ jsonrpc: '2.0', id, result });
const changed = (kind: string, params?: Json): Json => ({
  jsonrpc: '2.0',
  method: `notifications/${kind}/list_changed`,
  ...(params === undefined ? {} : { params }),
});

const capabilities = { tools: {}, prompts: {}, resources: {} };

/** A session in which the client has been given these lists. */
const session = async (lists: Record<string, Json>): Promise<RelayBench> => {
  const bench = new RelayBench({ isListed: false });
  bench.client(request('init', 'initialize', { protocolVersion: '2025-11-25' }));
  bench.server(answer('init', { capabilities }));
  bench.client({ jsonrpc: '2.0', method: 'notifications/initialized' });
  for (const [method, result] of Object.entries(lists)) {
    bench.client(request(method, method));
    bench.server(answer(method, result));
  }
  await bench.atServer();
  await bench.atClient();
  return bench;
};

/** Puts another server in the place of the one that is there; returns what it is asked beyond the handshake. */
const renew = async (bench: RelayBench, offers: Json = capabilities): Promise<Json[]> => {
  bench.relay.upstreamLost({ reason: 'was killed (SIGKILL)', unsent: new Set(), willResend: true });
  const introduced = bench.relay.replayHandshake((bytes) => {
    const { id, method } = JSON.parse(String(bytes)) as Json;
    if (method === 'initialize') bench.server(answer(id, { capabilities: offers }));
  });
  await introduced;
  return bench.messagesAtServer();
};

/** Answers every question for a list, page by page, until none is left. */
const tell = async (bench: RelayBench, asked: Json[], lists: Record<string, Json | Json[]>): Promise<void> => {
  for (let open = asked; open.length > 0; open = await bench.messagesAtServer()) {
    for (const { id, method, params } of open) {
      const pages = [lists[method as string] ?? {}].flat();
      bench.server(answer(id, pages[Number((params as Json)?.cursor ?? 0)] ?? {}));
    }
  }
};

const tools = { tools: [{ name: 'a', description: 'x' }, { name: 'b' }] };

describe('a relay whose server was replaced', () => {
  it('requests the lists that the client has requested, and reports nothing if they are the same', async () => {
    const bench = await session({ 'tools/list': tools, 'prompts/list': { prompts: [] } });
    const asked = await renew(bench);
    expect(asked.map(({ method }) => method)).toEqual(['tools/list', 'prompts/list']);
    // Neither the order of the tools nor that of their members is a difference.
    const same = { tools: [{ name: 'b' }, { description: 'x', name: 'a' }] };
    await tell(bench, asked, { 'tools/list': same, 'prompts/list': { prompts: [] } });
    expect(await bench.atClient()).toEqual([]);
  });

  it.each([
    ['tools', 'tools/list', tools, { tools: [{ name: 'a', description: 'x' }] }],
    ['tools', 'tools/list', tools, { tools: [...tools.tools, { name: 'c' }] }],
    ['tools', 'tools/list', tools, { tools: [{ name: 'a', description: 'y' }, { name: 'b' }] }],
    ['prompts', 'prompts/list', { prompts: [{ name: 'p' }] }, { prompts: [] }],
    ['resources', 'resources/list', { resources: [] }, { resources: [{ uri: 'a:b', name: 'r' }] }],
    [
      'resources',
      'resources/templates/list',
      { resourceTemplates: [] },
      { resourceTemplates: [{ uriTemplate: 'a:{b}' }] },
    ],
  ])('reports that the %s have changed if %s differs', async (kind, method, before, after) => {
    const bench = await session({ [method]: before });
    await tell(bench, await renew(bench), { [method]: after });
    expect(await bench.messagesAtClient()).toEqual([changed(kind)]);
  });

  it('reads all pages, and compares only the pages that the client has read', async () => {
    const first = { tools: [{ name: 'a' }], nextCursor: '1' };
    const bench = await session({ 'tools/list': first });
    await tell(bench, await renew(bench), { 'tools/list': [first, { tools: [{ name: 'b' }] }] });
    expect(await bench.atClient()).toEqual([]);
    await tell(bench, await renew(bench), { 'tools/list': [{ tools: [{ name: 'c' }], nextCursor: '1' }, first] });
    expect(await bench.atClient()).toEqual([]);
    await tell(bench, await renew(bench), { 'tools/list': [{ tools: [], nextCursor: '1' }, { tools: [] }] });
    expect(await bench.messagesAtClient()).toEqual([changed('tools')]);
  });

  it('requests nothing that the new server does not offer or the client never requested', async () => {
    const bench = await session({ 'prompts/list': { prompts: [] } });
    expect(await renew(bench, { tools: {} })).toEqual([]);
    expect(await renew(await session({}))).toEqual([]);
  });

  it('reports nothing if the server refuses, is lost meanwhile, or its pages form a loop', async () => {
    const bench = await session({ 'tools/list': tools });
    const [refused] = await renew(bench);
    bench.server({ jsonrpc: '2.0', id: refused?.id, error: { code: -32603, message: 'not now' } });
    await renew(bench);
    const [circle] = await renew(bench);
    bench.server(answer(circle?.id, { tools: [], nextCursor: 'x' }));
    const [again] = await bench.messagesAtServer();
    bench.server(answer(again?.id, { tools: [], nextCursor: 'x' }));
    expect(await bench.atServer()).toEqual([]);
    expect(await bench.atClient()).toEqual([]);
  });

  it('uses the annotations of the new server', async () => {
    const bench = await session({ 'tools/list': { tools: [{ name: 'get_pods' }] } });
    const after = { tools: [{ name: 'get_pods', annotations: { readOnlyHint: true } }] };
    await tell(bench, await renew(bench), { 'tools/list': after });
    await bench.failOnce();
    expect(bench.healer.healed[0]?.options.annotations).toMatchObject({ readOnlyHint: true });
  });
});

describe('a client of the stateless protocol', () => {
  const listen = request(7, 'subscriptions/listen', { notifications: { toolsListChanged: true } });
  const acknowledged = {
    jsonrpc: '2.0',
    method: 'notifications/subscriptions/acknowledged',
    params: { notifications: {}, _meta: { 'io.modelcontextprotocol/subscriptionId': 7 } },
  };
  const meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
  const listening = async (): Promise<RelayBench> => {
    const bench = new RelayBench({ isListed: false });
    bench.client(request(1, 'tools/list', { _meta: meta }));
    bench.server(answer(1, tools));
    bench.client(listen);
    bench.server(acknowledged);
    expect(await bench.atClient()).toHaveLength(2);
    await bench.atServer();
    return bench;
  };

  it('stays subscribed at the next server, and gets no second acknowledgement', async () => {
    const bench = await listening();
    for (let round = 0; round < 3; round += 1) {
      const [again] = await renew(bench);
      expect(again).toEqual(listen);
      bench.server(acknowledged);
      expect(await bench.atClient()).toEqual([]);
    }
    bench.server(acknowledged);
    expect(await bench.messagesAtClient()).toEqual([acknowledged]);
  });

  it('is notified of a difference with the id of its subscription; the list request uses its protocol', async () => {
    const bench = await listening();
    const [, asked] = await renew(bench);
    expect(asked).toMatchObject({ method: 'tools/list', params: { _meta: meta } });
    bench.server(answer(asked?.id, { tools: [] }));
    expect(await bench.messagesAtClient()).toEqual([
      changed('tools', { _meta: { 'io.modelcontextprotocol/subscriptionId': 7 } }),
    ]);
  });

  it('is not notified of lists that it has unsubscribed from', async () => {
    const bench = await listening();
    bench.client({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 7 } });
    await bench.atServer();
    const [asked] = await renew(bench);
    bench.server(answer(asked?.id, { tools: [] }));
    expect(await bench.atClient()).toEqual([]);
  });

  it('does not delay the end of a server that is replaced on purpose', async () => {
    const bench = await listening();
    await expect(bench.relay.allAnswered()).resolves.toBeUndefined();
  });
});

describe('a relay whose client has not requested the tools', () => {
  const annotated = { tools: [{ name: 'get_pods', annotations: { idempotentHint: true } }] };

  it('requests them itself when a call fails, once for all waiting calls, and then heals', async () => {
    const bench = new RelayBench({ isListed: false });
    bench.client(toolCall(1));
    bench.client(toolCall(2));
    bench.server(failed(1));
    bench.server(failed(2));
    const [, , list, ...more] = await bench.messagesAtServer();
    expect([list?.method, more]).toEqual(['tools/list', []]);
    bench.server(answer(list?.id, annotated));
    const retries = await bench.messagesAtServer();
    expect(retries.map(({ method }) => method)).toEqual(['tools/call', 'tools/call']);
    expect(bench.healer.healed[0]?.options.annotations).toMatchObject({ idempotentHint: true });
    for (const { id } of retries) bench.server(healthy(id));
    expect(await bench.atClient()).toHaveLength(2);
    await bench.failOnce(toolCall(3));
  });

  it('requests them again after the tools have changed', async () => {
    const bench = new RelayBench();
    bench.server({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
    expect(await bench.failOnce()).toMatchObject({ method: 'tools/list' });
  });

  it('waits at most for half of the time that the call has left', async () => {
    const bench = new RelayBench({ isListed: false });
    bench.client(toolCall(1));
    await bench.clock.advance(4_000);
    bench.server(failed(1));
    await bench.clock.advance(2_999);
    expect(bench.healer.healed).toEqual([]);
    await bench.clock.advance(1);
    expect(bench.healer.healed[0]?.options.annotations).toBeUndefined();
  });

  it('does not ask a server again that refused', async () => {
    const bench = new RelayBench({ isListed: false });
    const list = await bench.failOnce();
    bench.server({ jsonrpc: '2.0', id: list.id, error: { code: -32601, message: 'no tools' } });
    const [retry] = await bench.messagesAtServer();
    bench.server(healthy(retry?.id));
    expect(await bench.failOnce(toolCall(2))).toMatchObject({ method: 'tools/call' });
  });

  it('asks the next server if one is lost meanwhile', async () => {
    const bench = new RelayBench({ isListed: false });
    await bench.failOnce();
    bench.relay.upstreamLost({ reason: 'exited (code 1)', unsent: new Set(), willResend: true });
    const [list] = await bench.messagesAtServer();
    expect(list).toMatchObject({ method: 'tools/list' });
    bench.server(answer(list?.id, annotated));
    await bench.atServer();
    expect(bench.healer.healed[0]?.options.annotations).toMatchObject({ idempotentHint: true });
  });

  it('requests nothing for a call that the client cancels', async () => {
    const bench = new RelayBench({ isListed: false });
    await bench.failOnce();
    bench.client({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
    await bench.atClient();
    expect(bench.relay.openCalls).toBe(0);
  });
});
