import { describe, expect, it } from 'vitest';
import { succeeded } from '../relay/scripted-healer.ts';
import { type Generation, Way, ways } from './ways.ts';

const generations: readonly Generation[] = ['session', 'stateless'];

describe.each(ways)('the way %s', (name) => {
  it.each(generations)('passes a call of a %s client and its response', async (generation) => {
    await using way = await Way.start(name);
    if (generation === 'session') await way.connect();
    const { message } = await way.call('pods', { a: 1 }, { generation });
    expect(message).toMatchObject({ id: expect.any(String), result: { content: [{ text: 'pods' }] } });
    expect(way.received('tools/call')).toMatchObject([{ params: { name: 'pods', arguments: { a: 1 } } }]);
  });

  it.each(generations)('heals a failed call of a %s client, whose fix may call a tool', async (generation) => {
    await using way = await Way.start(name);
    if (generation === 'session') await way.connect();
    await way.call('warm up', {}, { generation });
    let isFixed = false;
    way.results.set('tools/call', ({ name: tool }) =>
      tool === 'login' || isFixed
        ? { content: [{ type: 'text', text: String(tool) }] }
        : { content: [{ type: 'text', text: 'Unauthorized' }], isError: true },
    );
    const { healer } = way;
    if (healer === undefined) return expect.unreachable();
    healer.attempts = 2;
    healer.fix = async () => {
      await way.control?.callTool?.('login', {}, AbortSignal.timeout(5_000));
      isFixed = true;
      return succeeded();
    };
    const { message } = await way.call('pods', {}, { generation });
    expect(message.result).toMatchObject({ content: [{ text: 'pods' }] });
    const names = way.received('tools/call').map(({ params }) => params.name);
    expect(names).toEqual(['warm up', 'pods', 'login', 'pods']);
  });
});
