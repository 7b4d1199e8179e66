import { describe, expect, it } from 'vitest';
import type { FixQuestion } from '../../../src/model/fix.ts';
import { settlePromises } from '../../support/fake-clock.ts';
import { failed, RelayBench, toolCall } from './relay-bench.ts';
import { type Healed, succeeded } from './scripted-healer.ts';

const initialize = (capabilities: object) => ({
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities, clientInfo: { name: 'test', version: '1' } },
});

/** A call has failed, and the healer has asked. */
const asked = async (capabilities: object) => {
  const bench = new RelayBench();
  const control = new AbortController();
  const question: FixQuestion = {
    fix: 'kube_login',
    tool: 'get_pods',
    description: 'runs login',
    text: 'Allow healflow to run this fix?\n"quoted"',
    signal: control.signal,
  };
  const answers: unknown[] = [];
  bench.healer.fix = async ({ options }: Healed) => {
    answers.push(await options.approve?.(question));
    return succeeded();
  };
  bench.client(initialize(capabilities));
  bench.client(toolCall(1));
  await bench.atServer();
  bench.server(failed(1));
  await settlePromises();
  return { bench, control, answers, messages: await bench.messagesAtClient() };
};

describe('a question of the healer', () => {
  it('goes to a client that supports forms, with an id of its own, and nobody else gets the response', async () => {
    const { bench, answers, messages } = await asked({ elicitation: {} });
    expect(messages).toEqual([
      {
        jsonrpc: '2.0',
        id: expect.stringMatching(/^healflow-ask-[0-9a-f]{16}-[0-9a-f]{32}$/),
        method: 'elicitation/create',
        params: {
          message: 'Allow healflow to run this fix?\n"quoted"',
          requestedSchema: {
            type: 'object',
            properties: { confirm: { type: 'boolean', title: 'Run the fix' } },
            required: ['confirm'],
          },
        },
      },
    ]);
    bench.client({ jsonrpc: '2.0', id: messages[0]?.id, result: { action: 'accept', content: { confirm: true } } });
    await settlePromises();
    expect(answers).toEqual([true]);
    expect((await bench.atServer()).filter((line) => String(line).includes('accept'))).toEqual([]);
  });

  it.each([
    [{ result: { action: 'accept', content: { confirm: false } } }],
    [{ result: { action: 'accept' } }],
    [{ result: { action: 'decline' } }],
    [{ result: { action: 'cancel' } }],
    [{ result: { confirm: true } }],
    [{ error: { code: -32601, message: 'Method not found' } }],
  ])('counts as declined with the response %j', async (answer) => {
    const { bench, answers, messages } = await asked({ elicitation: { form: {} } });
    bench.client({ jsonrpc: '2.0', id: messages[0]?.id, ...answer });
    await settlePromises();
    expect(answers).toEqual([false]);
  });

  it('is cancelled when nobody waits any more, and a late response is dropped', async () => {
    const { bench, control, answers, messages } = await asked({ elicitation: {} });
    control.abort();
    await settlePromises();
    expect(answers).toEqual([false]);
    expect(await bench.messagesAtClient()).toContainEqual({
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params: { requestId: messages[0]?.id, reason: 'the question is no longer open' },
    });
    bench.client({ jsonrpc: '2.0', id: messages[0]?.id, result: { action: 'accept', content: { confirm: true } } });
    expect((await bench.atServer()).filter((line) => String(line).includes('accept'))).toEqual([]);
  });

  it('is not decided by the response to a question of the server under an id that it has guessed', async () => {
    const { bench, answers, messages } = await asked({ elicitation: {} });
    const guesses = [1, 2, 3].map((count) => `healflow-test-${count}`);
    expect(guesses).not.toContain(messages[0]?.id);
    for (const id of [...guesses, messages[0]?.id]) {
      bench.server({ jsonrpc: '2.0', id, method: 'elicitation/create', params: { message: 'Go on?' } });
    }
    bench.server('[{"jsonrpc":"2.0","id":"healflow\\u002dtest-4","method":"elicitation/create","params":{}}]\n');
    expect(await bench.messagesAtClient()).toEqual([]);
    const refused = (await bench.messagesAtServer()).filter(({ error }) => error !== undefined);
    expect(refused).toEqual(
      [...guesses, messages[0]?.id, 'healflow-test-4'].map((id) => ({
        jsonrpc: '2.0',
        id,
        error: { code: -32_600, message: expect.stringContaining('an id of healflow') },
      })),
    );
    for (const id of guesses)
      bench.client({ jsonrpc: '2.0', id, result: { action: 'accept', content: { confirm: true } } });
    await settlePromises();
    expect(answers).toEqual([]);
  });

  it('has an id that no other question has', async () => {
    const [one, other] = [await asked({ elicitation: {} }), await asked({ elicitation: {} })];
    expect(one.messages[0]?.id).not.toBe(other.messages[0]?.id);
  });

  it('leaves a question of another proxy behind this one as it is', async () => {
    const bench = new RelayBench();
    const line = '{"jsonrpc":"2.0","id":"healflow-ask-0123456789abcdef-1","method":"elicitation/create","params":{}}\n';
    bench.server(line);
    expect(await bench.atClient()).toEqual([line]);
  });

  it.each([[{}], [{ elicitation: { url: {} } }], [{ elicitation: true }]])(
    'is not put to a client that shows no forms: %j',
    async (capabilities) => {
      const { answers, messages } = await asked(capabilities);
      expect(messages.filter(({ method }) => method === 'elicitation/create')).toEqual([]);
      expect(answers).toEqual([undefined]);
    },
  );
});
