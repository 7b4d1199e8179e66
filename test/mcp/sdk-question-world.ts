import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createMcpHandler, type McpServer } from '@modelcontextprotocol/server';
import { onTestFinished } from 'vitest';
import { createHealer } from '../../src/healer/create.ts';
import type { Healer } from '../../src/healer/healer.ts';

export const info = { name: 'fixture', version: '1.0.0' };
export const failure = 'error: You must be logged in to the server (Unauthorized)';

/** Makes a healed server, given its healer and what its tool does. */
export type MakeServer = (healer: Healer, tool: (name: string) => object) => object;

export interface WorldOptions {
  /** The mode of the fix. */
  readonly mode?: 'ask' | 'auto';
  /** What the tool throws until the login. */
  readonly error?: () => unknown;
}

export type Got = { content?: { text?: string }[]; isError?: boolean; resultType?: string; requestState?: string };
export type Params = {
  name: string;
  arguments?: Record<string, unknown>;
  requestState?: string;
  inputResponses?: object;
};
export const yes = { action: 'accept' as const, content: { confirm: true } };

/** A tool that needs a login, in a server of the SDK that serves the stateless protocol. */
export const sdkWorld = async (
  make: MakeServer,
  { mode = 'ask', error = () => new Error(failure) }: WorldOptions = {},
) => {
  const folder = mkdtempSync(join(tmpdir(), 'healflow-sdk-question-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const state = { isLoggedIn: false, calls: 0, logins: 0 };
  const warnings: string[] = [];
  const healer = await createHealer({
    config: {
      stateDir: join(folder, 'state'),
      fixes: { kube_login: { tools: '*', clusters: { test: {} }, mode, cooldownMs: 0 } },
    },
    warn: (message) => warnings.push(message),
    memoryDir: join(folder, 'memory'),
    fixes: {
      kube_login: () => {
        state.logins += 1;
        state.isLoggedIn = true;
      },
    },
  });
  onTestFinished(() => healer.close());
  const tool = (name: string): object => {
    state.calls += 1;
    if (!state.isLoggedIn) throw error();
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
    onTestFinished(() => client.close());
    const call = async (params: Params = { name: 'k8s_get', arguments: { name: 'web' } }, manual = false) =>
      (await client.callTool(params, manual ? { allowInputRequired: true } : {})) as Got;
    return { call, client };
  };
  return { state, connect, folder, warnings };
};
