import { describe, expect, it } from 'vitest';
import type { ToolAnnotations } from '../../../src/model/run.ts';
import { failed, healthy, type Json, RelayBench, toolCall } from './relay-bench.ts';

const readOnly = { readOnlyHint: true };
const destructive = { destructiveHint: true };
const tools = (annotations: ToolAnnotations | undefined): Json[] => [{ name: 'get_pods', annotations }];

/** A relay whose client knows the tool, in front of a healer that repeats read-only calls. */
const bench = async (annotations: ToolAnnotations | undefined = readOnly): Promise<RelayBench> => {
  const relay = new RelayBench();
  relay.healer.attempts = 3;
  relay.healer.mayRetry = ({ options }) => options.annotations?.readOnlyHint === true;
  relay.client({ jsonrpc: '2.0', id: 'known', method: 'tools/list' });
  relay.server({ jsonrpc: '2.0', id: 'known', result: { tools: tools(annotations) } });
  await relay.atServer();
  await relay.atClient();
  return relay;
};
const lose = (relay: RelayBench, unsent: string[] = []): void =>
  relay.relay.upstreamLost({ reason: 'exited (code 1)', unsent: new Set(unsent), willResend: true });
const retries = async (relay: RelayBench): Promise<Json[]> =>
  (await relay.messagesAtServer()).filter(({ method }) => method === 'tools/call');
const listChanged = { jsonrpc: '2.0', method: 'notifications/tools/list_changed' };

describe('the annotations by which a retry is decided', () => {
  it.each([
    ['first', [readOnly, destructive]],
    ['last', [destructive, readOnly]],
  ])('are the stricter ones of two tools with one name, the lax ones listed %s', async (_, both) => {
    const relay = await bench();
    relay.client({ jsonrpc: '2.0', id: 'again', method: 'tools/list' });
    relay.server({ jsonrpc: '2.0', id: 'again', result: { tools: both.flatMap(tools) } });
    relay.client(toolCall(1));
    relay.server(failed(1));
    expect(await retries(relay)).toHaveLength(1);
    expect(relay.healer.healed[0]?.options.annotations).toMatchObject(destructive);
  });

  it('are those of the server that has replaced a lost one', async () => {
    const relay = await bench();
    relay.client(toolCall(1));
    await relay.atServer();
    lose(relay);
    await relay.answerList(tools(destructive));
    expect(await retries(relay)).toEqual([]);
    expect(relay.healer.healed[0]?.options.annotations).toMatchObject(destructive);
    expect(await relay.messagesAtClient()).toMatchObject([{ id: 1, error: { code: -32000 } }]);
  });

  it('let the call be repeated if they are as before', async () => {
    const relay = await bench();
    relay.client(toolCall(1));
    await relay.atServer();
    lose(relay);
    await relay.answerList(tools(readOnly));
    expect(await retries(relay)).toHaveLength(1);
  });

  it('are asked for again after the list has changed between two attempts', async () => {
    const relay = await bench();
    const retry = await relay.failOnce();
    relay.server(listChanged);
    relay.server(failed(retry.id));
    await relay.answerList(tools(destructive));
    expect(await retries(relay)).toEqual([]);
    expect(relay.healer.healed[0]?.options.annotations).toMatchObject(destructive);
  });

  it('are told apart from those that the tool had when it was called', async () => {
    const relay = await bench(destructive);
    relay.client(toolCall(1));
    relay.server(listChanged);
    relay.server(failed(1));
    await relay.answerList(tools(readOnly));
    await relay.atServer();
    const { annotations, sentAnnotations } = relay.healer.healed[0]?.options ?? {};
    expect([annotations, sentAnnotations]).toMatchObject([readOnly, destructive]);
  });

  it.each<[string, ToolAnnotations | undefined, object | undefined]>([
    ['of a tool without any', undefined, {}],
    ['of a tool that had none before the list changed', undefined, undefined],
    ['of a tool that was destructive before the list changed', destructive, destructive],
  ])('are, when the tool is called, those %s', async (what, before, sent) => {
    const relay = await bench(before);
    if (what.includes('changed')) relay.server(listChanged);
    relay.client(toolCall(1));
    relay.server(failed(1));
    if (what.includes('changed')) await relay.answerList(tools(readOnly));
    await relay.atServer();
    const { sentAnnotations } = relay.healer.healed[0]?.options ?? {};
    if (sent === undefined) expect(sentAnnotations).toBeUndefined();
    else expect(sentAnnotations).toMatchObject(sent);
  });

  it.each([
    ['nothing, if the tool was read-only', readOnly, undefined],
    ['those from before, if they forbid a retry', destructive, destructive],
  ])('are, if the list cannot be had again, %s', async (_what, before, after) => {
    const relay = await bench(before);
    relay.healer.mayRetry = () => false;
    relay.client(toolCall(1));
    await relay.atServer();
    lose(relay);
    expect(await relay.messagesAtServer()).toMatchObject([{ method: 'tools/list' }]);
    // Half of the time that is left.
    await relay.clock.advance(5_000);
    expect(await relay.messagesAtClient()).toMatchObject([{ id: 1 }]);
    const known = relay.healer.healed[0]?.options.annotations;
    if (after === undefined) expect(known).toBeUndefined();
    else expect(known).toMatchObject(after);
  });

  it('are not taken from a list that was asked for before it changed', async () => {
    const relay = await bench();
    relay.client({ jsonrpc: '2.0', id: 'late', method: 'tools/list' });
    relay.server(listChanged);
    relay.server({ jsonrpc: '2.0', id: 'late', result: { tools: tools(readOnly) } });
    await relay.atServer();
    relay.client(toolCall(1));
    relay.server(failed(1));
    await relay.answerList(tools(destructive));
    expect(await retries(relay)).toEqual([]);
  });

  it('are not taken from a list that changed while its pages were read', async () => {
    const relay = new RelayBench({ isListed: false });
    relay.client(toolCall(1));
    relay.server(failed(1));
    const [, first] = await relay.messagesAtServer();
    relay.server(listChanged);
    relay.server({ jsonrpc: '2.0', id: first?.id, result: { tools: tools(readOnly) } });
    await relay.answerList(tools(destructive));
    await relay.atServer();
    expect(relay.healer.healed[0]?.options.annotations).toMatchObject(destructive);
  });
});

