import { describe, expect, it } from 'vitest';
import { event, json } from './scripted-server.ts';
import { startBench } from './upstream-bench.ts';

describe('the bytes of a message', () => {
  it('reach a server behind a URL as the client wrote them', async () => {
    const { server, proxy } = await startBench();
    await proxy.connect();
    const texts = [
      '{"jsonrpc":"2.0","id":12345678901234567890,"method":"vendor/unknown","params":{"a":1.0,"b":"\\u00fc"},"more":[]}',
      '[{"jsonrpc":"2.0","id":1,"method":"ping"}, {"jsonrpc":"2.0","method":"notifications/a"}]',
      '{"jsonrpc":"2.0","id":null,"method":"odd"}',
      `{"jsonrpc":"2.0","method":"notifications/big","params":"${'ü'.repeat(300_000)}"}`,
    ];
    for (const said of texts) proxy.send(`${said}\n`);
    await proxy.until(() =>
      texts.every((said) => server.received.some(({ bytes }) => bytes.equals(Buffer.from(said)))),
    );
  });

  it('reach the client as the server wrote them, from JSON and from events', async () => {
    const { server, proxy } = await startBench();
    await proxy.connect();
    const answer = (id: string): string =>
      `{"jsonrpc":"2.0", "id":${id},"result":{"a":1.0,"b":"\\u00fc€😀","c":12345678901234567890},"more":null}`;
    server.on.set('vendor/json', (_, response) => json(response, answer('1e1')));
    server.on.set('vendor/events', (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`event: message\r\nid: 1\r\ndata: ${answer('18446744073709551616')}\r\n\r\n`);
    });
    proxy.send('{"jsonrpc":"2.0","id":1e1,"method":"vendor/json"}\n');
    proxy.send('{"jsonrpc":"2.0","id":18446744073709551616,"method":"vendor/events"}\n');
    await proxy.until(() => proxy.messages.length === 3);
    const utf8 = Buffer.from(proxy.out, 'latin1').toString();
    expect(utf8).toContain(`${answer('1e1')}\n`);
    expect(utf8).toContain(`${answer('18446744073709551616')}\n`);
  });

  it('arrive in one line, whatever lines the server has used', async () => {
    const { server, proxy } = await startBench();
    await proxy.connect();
    const value = { content: [{ type: 'text', text: 'a\nb' }] };
    server.on.set('vendor/json', ({ body }, response) =>
      json(response, `${JSON.stringify({ jsonrpc: '2.0', id: body.id, result: value }, null, 2)}\r\n`),
    );
    server.on.set('vendor/events', ({ body }, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const lines = JSON.stringify({ jsonrpc: '2.0', id: body.id, result: value }, null, 1).split('\n');
      response.end(`${lines.map((said) => `data: ${said}`).join('\n')}\n\n`);
    });
    expect(await proxy.request('vendor/json')).toMatchObject({ result: value });
    expect(await proxy.request('vendor/events')).toMatchObject({ result: value });
    expect(proxy.out.trim().split('\n')).toHaveLength(3);
  });

  it('are complete in a message of more than 10 MB, in both directions', async () => {
    const { server, proxy } = await startBench();
    await proxy.connect();
    server.on.set('vendor/echo', ({ body }, response) =>
      event(response, { jsonrpc: '2.0', id: body.id, result: body.params }),
    );
    const params = { text: 'x'.repeat(11_000_000) };
    const { result } = (await proxy.request('vendor/echo', params)) as { result: { text: string } };
    expect(result.text.length).toBe(params.text.length);
  });
});

describe('a batch', () => {
  it('gets a batch as its response, and is healed in it', async () => {
    const { server, proxy } = await startBench();
    await proxy.connect();
    const call = (id: number): string => `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"pods"}}`;
    server.on.set('message', (_, response) => {
      const fine = '{"jsonrpc":"2.0","id":1, "result":{"content":[]}}';
      json(response, `[${fine},{"jsonrpc":"2.0","id":2,"result":{"content":[],"isError":true}}]`);
    });
    proxy.send(`[${call(1)},${call(2)}]\n`);
    await proxy.until(() => proxy.out.split('\n').length > 2);
    const last = proxy.out.trim().split('\n').at(-1) ?? '';
    expect(last.startsWith('[{"jsonrpc":"2.0","id":1, "result":{"content":[]}},')).toBe(true);
    expect(JSON.parse(last)).toMatchObject([{ id: 1 }, { id: 2, result: { content: [{ text: 'pods' }] } }]);
  });

  it('that fails fails for each of its requests', async () => {
    const { server, proxy } = await startBench();
    proxy.healer.attempts = 1;
    await proxy.connect();
    server.on.set('message', (_, response) => response.writeHead(503).end());
    proxy.send('[{"jsonrpc":"2.0","id":8,"method":"ping"},{"jsonrpc":"2.0","id":9,"method":"tools/list"}]\n');
    await proxy.until(() => proxy.messages.length === 3);
    expect(proxy.messages.slice(1)).toMatchObject([
      { id: 8, error: { code: -32000 } },
      { id: 9, error: { code: -32000 } },
    ]);
  });
});

describe('a message with the id null', () => {
  it('is judged by the server, whose response the client gets', async () => {
    const { server, proxy } = await startBench();
    await proxy.connect();
    const said = '{"jsonrpc":"2.0","error":{"code":-32600,"message":"Invalid Request"},"id":null}';
    server.on.set('odd', (_, response) => json(response, said, 400));
    proxy.send('{"jsonrpc":"2.0","id":null,"method":"odd"}\n');
    await proxy.until(() => proxy.out.includes(`${said}\n`));
    expect(proxy.healer.healed).toEqual([]);
  });
});
