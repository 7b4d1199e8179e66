import { describe, expect, it } from 'vitest';
import { hasBegun } from '../../../src/model/begun.ts';
import { failed, type Json, progress, RelayBench, toolCall } from './relay-bench.ts';

const call = toolCall(1, { _meta: { progressToken: 't' } });
const outcomeOf = (outcome: unknown): unknown => (outcome as { value: unknown }).value;
const asks = (method: string): Json => ({ jsonrpc: '2.0', id: 'q', method, params: {} });
const notifies = (method: string, params: Json = {}): Json => ({ jsonrpc: '2.0', method, params });
const logs = (level: string, data: string): Json => notifies('notifications/message', { level, data });

describe('a failure after a sign that the call was under way', () => {
  it.each([
    ['progress', progress('t', 1, 2), true],
    ['no progress yet', progress('t', 0, 2), false],
    ['progress of another call', progress('other', 1), false],
    ['a question to the model', asks('sampling/createMessage'), true],
    ['a question to the person', asks('elicitation/create'), true],
    ['a log message of what was done', logs('info', 'order A12 placed'), true],
    ['a log message of a failure', logs('error', 'connection refused'), false],
    ['the change of a resource', notifies('notifications/resources/updated'), true],
    ['the change of the list of prompts', notifies('notifications/prompts/list_changed'), false],
    ['a ping', asks('ping'), false],
    ['a question for the roots', asks('roots/list'), false],
  ])('is marked after %s', async (_, message, isMarked) => {
    const bench = new RelayBench();
    bench.client(call);
    bench.server(message);
    bench.server(failed(1));
    await bench.atServer();
    expect(hasBegun(outcomeOf(bench.healer.healed[0]?.first))).toBe(isMarked);
  });

  it.each([
    ['marked if the retry was under way', 1, true],
    ['not marked for what an earlier attempt has reported', 0, false],
  ])('is %s', async (_, count, isMarked) => {
    const bench = new RelayBench();
    bench.client(call);
    if (count === 0) bench.server(progress('t', 1));
    bench.server(failed(1));
    const [, retry] = await bench.messagesAtServer();
    const { progressToken } = (retry as { params: { _meta: Json } }).params._meta;
    if (count === 1) bench.server(progress(progressToken, 1));
    bench.server(failed(retry?.id));
    await bench.atServer();
    expect(hasBegun(outcomeOf(bench.outcomes[0]))).toBe(isMarked);
  });
});
