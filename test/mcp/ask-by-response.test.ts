import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createMcpHandler, createRequestStateCodec, McpServer, Server } from '@modelcontextprotocol/server';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createHealer } from '../../src/healer/create.ts';
import type { Healer } from '../../src/healer/healer.ts';
import { healMcpServer } from '../../src/mcp/index.ts';

const info = { name: 'fixture', version: '1.0.0' };
const failure = 'error: You must be logged in to the server (Unauthorized)';
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

type Got = { content?: { text?: string }[]; isError?: boolean; resultType?: string; requestState?: string };
type Params = { name: string; arguments?: Record<string, unknown>; requestState?: string; inputResponses?: object };
const yes = { action: 'accept' as const, content: { confirm: true } };

/** A tool that needs a login, in a server of the SDK that serves the stateless protocol. */
const world = async (make: (healer: Healer, tool: (name: string) => object) => object) => {
  const folder = mkdtempSync(join(tmpdir(), 'healflow-sdk-question-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  const state = { isLoggedIn: false, calls: 0, logins: 0 };
  const healer = await createHealer({
    config: {
      stateDir: join(folder, 'state'),
      fixes: { kube_login: { tools: '*', clusters: { test: {} }, mode: 'ask', cooldownMs: 0 } },
    },
    memoryDir: join(folder, 'memory'),
    fixes: {
      kube_login: () => {
        state.logins += 1;
        state.isLoggedIn = true;
      },
    },
  });
  cleanups.push(() => healer.close());
  const tool = (name: string): object => {
    state.calls += 1;
    if (!state.isLoggedIn) throw new Error(failure);
    return { content: [{ type: 'text', text: `done: ${name}` }] };
  };
  const handler = createMcpHandler(() => make(healer, tool) as McpServer, { legacy: 'reject' });
  const connect = async (answer: (() => object) | undefined) => {
    const client = new Client(info, {
      capabilities: answer === undefined ? {} : { elicitation: {} },
      versionNegotiation: { mode: { pin: '2026-07-28' } },
    });
    if (answer !== undefined) client.setRequestHandler('elicitation/create', async () => answer() as typeof yes);
    const fetch = (url: string | URL, init?: RequestInit): Promise<Response> => handler.fetch(new Request(url, init));
    await client.connect(new StreamableHTTPClientTransport(new URL('http://127.0.0.1/mcp'), { fetch }));
    cleanups.push(() => client.close());
    const call = async (params: Params = { name: 'k8s_get', arguments: { name: 'web' } }, manual = false) =>
      (await client.callTool(params, manual ? { allowInputRequired: true } : {})) as Got;
    return { call };
  };
  return { state, connect };
};

const annotations = { readOnlyHint: true };
const codec = createRequestStateCodec({ key: 'dummy-key-of-a-test-with-32-bytes' });
const servers: Record<string, (healer: Healer, tool: (name: string) => object) => object> = {
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
    const { state, connect } = await world(make);
    const { call } = await connect(() => yes);
    expect(await call()).toMatchObject({
      content: [{ text: 'done: web' }],
      _meta: { 'healflow/run': { outcome: 'healed' } },
    });
    expect(state).toEqual({ isLoggedIn: true, calls: 2, logins: 1 });
  });

  it('gives the failure after a no', async () => {
    const { state, connect } = await world(make);
    const { call } = await connect(() => ({ action: 'decline' }));
    const got = await call().catch((error: unknown) => ({ content: [{ text: String(error) }] }));
    expect(got.content?.[0]?.text).toContain(failure);
    expect(state).toEqual({ isLoggedIn: false, calls: 1, logins: 0 });
  });

  it('gives the failure at once if the client shows no forms', async () => {
    const { state, connect } = await world(make);
    const { call } = await connect(undefined);
    const got = await call().catch((error: unknown) => ({ content: [{ text: String(error) }] }));
    expect(got.content?.[0]?.text).toContain(failure);
    expect(state).toEqual({ isLoggedIn: false, calls: 1, logins: 0 });
  });

  it('refuses a state with other arguments, and one that was used', async () => {
    const { state, connect } = await world(make);
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