describe('a retry that the lost server never got', () => {
  it('is not left to the next server, but decided again', async () => {
    const relay = await bench();
    const retry = await relay.failOnce();
    relay.withdrawable = true;
    lose(relay, [JSON.stringify(retry.id)]);
    await relay.answerList(tools(destructive));
    expect(await retries(relay)).toEqual([]);
    expect(relay.outcomes).toMatchObject([{ attempts: 2 }]);
  });
});

describe('a request that may be sent again within an attempt', () => {
  it('is a first attempt, as often as the attempts allow', async () => {
    const relay = await bench();
    relay.client(toolCall(1));
    expect([await relay.relay.mayResend(['1']), await relay.relay.mayResend(['1'])]).toEqual([true, true]);
    expect(await relay.relay.mayResend(['1'])).toBe(false);
    relay.server(failed(1));
    await relay.atServer();
    expect(relay.outcomes).toMatchObject([{ attempts: 3 }]);
  });

  it('is one of a batch, if all of them may; else none is counted', async () => {
    const relay = await bench();
    relay.client(toolCall(1));
    relay.client(toolCall(2));
    expect([await relay.relay.mayResend(['1', '2']), await relay.relay.mayResend(['1'])]).toEqual([true, true]);
    expect(await relay.relay.mayResend(['2', '1'])).toBe(false);
    expect(await relay.relay.mayResend(['2'])).toBe(true);
  });

  it('is a retry, unless the annotations have changed that it was decided by', async () => {
    const relay = await bench();
    const retry = await relay.failOnce();
    expect(await relay.relay.mayResend([JSON.stringify(retry.id)])).toBe(true);
    relay.server(listChanged);
    const asked = relay.relay.mayResend([JSON.stringify(retry.id)]);
    await relay.answerList(tools(destructive));
    expect(await asked).toBe(false);
    relay.server(healthy(retry.id));
    await relay.atClient();
    expect(relay.outcomes).toMatchObject([{ attempts: 3, status: 'healed' }]);
  });
});
