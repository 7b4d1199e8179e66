import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Client, type ClientOptions, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fixture, serve, stopAll } from './support.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

let direct = '';
let through = '';
let child: ReturnType<typeof spawn>;
beforeAll(async () => {
  child = spawn(process.execPath, [fixture('everything/http.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  direct = line.toString().trim();
  through = (await serve({ command: [process.execPath, fixture('everything/stdio.mjs')] })).url;
});
afterAll(async () => {
  child.kill();
  await stopAll();
});

const connect = async (url: string, options: ClientOptions = {}): Promise<Client> => {
  const client = new Client(
    { name: 'test', version: '1.0.0' },
    { capabilities: { sampling: {}, elicitation: {} }, ...options },
  );
  client.setRequestHandler('sampling/createMessage', async () => ({
    model: 'm',
    role: 'assistant',
    content: { type: 'text', text: 'Fine.' },
  }));
  client.setRequestHandler('elicitation/create', async () => ({
    action: 'accept',
    content: { username: 'x', email: 'y' },
  }));
  cleanups.push(() => client.close());
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  return client;
};

/** Everything that a client can see of a server, as far as it is always the same. */
const tour = async (client: Client): Promise<unknown[]> => {
  const seen: unknown[] = [client.getServerVersion(), client.getServerCapabilities(), client.getInstructions()];
  const progress: unknown[] = [];
  const say = (error: unknown): string => String(error);
  seen.push(await client.listTools(), await client.listPrompts(), await client.listResources());
  seen.push(await client.readResource({ uri: 'test://static-text' }).catch(say));
  for (const name of ['test_simple_text', 'test_image_content', 'test_error_handling', 'no_such_tool']) {
    seen.push(await client.callTool({ name, arguments: {} }).catch(say));
  }
  seen.push(
    await client
      .callTool({ name: 'test_tool_with_progress', arguments: {} }, { onprogress: (value) => progress.push(value) })
      .catch(say),
  );
  seen.push(await client.callTool({ name: 'test_sampling', arguments: { prompt: 'hello' } }).catch(say));
  seen.push(await client.callTool({ name: 'test_elicitation', arguments: { message: 'hello' } }).catch(say));
  seen.push(progress);
  return seen;
};

describe('a client of the current SDK', () => {
  it('sees through the proxy what it sees of the server itself, in the protocol with sessions', async () => {
    const [one, other] = await Promise.all([connect(through), connect(direct)]);
    expect(await tour(one)).toEqual(await tour(other));
  });

  it('sees the same in the stateless protocol', async () => {
    const options: ClientOptions = { versionNegotiation: { mode: { pin: '2026-07-28' } } };
    const [one, other] = await Promise.all([connect(through, options), connect(direct, options)]);
    const [seen, expected] = [await tour(one), await tour(other)];
    expect(seen).toEqual(expected);
    expect(one.getNegotiatedProtocolVersion()).toBe('2026-07-28');
  });

  it('finds out by itself which protocol is spoken', async () => {
    const client = await connect(through, { versionNegotiation: { mode: 'auto' } });
    expect(client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
    expect(await client.callTool({ name: 'test_simple_text', arguments: {} })).toMatchObject({
      content: [{ type: 'text' }],
    });
  });
});

describe('a client of the first SDK', () => {
  it('lists, calls and is asked in between', async () => {
    const client = new ClientV1({ name: 'test', version: '1.0.0' }, { capabilities: {} });
    cleanups.push(() => client.close());
    const transport = new TransportV1(new URL(through));
    await client.connect(transport as Parameters<typeof client.connect>[0]);
    expect((await client.listTools()).tools.length).toBeGreaterThan(5);
    expect(await client.callTool({ name: 'test_simple_text', arguments: {} })).toMatchObject({
      content: [{ type: 'text' }],
    });
    await transport.terminateSession();
  });
});
