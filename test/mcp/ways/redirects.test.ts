import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { ScriptedHealer } from '../relay/scripted-healer.ts';
import { Way, type WayName } from './ways.ts';

let way: Way | undefined;
afterEach(() => way?.[Symbol.asyncDispose]());

const start = async (name: WayName, attempts: number): Promise<Way> => {
  const through = await Way.start(name, { healer: () => new ScriptedHealer(attempts) });
  way = through;
  await through.connect();
  return through;
};

const redirect = (response: ServerResponse, status: number, location = '/mcp/'): void =>
  void response.writeHead(status, { location }).end();

describe.each<WayName>(['stdio to HTTP', 'HTTP to HTTP'])('a tool call that the server redirects: %s', (name) => {
  it.each([301, 302, 303])('with %i is not sent again: it may have been carried out', async (status) => {
    const through = await start(name, 1);
    through.http.on.set('tools/call', (_request, response) => redirect(response, status));
    const { message } = await through.call('delete_order');
    expect(through.received('tools/call')).toHaveLength(1);
    expect(JSON.stringify(message)).toContain(`${status}`);
  });

  it.each([307, 308])('with %i is sent again', async (status) => {
    const through = await start(name, 2);
    let isFirst = true;
    through.http.on.set('tools/call', (request, response) => {
      if (!isFirst) return through.http.usual(request, response);
      isFirst = false;
      return redirect(response, status);
    });
    expect((await through.call('get_pods')).message).toMatchObject({ result: { content: [{ text: 'get_pods' }] } });
    expect(through.received('tools/call')).toHaveLength(2);
  });

  it.each([1, 2, 3, 4])('each time gets no more than the %i calls that there may be', async (attempts) => {
    const through = await start(name, attempts);
    through.http.on.set('tools/call', (_request, response) => redirect(response, 307));
    const { message } = await through.call('delete_order');
    expect(through.received('tools/call')).toHaveLength(attempts);
    expect(JSON.stringify(message)).toContain('attempts');
  });

  it('is not sent again if the next place cannot be reached', async () => {
    const through = await start(name, 3);
    const healer = through.healer as ScriptedHealer;
    healer.mayRetry = () => false;
    through.http.on.set('tools/call', (_request, response) => {
      through.http.stopListening();
      response.writeHead(307, { location: '/mcp/', connection: 'close' }).end();
    });
    await through.call('delete_order');
    expect(through.received('tools/call')).toHaveLength(1);
    const [healed] = healer.healed;
    expect(healed?.first).toMatchObject({ thrown: true, error: { code: 'ECONNRESET' } });
  });
});
