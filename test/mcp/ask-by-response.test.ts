import { createRequestStateCodec, McpServer, Server } from '@modelcontextprotocol/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { healMcpServer } from '../../src/mcp/index.ts';
import { failure, info, type MakeServer, type Params, sdkWorld, yes } from './sdk-question-world.ts';

const annotations = { readOnlyHint: true };
const codec = createRequestStateCodec({ key: 'dummy-key-of-a-test-with-32-bytes' });
const servers: Record<string, MakeServer> = {
  'an McpServer': (healer, tool) => {
    const server = healMcpServer(new McpServer(info), healer);
    server.registerTool('k8s_get', { annotations, inputSchema: z.object({ name: z.string() }) }, (async ({
      name,
    }: {
      name: string;
    }) => tool(name)) as never);
    return server;
  },
  'an McpServer that verifies its own states': (healer, tool) => {
    const server = healMcpServer(new McpServer(info, { requestState: { verify: codec.verify } }), healer);
    server.registerTool('k8s_get', { annotations, inputSchema: z.object({ name: z.string() }) }, (async ({
      name,
    }: {
      name: string;
    }) => tool(name)) as never);
    return server;
  },
  'a Server': (healer, tool) => {
    const server = healMcpServer(new Server(info, { capabilities: { tools: {} } }), healer);
    server.setRequestHandler('tools/list', async () => ({
      tools: [{ name: 'k8s_get', annotations, inputSchema: { type: 'object' as const } }],
    }));
    server.setRequestHandler('tools/call', (async ({ params }: { params: Params }) =>
      tool(String(params.arguments?.name))) as never);
    return server;
  },
};

describe.each(Object.entries(servers))('%s that is healed, with a client of the stateless protocol', (_name, make) => {
  it('asks by its response, and goes on once the client comes back', async () => {
    const { state, connect } = await sdkWorld(make);
    const { call } = await connect(() => yes);
    expect(await call()).toMatchObject({
      content: [{ text: 'done: web' }],
      _meta: { 'healflow/run': { outcome: 'healed' } },
    });
    expect(state).toEqual({ isLoggedIn: true, calls: 2, logins: 1 });
  });

  it('gives the failure after a no', async () => {
    const { state, connect } = await sdkWorld(make);
    const { call } = await connect(() => ({ action: 'decline' }));
    const got = await call().catch((error: unknown) => ({ content: [{ text: String(error) }] }));
    expect(got.content?.[0]?.text).toContain(failure);
    expect(state).toEqual({ isLoggedIn: false, calls: 1, logins: 0 });
  });

  it('gives the failure at once if the client shows no forms', async () => {
    const { state, connect } = await sdkWorld(make);
    const { call } = await connect(undefined);
    const got = await call().catch((error: unknown) => ({ content: [{ text: String(error) }] }));
    expect(got.content?.[0]?.text).toContain(failure);
    expect(state).toEqual({ isLoggedIn: false, calls: 1, logins: 0 });
  });

  it('refuses a state with other arguments, and one that was used', async () => {
    const { state, connect } = await sdkWorld(make);
    const { call } = await connect(() => yes);
    const { requestState = '' } = await call(undefined, true);
    expect(requestState).toMatch(/^healflow1\.m\./);
    const back = (name: string): Promise<string> => {
      const inputResponses = { healflow_approval: yes };
      return call({ name: 'k8s_get', arguments: { name }, requestState, inputResponses }, true).then(
        (got) => String(got.content?.[0]?.text),
        String,
      );
    };
    expect(await back('other')).toContain('with other arguments');
    expect(state).toEqual({ isLoggedIn: false, calls: 1, logins: 0 });
    expect(await back('web')).toBe('done: web');
    expect(await back('web')).toContain('has been used');
    expect(state).toEqual({ isLoggedIn: true, calls: 2, logins: 1 });
  });
});
