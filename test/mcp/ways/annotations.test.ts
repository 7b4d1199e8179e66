import { afterEach, describe, expect, it } from 'vitest';
import { ScriptedHealer } from '../relay/scripted-healer.ts';
import { json } from '../upstream/http/scripted-server.ts';
import { Way, type WayName } from './ways.ts';

let way: Way | undefined;
afterEach(() => way?.[Symbol.asyncDispose]());

/** A client that knows the tool as read-only, in front of a healer that repeats only such calls. */
const start = async (name: WayName): Promise<Way> => {
  const healer = (): ScriptedHealer => {
    const made = new ScriptedHealer(4);
    made.mayRetry = ({ options }) => options.annotations?.readOnlyHint === true;
    return made;
  };
  const through = await Way.start(name, { healer });
  way = through;
  list(through, { readOnlyHint: true });
  await through.connect();
  await through.request({ method: 'tools/list' });
  return through;
};

const list = (through: Way, annotations: object): void => {
  through.results.set('tools/list', () => ({ tools: [{ name: 'pay', inputSchema: { type: 'object' }, annotations }] }));
};

describe.each([
  ['the same', { readOnlyHint: true }, 2],
  ['others', { destructiveHint: true }, 1],
] as const)('a server that comes back with %s annotations', (_what, annotations, calls) => {
  it.each<WayName>(['stdio to stdio', 'HTTP to stdio'])('after a crash: %s', async (name) => {
    const through = await start(name);
    let isFirst = true;
    through.results.set('tools/call', () => {
      if (isFirst) through.child.crash();
      isFirst = false;
      list(through, annotations);
      return { content: [] };
    });
    await through.call('pay');
    expect(through.received('tools/call')).toHaveLength(calls);
  });

  it.each<WayName>(['stdio to HTTP', 'HTTP to HTTP'])('with a new session: %s', async (name) => {
    const through = await start(name);
    let count = 0;
    through.http.on.set('tools/call', ({ body }, response) => {
      count += 1;
      // The first call fails, and the retry meets a server that knows neither the session nor the old tools.
      if (count === 2) list(through, annotations);
      if (count === 2) json(response, '', 404);
      else json(response, { jsonrpc: '2.0', id: body.id, result: { isError: count === 1, content: [] } });
    });
    await through.call('pay');
    expect(through.received('tools/call')).toHaveLength(calls + 1);
  });
});
