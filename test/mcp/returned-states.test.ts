import { createRequestStateCodec, McpServer, Server } from '@modelcontextprotocol/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { healMcpServer } from '../../src/mcp/index.ts';
import { failure, info, type MakeServer, sdkWorld, yes } from './sdk-question-world.ts';

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

/** A tool with arguments that JSON has no form for: the schema makes them. */
const withArgs =
  (args: () => object): MakeServer =>
  (healer, tool) => {
    const server = healMcpServer(new McpServer(info), healer);
    const inputSchema = z.object({ name: z.string() }).transform(args);
    server.registerTool(
      'k8s_get',
      { annotations: { readOnlyHint: true }, inputSchema } as never,
      (async () => tool('web')) as never,
    );
    return server;
  };
const cyclic = (): object => {
  const args: Record<string, unknown> = {};
  args.self = args;
  return args;
};

describe('a tool whose arguments JSON cannot hold', () => {
  it.each([
    ['a BigInt', () => ({ name: 1n })],
    ['a cycle', cyclic],
  ])('is called, and its failure reaches the client: %s', async (_what, args) => {
    const { connect, state } = await sdkWorld(withArgs(args));
    const { call } = await connect(() => yes);
    expect(await call()).toMatchObject({ isError: true, content: [{ text: failure }] });
    expect(state).toMatchObject({ calls: 1, logins: 0 });
  });
});

describe('the failure in a state', () => {
  const inner = { name: 'InnerError', data: { dsn: 'dummy-inner' } };
  const contentOf = (state = ''): string => Buffer.from(state.split('.')[2] ?? '', 'base64url').toString();
  const rawServer: MakeServer = (healer, tool) => {
    const server = healMcpServer(new Server(info, { capabilities: { tools: {} } }), healer);
    server.setRequestHandler('tools/list', async () => ({
      tools: [{ name: 'k8s_get', annotations: { readOnlyHint: true }, inputSchema: { type: 'object' as const } }],
    }));
    server.setRequestHandler('tools/call', (async () => tool('web')) as never);
    return server;
  };

  it.each([
    ['an McpServer', withArgs(() => ({ name: 'web' })), 401],
    ['a Server, with a code that is no number', rawServer, 'EINNER'],
  ])('holds only what the client gets of it: %s', async (_name, make, code) => {
    const { connect } = await sdkWorld(make, { error: () => Object.assign(new Error(failure), { ...inner, code }) });
    const { call } = await connect(() => yes);
    const { requestState } = await call(undefined, true);
    const content = contentOf(requestState);
    expect(content).toContain(failure);
    expect(content).not.toMatch(/inner/i);
  });
});
