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
    ["a notification of the server's own", notifies('notifications/acme/order_placed', { order: 12 }), true],
    ['such a one in another name space', notifies('acme/stage', { stage: 2 }), true],
    [
      'such a one with the level of a failure',
      notifies('notifications/acme/log', { level: 'error', data: 'x' }),
      false,
    ],
    ["a request of the server's own", asks('acme/pick_account'), true],
    ['the status of a task', notifies('notifications/tasks/status', { taskId: '1', status: 'working' }), true],
    ['an acknowledged subscription', notifies('notifications/subscriptions/acknowledged'), false],
    ['a cancelled request', notifies('notifications/cancelled', { requestId: 'q' }), false],
  ])('is marked after %s', async (_, message, isMarked) => {
    const bench = new RelayBench();
    bench.client(call);
    bench.server(message);
    bench.server(failed(1));
    await bench.atServer();
    expect(hasBegun(outcomeOf(bench.healer.healed[0]?.first))).toBe(isMarked);
  });

  it.each([
    ['a line of what was done', 'order A12 placed', true],
    ['a line with the level of what was done', '2026-11-03 08:00:00 [info] stored', true],
    ['an entry of a log in JSON', '{"level":30,"msg":"stored"}', true],
    ['the line of a failure', 'Error: connect ECONNREFUSED 10.0.0.3:443', false],
    ['a line with the level of a failure', '2026-11-03 08:00:00 [ERROR] stored', false],
    ['a line for developers', 'DEBUG: stored', false],
    ['an entry of a failure in JSON', '{"level":50,"msg":"connection refused"}', false],
    ['a warning in JSON', '{"level":"warn","msg":"slow"}', false],
    ['a frame of a stack', '    at post (/app/client.js:3:1)', false],
    ['a line of marks', '--------', false],
    ['an empty line', '', false],
    ['an error for no request', '{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"bad"}}', false],
  ])('is marked after text on stdout: %s', async (_, line, isMarked) => {
    const bench = new RelayBench();
    bench.client(call);
    bench.relay.fromUpstream(Buffer.from(`${line}\n`));
    bench.server(failed(1));
    await bench.atServer();
    expect(hasBegun(outcomeOf(bench.healer.healed[0]?.first))).toBe(isMarked);
  });

  it('is marked after text on stdout that goes to stderr', async () => {
    const bench = new RelayBench();
    bench.client(call);
    bench.relay.printedByUpstream(Buffer.from('order A12 placed\n'));
    bench.server(failed(1));
    await bench.atServer();
    expect(hasBegun(outcomeOf(bench.healer.healed[0]?.first))).toBe(true);
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
