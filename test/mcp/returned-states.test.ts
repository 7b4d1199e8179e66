import { createRequestStateCodec, McpServer, Server } from '@modelcontextprotocol/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { healMcpServer } from '../../src/mcp/index.ts';
import { info, type MakeServer, sdkWorld, yes } from './sdk-question-world.ts';

const codec = createRequestStateCodec({ key: 'dummy-key-of-a-test-with-32-bytes' });
const forged = { requestState: 'healflow1.m.e30.AAAA', inputResponses: { sure: yes, healflow_approval: yes } };

interface Context {
  readonly mcpReq: { requestState?(): unknown; readonly inputResponses?: unknown };
}
/** What a handler that trusts its verified states sees. */
const seenBy = ({ mcpReq }: Context): string =>
  JSON.stringify([mcpReq.requestState?.() ?? 'first call', mcpReq.inputResponses ?? 'no responses']);

const options = { requestState: { verify: codec.verify } };
const makeServer: MakeServer = (healer) => {
  const plain = new McpServer(info, options);
  const unhealed = async (_args: unknown, context: Context) => ({ content: [{ type: 'text', text: seenBy(context) }] });
  plain.registerTool('unhealed', { inputSchema: z.object({}) }, unhealed as never);
  const server = healMcpServer(plain, healer);
  server.registerPrompt('ask', { argsSchema: z.object({}) }, (async (_args: unknown, context: Context) => ({
    messages: [{ role: 'user', content: { type: 'text', text: seenBy(context) } }],
  })) as never);
  server.registerResource('note', 'note://one', {}, (async (uri: URL, context: Context) => ({
    contents: [{ uri: uri.href, text: seenBy(context) }],
  })) as never);
  return server;
};
const makeRawServer: MakeServer = (healer) => {
  const server = healMcpServer(new Server(info, { ...options, capabilities: { prompts: {} } }), healer);
  server.setRequestHandler('prompts/get', (async (_request: unknown, context: Context) => ({
    messages: [{ role: 'user', content: { type: 'text', text: seenBy(context) } }],
  })) as never);
  return server;
};

describe('a handler that is not healed, in a server that verifies its own states', () => {
  const firstCall = JSON.stringify(['first call', 'no responses']);
  type Request = [make: MakeServer, method: string, params: object];
  const requests: Record<string, Request> = {
    'a tool': [makeServer, 'tools/call', { name: 'unhealed', arguments: {} }],
    'a prompt': [makeServer, 'prompts/get', { name: 'ask', arguments: {} }],
    'a resource': [makeServer, 'resources/read', { uri: 'note://one' }],
    'a prompt of a Server': [makeRawServer, 'prompts/get', { name: 'ask' }],
  };

  it.each(Object.entries(requests))('sees a first call if a client forges a state: %s', async (_name, request) => {
    const [make, method, params] = request;
    const { connect } = await sdkWorld(make);
    const { client } = await connect(() => yes);
    const got = await client.request({ method, params: { ...params, ...forged } } as never);
    expect(JSON.stringify(got)).toContain(JSON.stringify(firstCall));
  });

  it.each(Object.entries(requests))('is not called with one if nothing asks: %s', async (_name, request) => {
    const [make, method, params] = request;
    const { connect } = await sdkWorld(make, { mode: 'auto' });
    const { client } = await connect(() => yes);
    await expect(client.request({ method, params: { ...params, ...forged } } as never)).rejects.toMatchObject({
      code: -32_602,
    });
  });
});
