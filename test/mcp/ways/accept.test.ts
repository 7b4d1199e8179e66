import { describe, expect, it } from 'vitest';
import { ScriptedHealer, succeeded } from '../relay/scripted-healer.ts';
import { Way, type WayName } from './ways.ts';

/** Only a client over HTTP sends Accept. */
const httpWays: readonly WayName[] = ['HTTP to stdio', 'HTTP to HTTP'];

describe.each(httpWays)('Accept, from %s,', (name) => {
  it.each([
    ['application/json, text/event-stream', true],
    ['text/event-stream', true],
    ['text/*, application/json', true],
    ['TEXT/Event-Stream; q=0.5, application/json', true],
    ['*/*', false],
    ['application/json', false],
    ['application/json, text/event-stream;q=0', false],
    ['application/json, text/*;q=0.0, */*', false],
  ])('%s: progress of a call that is healed may come as a stream: %s', async (accept, isStream) => {
    const healer = (): ScriptedHealer => new ScriptedHealer();
    await using way = await Way.start(name, { healer, progressEveryMs: 20 });
    await way.call('warm up', {}, { generation: 'stateless' });
    let calls = 0;
    way.results.set('tools/call', () => {
      calls += 1;
      return { content: [{ type: 'text', text: 'Unauthorized' }], isError: calls === 1 };
    });
    if (way.healer !== undefined)
      Object.assign(way.healer, {
        attempts: 2,
        fix: async ({ options }: ScriptedHealer['healed'][number]) => {
          options.onFix?.('kube_login');
          await new Promise((resolve) => setTimeout(resolve, 200));
          return succeeded();
        },
      });
    const params = { _meta: { progressToken: 'p' } };
    const { http, message, messages } = await way.call(
      'pods',
      {},
      { generation: 'stateless', headers: { accept }, params },
    );
    expect(http?.headers['content-type']).toMatch(isStream ? /^text\/event-stream/ : /^application\/json/);
    expect(message).toMatchObject({ result: { isError: false } });
    expect(messages.length > 1).toBe(isStream);
  });
});
