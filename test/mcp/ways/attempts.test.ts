import { afterEach, describe, expect, it } from 'vitest';
import { ScriptedHealer } from '../relay/scripted-healer.ts';
import { json } from '../upstream/http/scripted-server.ts';
import { Way, type WayName, ways } from './ways.ts';

let way: Way | undefined;
afterEach(() => way?.[Symbol.asyncDispose]());

const start = async (name: WayName, attempts: number): Promise<Way> => {
  way = await Way.start(name, { healer: () => new ScriptedHealer(attempts) });
  return way;
};

describe.each([1, 2, 3, 4])('with %i attempts, the server gets no more calls than that', (attempts) => {
  it.each(ways)('if the tool fails each time: %s', async (name) => {
    const through = await start(name, attempts);
    through.results.set('tools/call', () => ({ isError: true, content: [] }));
    await through.connect();
    await through.call('get_pods');
    expect(through.received('tools/call')).toHaveLength(attempts);
  });

  it.each<WayName>(['stdio to HTTP', 'HTTP to HTTP'])('if the server loses the session each time: %s', async (name) => {
    const through = await start(name, attempts);
    await through.connect();
    through.http.on.set('tools/call', (_request, response) => json(response, '', 404));
    const { message, http } = await through.call('get_pods');
    expect(through.received('tools/call')).toHaveLength(attempts);
    // The client gets the server's own failure.
    expect(http === undefined ? message : http).toMatchObject(http === undefined ? { error: {} } : { status: 404 });
    through.http.on.delete('tools/call');
    expect((await through.call('get_pods')).message).toMatchObject({ result: { content: [{ text: 'get_pods' }] } });
  });

  it('if the server misses headers each time: stdio to HTTP', async () => {
    const through = await start('stdio to HTTP', attempts);
    through.http.on.set('tools/call', (request, response) =>
      json(response, { jsonrpc: '2.0', id: request.body.id, error: { code: -32_020, message: 'no header' } }, 400),
    );
    await through.call('get_pods', {}, { generation: 'stateless' });
    expect(through.received('tools/call')).toHaveLength(attempts);
  });
});
