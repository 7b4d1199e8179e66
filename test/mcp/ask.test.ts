import * as v2Client from '@modelcontextprotocol/client';
import { Client as V1Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport as V1Transport } from '@modelcontextprotocol/sdk/inMemory.js';
import { Server as V1Server } from '@modelcontextprotocol/sdk/server/index.js';
import { McpServer as V1McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { CallToolRequestSchema, ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import * as v2 from '@modelcontextprotocol/server';
import { describe, expect, it } from 'vitest';
import type { Healer } from '../../src/healer/healer.ts';
import { healMcpServer } from '../../src/mcp/index.ts';
import type { FixReport } from '../../src/model/fix.ts';
import { FixSharing } from '../../src/sharing/share.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { ScriptedError, scriptedFix, testHealer } from '../support/healer.ts';

type Answer = { action: 'accept' | 'decline'; content?: { confirm: boolean } };
type Tool = () => Promise<{ content: { type: 'text'; text: string }[] }>;

const info = { name: 'fixture', version: '1.0.0' };

const connect = async (
  generation: 'v1' | 'v2',
  server: { connect(transport: never): Promise<void> },
  answer: ((message: string) => Answer) | undefined,
) => {
  const capabilities = answer === undefined ? {} : { elicitation: {} };
  if (generation === 'v1') {
    const [near, far] = V1Transport.createLinkedPair();
    const client = new V1Client(info, { capabilities });
    if (answer) client.setRequestHandler(ElicitRequestSchema, ({ params }) => answer(params.message));
    await Promise.all([server.connect(far as never), client.connect(near)]);
    return client;
  }
  const [near, far] = v2.InMemoryTransport.createLinkedPair();
  const client = new v2Client.Client(info, { capabilities });
  if (answer) client.setRequestHandler('elicitation/create', ({ params }) => answer(params.message));
  await Promise.all([server.connect(far as never), client.connect(near)]);
  return client;
};

const servers: Record<
  string,
  ['v1' | 'v2', (healer: Healer, tool: Tool) => { connect(transport: never): Promise<void> }]
> = {
  'McpServer of v2': [
    'v2',
    (healer, tool) => {
      const server = healMcpServer(new v2.McpServer(info), healer);
      server.registerTool('tool', {}, tool);
      return server as never;
    },
  ],
  'McpServer of v1': [
    'v1',
    (healer, tool) => {
      const server = healMcpServer(new V1McpServer(info), healer);
      server.registerTool('tool', {}, tool);
      return server as never;
    },
  ],
  'Server of v2': [
    'v2',
    (healer, tool) => {
      const server = healMcpServer(new v2.Server(info, { capabilities: { tools: {} } }), healer);
      server.setRequestHandler('tools/call', tool as never);
      return server as never;
    },
  ],
  'Server of v1': [
    'v1',
    (healer, tool) => {
      const server = healMcpServer(new V1Server(info, { capabilities: { tools: {} } }), healer);
      server.setRequestHandler(CallToolRequestSchema, tool as never);
      return server as never;
    },
  ],
};

describe.each(Object.entries(servers))('a fix with mode: ask, behind the %s', (_, [generation, start]) => {
  const callOnce = async (answer: ((message: string) => Answer) | undefined) => {
    const sharing = new FixSharing({ clock: new FakeClock(), random: () => 0.5, warn: () => {} });
    const budget = { runs: 1, windowMs: 1_000 };
    const rules = { mode: 'ask', cooldownMs: 0, budget, timeoutMs: 1_000, scope: 'process' } as const;
    const scripted = scriptedFix('token_refresh', async (fix): Promise<FixReport> => {
      return { fix: fix.name, status: 'succeeded', reason: 'done', durationMs: 0 };
    });
    const { healer, records } = testHealer([sharing.share({ ...scripted, rules })]);
    let calls = 0;
    const server = start(healer, async () => {
      if (++calls === 1) throw new ScriptedError();
      return { content: [{ type: 'text', text: 'fine' }] };
    });
    const client = await connect(generation, server, answer);
    await client.callTool({ name: 'tool', arguments: {} }).catch(() => {});
    await client.close();
    return records;
  };

  it('runs once the person has agreed in the client', async () => {
    const questions: string[] = [];
    const records = await callOnce((message) => {
      questions.push(message);
      return { action: 'accept', content: { confirm: true } };
    });
    expect(records).toMatchObject([{ status: 'healed', attempts: 2 }]);
    expect(questions).toEqual([
      'The tool tool has failed: Unauthorized\nAllow healflow to run this fix? token_refresh token_refresh.',
    ]);
  });

  it('does not run after a no', async () => {
    const records = await callOnce(() => ({ action: 'decline' }));
    expect(records).toMatchObject([{ attempts: 1, refusal: { code: 'FIX_NOT_APPROVED' } }]);
  });

  it('does not run where the client cannot ask', async () => {
    const records = await callOnce(undefined);
    expect(records).toMatchObject([
      { attempts: 1, refusal: { code: 'FIX_NOT_APPROVED', reason: expect.stringContaining('there is nobody to ask') } },
    ]);
  });
});
