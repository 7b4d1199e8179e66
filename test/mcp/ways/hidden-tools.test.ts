import { afterEach, describe, expect, it } from 'vitest';
import { ScriptedHealer } from '../relay/scripted-healer.ts';
import { type Generation, Way, type WayName, ways } from './ways.ts';

let way: Way | undefined;
afterEach(() => way?.[Symbol.asyncDispose]());

/** A healer that hides tools whose names begin with `drop`. */
class HidingHealer extends ScriptedHealer {
  readonly isHidden = (tool: string): boolean => tool.startsWith('drop');
}

const start = async (name: WayName, healer: () => ScriptedHealer = () => new HidingHealer()): Promise<Way> => {
  way = await Way.start(name, { healer });
  return way;
};

const list = (...names: readonly string[]) => ({
  tools: names.map((name) => ({ name, inputSchema: { type: 'object' } })),
  nextCursor: 'next',
});

const generations: readonly Generation[] = ['session', 'stateless'];
const cases = ways.flatMap((name) => generations.map((generation) => [name, generation] as const));

describe.each(cases)('hidden tools: %s, %s', (name, generation) => {
  const open = async (healer?: () => ScriptedHealer): Promise<Way> => {
    const through = await start(name, healer);
    if (generation === 'session') await through.connect();
    return through;
  };

  it.each([
    [['drop_a', 'get_b', 'drop_c', 'drop_d'], ['get_b']],
    [
      ['get_a', 'drop_b', 'get_c'],
      ['get_a', 'get_c'],
    ],
    [['drop_a'], []],
    [['get_a'], ['get_a']],
  ])('of %j the client sees %j', async (served, seen) => {
    const through = await open();
    through.results.set('tools/list', () => list(...served));
    const { message } = await through.request({ method: 'tools/list', generation });
    expect(message.result).toEqual(list(...seen));
  });

  it('a call of one is an unknown tool, and does not reach the server', async () => {
    const through = await open();
    const { message } = await through.call('drop_a', {}, { generation });
    expect(message).toMatchObject({ error: { code: -32_602, message: 'Unknown tool: drop_a' } });
    expect((await through.call('get_b', {}, { generation })).message).toMatchObject({
      result: { content: [{ text: 'get_b' }] },
    });
    expect(through.received('tools/call').map(({ params }) => params.name)).toEqual(['get_b']);
  });

  it('without any, the list is the same', async () => {
    const through = await open(() => new ScriptedHealer());
    through.results.set('tools/list', () => list('drop_a'));
    expect((await through.request({ method: 'tools/list', generation })).message.result).toEqual(list('drop_a'));
  });
});
